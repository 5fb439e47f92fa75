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
from bot.matching.talk import Heard, Talk, hear
from bot.matching.talk_words import REPAIRABLE
from bot.matching.thresholds import (
    FOLLOW_UP_WORDS,
    LONG_MESSAGE,
    MAX_CLOSEST,
    MAX_SENTENCES,
    RECENT_TURNS,
    SENTENCE_GAIN,
    fingerprint,
)
from bot.matching.trust import weigh

_CYRILLIC = re.compile(r"[а-яё]")
_LATIN = re.compile(r"[a-z]")
_SMALLTALK = frozenset({Talk.GREETING, Talk.THANKS, Talk.BYE, Talk.CAPABILITIES})


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier message of the same conversation and the article it was answered with, if any."""

    text: str
    article: str | None = None


@dataclass(frozen=True, slots=True)
class _Past:
    """What went before: the articles answered, the words of the last turns, and whether something failed there."""

    tried: tuple[str, ...]
    words: tuple[str, ...]
    failed: bool


class Matcher:
    """Understands messages against one snapshot of the knowledge base."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._searcher = Searcher(library, sorted(REPAIRABLE))
        self._speller = Speller(self._searcher.vocabulary.counts, self._searcher.vocabulary.knows)
        live = [a for a in self._searcher.ids if library.articles[a].status is Status.LIVE]
        self._codes = CodeBook(library, live)
        self._live = frozenset(live)
        self._shadow = frozenset(self._searcher.ids) - self._live
        self._product_names = _product_names(library)
        self._weights = fingerprint()

    def ask(
        self, text: str, *, product: str | None = None, language: str | None = None, conversation: Sequence[Turn] = ()
    ) -> Decision:
        """Return the decision on `text`. Any string is accepted; time is bounded; nothing is raised.

        `product`: id of the product known from outside; `language`: the customer's own, used where the text shows
        none; `conversation`: earlier turns, oldest first.
        """
        cleaned = clean(text)
        form = forms.choose(without_noise(cleaned), self._searcher.vocabulary.knows)
        numbers = self._read_numbers(fold(cleaned), form)
        asked, repairs = self._speller.repair(word for word in form.words if word not in numbers.refused)
        heard = hear(asked if numbers.mentions else [word for word in asked if not word.isdigit()])

        past = self._past(conversation)
        question, hidden = self._in_context(asked, heard, past)
        spoken = product or self._product_in(asked) or self._product_of(past)
        mentions = tuple(self._of_product(mention, spoken) for mention in numbers.mentions)
        named = [article for mention in mentions for article in mention.articles]
        ranked = self._searcher.rank(question, spoken, named)
        hits = weigh([hit for hit in ranked if hit.id not in hidden], self._searcher.outlook(question))
        if len(question) > LONG_MESSAGE:
            hits = self._confirmed(hits, cleaned, spoken)

        verdict = self._verdict(heard.talk, mentions, hits, hidden, past)
        shadow = [hit for hit in ranked[:1] if hit.id in self._shadow]
        reasons = (
            *form.reasons,
            *numbers.reasons,
            *((f"product {spoken}",) if spoken else ()),
            *verdict.reasons,
            *(f"shadow article {hit.id} would have come first, strength {hit.strength:.1f}" for hit in shadow),
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

    def _past(self, conversation: Sequence[Turn]) -> _Past:
        recent = [self._words_of(turn.text) for turn in conversation[-RECENT_TURNS:]]
        return _Past(
            tuple(turn.article for turn in conversation if turn.article is not None),
            tuple(word for words in recent for word in words),
            any(hear(words).talk is Talk.NOT_HELPED for words in recent),
        )

    def _in_context(self, asked: Sequence[str], heard: Heard, past: _Past) -> tuple[Sequence[str], frozenset[str]]:
        """Return the words to search for and the articles not to show: "не помогло" means what was asked before."""
        if heard.talk is not Talk.NOT_HELPED or not past.tried:
            return asked, self._shadow
        question = (*past.words, *heard.rest) if len(heard.rest) <= FOLLOW_UP_WORDS else asked
        return question, self._shadow.union(past.tried)

    def _verdict(
        self, talk: Talk, mentions: Sequence[Mention], hits: Sequence[Hit], hidden: frozenset[str], past: _Past
    ) -> Verdict:
        near = dict.fromkeys(a for m in mentions if not m.articles for a in self._codes.near(m.found.value))
        verdict = decide(hits, mentions, list(near), hidden)
        if talk is Talk.PERSON:
            return _settled(verdict, Kind.ESCALATE, CALL_A_HUMAN, ("asks for a person",))
        if talk is Talk.NOT_HELPED and past.tried:
            return self._after_failure(verdict, hidden, past)
        if talk in _SMALLTALK and not mentions:
            article = HOW_TO_USE if talk is Talk.CAPABILITIES and HOW_TO_USE in self._live else None
            return _settled(verdict, Kind.SMALLTALK, article, (f"nothing but {talk.value} in the message",))
        if verdict.kind is Kind.UNSURE and past.tried and len(hits[0].shared if hits else ()) <= FOLLOW_UP_WORDS:
            options = dict.fromkeys((*(a for a in past.tried[-1:] if a in self._live), *verdict.options))
            reasons = (*verdict.reasons, f"may be about {past.tried[-1]}")
            return replace(verdict, options=tuple(options)[:MAX_CLOSEST], reasons=reasons)
        return verdict

    def _after_failure(self, verdict: Verdict, hidden: frozenset[str], past: _Past) -> Verdict:
        """Offer what is left, or a person, when the article just answered did not help; never the same again."""
        reasons = (f"{past.tried[-1]} did not help", *verdict.reasons)
        if past.failed:
            return _settled(verdict, Kind.ESCALATE, CALL_A_HUMAN, (*reasons, "for the second time"))
        if verdict.kind is not Kind.UNSURE:
            return replace(verdict, reasons=reasons)
        last = self._library.article(past.tried[-1])
        related = tuple(article for article in (last.related if last else ()) if article in self._live - hidden)
        if not related:
            return _settled(verdict, Kind.ESCALATE, CALL_A_HUMAN, (*reasons, "nothing is left to offer"))
        reasons = (*reasons, "articles related to it are left")
        return replace(verdict, kind=Kind.CLARIFY, options=related[:MAX_CLOSEST], reasons=reasons)

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

    def _product_of(self, past: _Past) -> str | None:
        article = self._library.article(past.tried[-1]) if past.tried else None
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


def _settled(verdict: Verdict, kind: Kind, article: str | None, reasons: tuple[str, ...]) -> Verdict:
    """Return a verdict that something other than the scores settles; the candidates stay for the record."""
    return Verdict(kind, article, candidates=verdict.candidates, reasons=reasons)


def _smalltalk(talk: Talk, verdict: Verdict) -> str | None:
    if verdict.kind is not Kind.SMALLTALK:
        return None
    return Talk.CAPABILITIES.value if talk is Talk.NOTHING else talk.value


__all__ = ["Candidate", "Decision", "Kind", "Matcher", "Turn"]
