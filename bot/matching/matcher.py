"""THE STORY OF ONE MESSAGE: what happens to a customer's words until there is a decision.

`Matcher.ask` reads top to bottom: clean → segments → form, repair, codes, talk (`reading.py`) → what went before
(`past.py`) → search → trust → decide → further problems (`problems.py`). Each step is one module of this package and
says in its head what it decides. A matcher is made once per snapshot of the knowledge base, never changes, may be used
from any thread, and gives the same answer to the same question byte for byte. Called by `bot/triage.py` and `kb ask`.
"""

from collections.abc import Sequence
from copy import copy
from dataclasses import replace

from bot.kb.article import Status
from bot.kb.library import Library
from bot.matching.codes import CodeBook, Mention
from bot.matching.corpus import corpus_of
from bot.matching.decide import Verdict, decide
from bot.matching.decision import CALL_A_HUMAN, HOW_TO_USE, Candidate, Decision, Kind
from bot.matching.forms import TYPED
from bot.matching.language import language_of
from bot.matching.learned import Learned
from bot.matching.normalize import MAX_CHARS, clean, fold, sentences
from bot.matching.number_context import looks_like_year
from bot.matching.past import Past, Turn, after_failure, in_context, is_elliptical, past_of, settled, with_last
from bot.matching.problems import problems
from bot.matching.product_names import ProductNames
from bot.matching.reading import Read, Reader
from bot.matching.rows import named_row
from bot.matching.search import GENERAL, PRIOR, Hit, Searcher
from bot.matching.segments import Segments, segment
from bot.matching.separating import between_products, separating_products
from bot.matching.several import is_over, may_be_several, names_open_code, with_all_answered
from bot.matching.starts import started
from bot.matching.talk import COURTESIES, Heard, Talk, hear, hear_signs
from bot.matching.talk_words import REPAIRABLE
from bot.matching.thresholds import (
    CLOSEST_STRENGTH,
    FOLLOW_UP_WORDS,
    LONG_MESSAGE,
    MAX_SENTENCES,
    PART_RIVAL,
    SENTENCE_GAIN,
    fingerprint,
)
from bot.matching.tried import is_problem, without_tried
from bot.matching.trust import weigh
from bot.matching.vocabulary import is_filler


class Matcher:
    """Understands messages against one snapshot of the knowledge base."""

    def __init__(self, library: Library, learned: Learned = PRIOR) -> None:
        self._library = library
        self.corpus = corpus_of(library, sorted(REPAIRABLE))
        self._searcher = Searcher(self.corpus, learned)
        live = [a for a in self._searcher.ids if library.articles[a].status is Status.LIVE]
        self._codes = CodeBook(library, live)
        self._reader = Reader(self._searcher.vocabulary, self._codes)
        self._live = frozenset(live)
        self._shadow = frozenset(self._searcher.ids) - self._live
        self._names = ProductNames(library)
        self._weights = fingerprint(learned.fingerprint())

    def with_learned(self, learned: Learned) -> "Matcher":
        """Return a matcher of the same snapshot with other weights; costs nothing."""
        other = copy(self)
        other._searcher = self._searcher.with_learned(learned)  # noqa: SLF001 - one of us
        other._weights = fingerprint(learned.fingerprint())  # noqa: SLF001
        return other

    def ask(
        self, text: str, *, product: str | None = None, language: str | None = None, conversation: Sequence[Turn] = ()
    ) -> Decision:
        """Return the decision on `text`. Any string is accepted; time is bounded; nothing is raised.

        `product`: id of the product known from outside; `language`: the customer's own, used where the text shows
        none; `conversation`: earlier turns, oldest first.
        """
        told = segment(clean(text))
        read = self._reader.read(told)
        if not read.words:
            read = replace(read, heard=Heard(hear_signs(text[:MAX_CHARS]), ()))
        past = past_of(conversation, self._reader)
        read, remedy = self._without_tried(told, read, past)
        question, tried = in_context(read.words, read.heard, past)
        spoken = self._names.product_in(read.words) or product or self._product_of(past)
        hidden = self._shadow | tried | self._meant_by(remedy, spoken)
        mentions = self._mentions(read, spoken)

        ranked = self._ranked(question, spoken, mentions)
        hits = weigh([hit for hit in ranked if hit.id not in hidden], self._searcher.outlook(question))
        if len(question) > LONG_MESSAGE:
            hits = self._confirmed(hits, told.own, spoken)
        verdict = self._verdict(read, mentions, hits, hidden, past)
        verdict = between_products(verdict, self._library, spoken)
        verdict = self._with_further_problems(verdict, told, read, spoken, hidden)
        verdict = self._carried_on(verdict, read, past, spoken, hidden)
        verdict = started(verdict, hits, read.words, self._library)

        products = separating_products(verdict, self._library, spoken)

        shadow = [hit for hit in ranked[:1] if hit.id in self._shadow]
        reasons = (
            *read.form.reasons,
            *read.numbers.reasons,
            *((f"product {spoken}",) if spoken else ()),
            *verdict.reasons,
            *(f"shadow article {hit.id} would have come first, strength {hit.strength:.1f}" for hit in shadow),
        )
        return Decision(
            kind=verdict.kind,
            article=verdict.article,
            entry=verdict.entry or named_row(self._library.article(verdict.article or ""), read.words, mentions),
            also=verdict.also,
            candidates=verdict.candidates,
            codes=tuple(mention.found for mention in mentions),
            options=verdict.options,
            language=language_of(
                self._library, (" ".join(read.words), fold(told.own)), language, [turn.text for turn in conversation]
            ),
            form=read.form.name,
            repairs=read.repairs,
            reasons=reasons,
            kb=self._library.revision,
            weights=self._weights,
            smalltalk=_smalltalk(read.heard.talk, verdict),
            products=products,
        )

    def _without_tried(self, told: Segments, read: Read, past: Past) -> tuple[Read, tuple[str, ...]]:
        """Return the message without the remedies that the customer names as tried, and the words of those."""
        left, tried = without_tried(fold(told.own)) if read.form.name == TYPED else ("", "")
        if not tried or read.heard.talk not in {Talk.NOTHING, Talk.NOT_HELPED}:
            return read, ()
        words_left, remedy = self._reader.words_in(left), self._reader.words_in(tried)
        if past.tried:
            left_over = words_left if is_problem(words_left) else ()
            return replace(read, words=left_over or read.words, heard=Heard(Talk.NOT_HELPED, left_over)), remedy
        if is_problem(words_left):
            return replace(read, words=words_left, heard=Heard(Talk.NOTHING, words_left)), ()
        return read, ()

    def _meant_by(self, remedy: Sequence[str], product: str | None) -> frozenset[str]:
        """Return the article that tells the remedy which was tried: it is not offered again."""
        told = hear(remedy).rest
        hits = self._searcher.rank(told, product, ()) if told else []
        return frozenset(hit.id for hit in hits[:1] if hit.strength >= CLOSEST_STRENGTH)

    def _carried_on(
        self, verdict: Verdict, read: Read, past: Past, product: str | None, hidden: frozenset[str]
    ) -> Verdict:
        """Read "а на линуксе?" together with what was asked before, where by itself it leads nowhere."""
        if verdict.kind not in {Kind.UNSURE, Kind.CLARIFY} or not is_elliptical(read, past):
            return verdict
        if all(map(is_filler, read.words)):
            return with_last(verdict, past, self._live, self._library)
        question = (*past.words, *read.words)
        ranked = [hit for hit in self._searcher.rank(question, product, ()) if hit.id not in hidden]
        hits = weigh(ranked, self._searcher.outlook(question))
        found = decide(hits, (), (), hidden)
        if found.kind in {Kind.ANSWER, Kind.CLARIFY} and hits[0].id not in past.tried:
            return replace(found, reasons=(*found.reasons, "read together with what was asked before"))
        return with_last(verdict, past, self._live, self._library)

    def _mentions(self, read: Read, product: str | None) -> tuple[Mention, ...]:
        """Return the codes; a year in passing, in a message of which no word is ours, is none."""
        found = read.numbers.mentions
        if any(_may_be_year(mention) for mention in found) and self._searcher.is_foreign(read.words):
            found = tuple(mention for mention in found if not _may_be_year(mention))
        return tuple(self._of_product(mention, product) for mention in found)

    def _of_product(self, mention: Mention, product: str | None) -> Mention:
        """Leave of a code's articles those of the product spoken of, where there are any."""
        own = tuple(a for a in mention.articles if self._library.articles[a].product == product)
        return replace(mention, articles=own) if own else mention

    def _ranked(self, question: Sequence[str], product: str | None, mentions: Sequence[Mention]) -> list[Hit]:
        named = [article for mention in mentions for article in mention.articles]
        return self._searcher.rank(question, product, named)

    def _verdict(
        self, read: Read, mentions: Sequence[Mention], hits: Sequence[Hit], hidden: frozenset[str], past: Past
    ) -> Verdict:
        talk = read.heard.talk
        near = dict.fromkeys(a for m in mentions if not m.articles for a in self._codes.near(m.found.value))
        verdict = decide(hits, mentions, list(near), hidden)
        if talk is Talk.PERSON:
            return settled(verdict, Kind.ESCALATE, CALL_A_HUMAN, ("asks for a person",))
        if talk is Talk.NOT_HELPED and past.tried:
            return after_failure(verdict, past, self._library, self._live, hidden)
        if talk in {Talk.ANGRY, *COURTESIES} and not mentions:
            return self._answered_in_kind(verdict, talk)
        if verdict.kind is Kind.UNSURE and past.tried and len(hits[0].shared if hits else ()) <= FOLLOW_UP_WORDS:
            return with_last(verdict, past, self._live, self._library)
        return verdict

    def _answered_in_kind(self, verdict: Verdict, talk: Talk) -> Verdict:
        if talk is Talk.ANGRY:
            return settled(verdict, Kind.UNSURE, None, ("abuse and no question: a person is offered",))
        article = HOW_TO_USE if talk is Talk.CAPABILITIES and HOW_TO_USE in self._live else None
        return settled(verdict, Kind.SMALLTALK, article, (f"nothing but {talk.value} in the message",))

    def _with_further_problems(
        self, verdict: Verdict, told: Segments, read: Read, product: str | None, hidden: frozenset[str]
    ) -> Verdict:
        """Answer every problem of the message that is clear by itself, in order; context is none."""
        parts, announced = problems(fold(told.own))
        mentions = read.numbers.mentions
        if not may_be_several(verdict, parts, mentions, announced=announced):
            return verdict
        close_too = announced and not names_open_code(mentions)
        answers = [self._part(part, product, hidden, close_too=close_too) for part in parts]
        clear = list(dict.fromkeys(answer for answer in answers if answer is not None))
        return with_all_answered(verdict, clear, mentions, self._library, announced=announced)

    def _part(self, part: str, product: str | None, hidden: frozenset[str], *, close_too: bool) -> str | None:
        """Return the article that a part of a message leads to, if it does so by itself."""
        read = self._reader.read(Segments(part))
        if read.heard.talk is not Talk.NOTHING:
            return None
        spoken = self._names.product_in(read.words) or product
        mentions = self._mentions(read, spoken)
        if is_over(mentions):
            return None
        ranked = [hit for hit in self._ranked(read.words, spoken, mentions) if hit.id not in hidden]
        hits = weigh(ranked, self._searcher.outlook(read.words))
        verdict = decide(hits, mentions, (), hidden)
        if verdict.kind is Kind.ANSWER:
            return verdict.article
        alone = verdict.kind is Kind.CLARIFY and not mentions and not _has_rival(hits)
        return hits[0].id if close_too and alone else None

    def _confirmed(self, hits: list[Hit], own: str, product: str | None) -> list[Hit]:
        """Trust the best article of a long message as far as the sentence that says it most clearly does."""
        if not hits:
            return hits
        best, most = hits[0].score, hits[0].score + SENTENCE_GAIN
        for sentence in sentences(own)[:MAX_SENTENCES]:
            said = self._reader.words_in(sentence)
            told = weigh(self._searcher.rank(said, product, ()), self._searcher.outlook(said))
            if told[0].id == hits[0].id:
                best = max(best, min(told[0].score, most))
        factor = best / hits[0].score if hits[0].score > 0 else 1.0
        return [replace(hit, score=round(min(hit.score * factor, best), 4)) for hit in hits]

    def _product_of(self, past: Past) -> str | None:
        article = self._library.article(past.tried[-1]) if past.tried else None
        return article.product if article is not None and article.product != GENERAL else None


def _may_be_year(mention: Mention) -> bool:
    return not mention.plain and looks_like_year(mention.found.value)


def _has_rival(hits: Sequence[Hit]) -> bool:
    return len(hits) > 1 and hits[1].score >= hits[0].score * PART_RIVAL


def _smalltalk(talk: Talk, verdict: Verdict) -> str | None:
    if verdict.kind is not Kind.SMALLTALK:
        return None
    return Talk.CAPABILITIES.value if talk is Talk.NOTHING else talk.value


__all__ = ["Candidate", "Decision", "Kind", "Matcher", "Turn"]
