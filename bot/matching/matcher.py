"""THE STORY OF ONE MESSAGE: what happens to a customer's words until there is a decision.

`Matcher.ask` reads top to bottom: clean → form → codes → repair → talk → search → trust → decide. Each step is one
module of this package and says in its head what it decides. A matcher is made once per snapshot of the knowledge base,
never changes, may be used from any thread, and gives the same answer to the same question byte for byte.
Called by `bot/triage.py` and `kb ask`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.kb.article import Status
from bot.kb.library import Library
from bot.matching import forms
from bot.matching.codes import ERROR, CodeBook, Mention, Reading
from bot.matching.decide import Verdict, decide
from bot.matching.decision import CALL_A_HUMAN, HOW_TO_USE, Candidate, Decision, Kind
from bot.matching.morphology import stem
from bot.matching.normalize import clean, fold, sentences, without_noise, words
from bot.matching.repair import Speller
from bot.matching.search import GENERAL, Hit, Searcher
from bot.matching.talk import Talk, hear
from bot.matching.talk_words import REPAIRABLE
from bot.matching.thresholds import LONG_MESSAGE, MAX_SENTENCES, SENTENCE_GAIN, fingerprint
from bot.matching.trust import weigh

_CYRILLIC = re.compile(r"[а-яё]")
_LATIN = re.compile(r"[a-z]")


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier message of the same conversation and the article it was answered with, if any."""

    text: str
    article: str | None = None


class Matcher:
    """Understands messages against one snapshot of the knowledge base."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._searcher = Searcher(library, sorted(REPAIRABLE))
        self._speller = Speller(self._searcher.vocabulary.counts, self._searcher.vocabulary.knows)
        live = [a for a in self._searcher.ids if library.articles[a].status is Status.LIVE]
        self._codes = CodeBook(library, live)
        self._shadow = frozenset(self._searcher.ids) - frozenset(live)
        self._product_names = _product_names(library)
        self._weights = fingerprint()

    def ask(
        self, text: str, *, product: str | None = None, language: str | None = None, conversation: Sequence[Turn] = ()
    ) -> Decision:
        """Return the decision on `text`. Any string is accepted; time is bounded; nothing is raised.

        `product`: id of the product known from outside; `language`: the customer's own, used where the text shows
        none; `conversation`: earlier turns, oldest first.
        """
        vocabulary = self._searcher.vocabulary
        cleaned = clean(text)
        form = forms.choose(without_noise(cleaned), vocabulary.knows)
        numbers = self._read_numbers(fold(cleaned), form)
        mentions = numbers.mentions
        asked, repairs = self._speller.repair(word for word in form.words if word not in numbers.refused)
        heard = hear([word for word in asked if not word.isdigit()] if not mentions else asked)

        tried = [turn.article for turn in conversation if turn.article is not None]
        question = asked
        hidden = set(self._shadow)
        if heard.talk is Talk.NOT_HELPED and tried:
            hidden.update(tried)
            if len(heard.rest) <= 1:
                earlier = [word for turn in conversation[-2:] for word in self._words_of(turn.text)]
                question = (*earlier, *heard.rest)

        spoken = product or self._product_in(asked) or self._product_of(tried)
        mentions = tuple(self._of_product(mention, spoken) for mention in mentions)
        named = [article for mention in mentions for article in mention.articles]
        hits = self._weighed(question, spoken, named)
        if len(question) > LONG_MESSAGE:
            hits = self._confirmed(hits, cleaned, spoken)

        verdict = self._verdict(heard.talk, mentions, hits, hidden, tried)
        shadow = [hit for hit in hits[:1] if hit.id in self._shadow]
        reasons = (
            *form.reasons,
            *numbers.reasons,
            *((f"product {spoken}",) if spoken else ()),
            *verdict.reasons,
            *(f"shadow article {hit.id} would have come first with {hit.score:.2f}" for hit in shadow),
        )
        return Decision(
            kind=verdict.kind,
            article=verdict.article,
            entry=verdict.entry or self._entry(verdict.article, asked, mentions),
            also=verdict.also,
            candidates=verdict.candidates,
            codes=tuple(mention.found for mention in mentions),
            options=verdict.options,
            language=self._language(asked, cleaned, language, conversation),
            form=form.name,
            repairs=repairs,
            reasons=reasons,
            kb=self._library.revision,
            weights=self._weights,
            smalltalk=_smalltalk(heard.talk, verdict),
        )

    def _read_numbers(self, folded: str, form: forms.Form) -> Reading:
        counts = self._searcher.vocabulary.counts
        typed = self._codes.find(folded, counts)
        if form.name == forms.TYPED or any(mention.plain for mention in typed.mentions):
            return typed
        return self._codes.find(" ".join(form.words), counts)

    def _verdict(
        self, talk: Talk, mentions: Sequence[Mention], hits: Sequence[Hit], hidden: set[str], tried: Sequence[str]
    ) -> Verdict:
        near = [
            article for mention in mentions if not mention.articles for article in self._codes.near(mention.found.value)
        ]
        verdict = decide(hits, mentions, list(dict.fromkeys(near)), hidden)
        if talk is Talk.PERSON:
            said = ("asks for a person",)
            return replace(
                verdict, kind=Kind.ESCALATE, article=CALL_A_HUMAN, entry=None, also=(), options=(), reasons=said
            )
        if talk is Talk.NOT_HELPED and tried:
            return _after_failure(verdict, tried)
        if talk in {Talk.GREETING, Talk.THANKS, Talk.BYE, Talk.CAPABILITIES} and not mentions:
            article = HOW_TO_USE if talk is Talk.CAPABILITIES and HOW_TO_USE in self._searcher.ids else None
            said = (f"nothing but {talk.value} in the message",)
            return replace(verdict, kind=Kind.SMALLTALK, article=article, entry=None, also=(), options=(), reasons=said)
        return verdict

    def _of_product(self, mention: Mention, product: str | None) -> Mention:
        """Leave of a code's articles those of the product spoken of, where there are any."""
        own = tuple(a for a in mention.articles if self._library.articles[a].product == product)
        return replace(mention, articles=own) if own else mention

    def _weighed(self, question: Sequence[str], product: str | None, named: Sequence[str] = ()) -> list[Hit]:
        return weigh(self._searcher.rank(question, product, named), self._searcher.outlook(question))

    def _confirmed(self, hits: list[Hit], cleaned: str, product: str | None) -> list[Hit]:
        """Trust the best article of a long message as far as the sentence that says it most clearly does."""
        if not hits:
            return hits
        best, most = hits[0].score, hits[0].score + SENTENCE_GAIN
        for sentence in sentences(cleaned)[:MAX_SENTENCES]:
            told = self._weighed(self._words_of(sentence), product)
            if told[0].id == hits[0].id:
                best = max(best, min(told[0].score, most))
        factor = best / hits[0].score if hits[0].score > 0 else 1.0
        return [replace(hit, score=round(min(hit.score * factor, best), 4)) for hit in hits]

    def _words_of(self, text: str) -> tuple[str, ...]:
        form = forms.choose(without_noise(clean(text)), self._searcher.vocabulary.knows)
        return self._speller.repair(form.words)[0]

    def _product_in(self, asked: Sequence[str]) -> str | None:
        stems = tuple(map(stem, asked))
        for name, product in self._product_names:
            if any(stems[at : at + len(name)] == name for at in range(len(stems) - len(name) + 1)):
                return product
        return None

    def _product_of(self, tried: Sequence[str]) -> str | None:
        article = self._library.article(tried[-1]) if tried else None
        return article.product if article is not None and article.product != GENERAL else None

    def _entry(self, article_id: str | None, asked: Sequence[str], mentions: Sequence[Mention]) -> str | None:
        """Return the key of the first row that the question names; a number that is an error code names none."""
        article = self._library.article(article_id) if article_id else None
        if article is None or any(mention.found.kind == ERROR for mention in mentions):
            return None
        stems = list(map(stem, asked))
        named = []
        for entry in article.entries:
            key = [stem(word) for word in words(fold(entry.key))]
            if key and all(part in stems for part in key):
                named.append((stems.index(key[0]), entry.key))
        return min(named)[1] if named else None

    def _language(self, asked: Sequence[str], cleaned: str, language: str | None, conversation: Sequence[Turn]) -> str:
        for text in (" ".join(asked), fold(cleaned)):
            russian, latin = len(_CYRILLIC.findall(text)), len(_LATIN.findall(text))
            if russian + latin > 2:  # noqa: PLR2004 - a letter or two show no language
                shown = "ru" if russian * 2 >= latin else "en"
                return shown if shown in self._library.head.languages else self._library.default_language
        if language is not None:
            return language
        if conversation:
            return self._language((), fold(clean(conversation[-1].text)), None, conversation[:-1])
        return self._library.default_language


def _after_failure(verdict: Verdict, tried: Sequence[str]) -> Verdict:
    """Offer what is left, or a person, when the article just answered did not help; never the same again."""
    said = f"{tried[-1]} did not help"
    if len(set(tried)) > 1 or verdict.kind is Kind.UNSURE:
        return replace(
            verdict,
            kind=Kind.ESCALATE,
            article=CALL_A_HUMAN,
            entry=None,
            also=(),
            options=(),
            reasons=(said, *verdict.reasons),
        )
    return replace(verdict, reasons=(said, *verdict.reasons))


def _product_names(library: Library) -> tuple[tuple[tuple[str, ...], str], ...]:
    """Return stemmed product names and aliases, longest first."""
    found = {
        tuple(map(stem, words(fold(name)))): product.id
        for product in library.products.values()
        for name in (*product.names.values(), *product.aliases, product.id)
        if product.id != GENERAL
    }
    return tuple(
        sorted(((name, product) for name, product in found.items() if name), key=lambda pair: (-len(pair[0]), pair))
    )


def _smalltalk(talk: Talk, verdict: Verdict) -> str | None:
    if verdict.kind is not Kind.SMALLTALK:
        return None
    return Talk.CAPABILITIES.value if talk is Talk.NOTHING else talk.value


__all__ = ["Candidate", "Decision", "Kind", "Matcher", "Turn"]
