"""Ranks the articles by how well their phrases fit a question.

Decides the strength of every article and says why, not what is done with it (`decide.py`). Three views of an article
are weighed (MATCHING, "a design", points 3-4, with prior weights):
- `phrase`: its best phrase, by character n-grams, stems, and how much of question and phrase the other covers;
- `learned`: its phrases taken together (`classifier.py`);
- `article`: how much of the question all its text covers, the answer included.
The strengths become probabilities in `trust.py`. Built once per snapshot, called by `matcher.py`.
"""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray

from bot.matching import morphology
from bot.matching.corpus import Corpus
from bot.matching.learned import Learned
from bot.matching.thresholds import OTHER_PRODUCT, PHRASE_WEIGHTS, PRIOR_MIX, PRIOR_TRUST
from bot.matching.vectors import Floats, Index, Ints, Vector, grams, itself
from bot.matching.vocabulary import Vocabulary, is_filler

PRIOR = Learned(PRIOR_MIX, PRIOR_TRUST)

GENERAL = "general"
"""The product of articles that belong to no product."""

SHORTLIST = 50
MIN_SHORTLIST = 8
SHORTLIST_PHRASES = 800
"""Articles that are looked at phrase by phrase: so many at most and at least, with so many phrases in all."""

RANKED = 16
"""Articles of a ranking that are returned: more than are ever shown, tried or recorded."""

MIN_FOREIGN = 3
"""Words with a topic that must all be unknown for a message to be foreign."""

MAX_WIDE = 3000
"""Phrases up to which any two stems near each other are a feature; with more phrases neighbours say as much."""

WIDE_REACH = 5

PRIOR_PHRASES = 3.0
"""Keeps an article of one phrase from having the sharpest mean."""


@dataclass(frozen=True, slots=True)
class Hit:
    """An article's fit and its grounds.

    `strength` is a logit: only differences mean something. `score` is a probability, set by `trust.py`. `views` are the
    three views and the parts of `phrase`; `shared` are the question's words found in the best phrase.
    """

    id: str
    strength: float
    score: float
    phrase: str
    views: dict[str, float]
    shared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Material:
    """The phrases as features: n-grams, stems and pairs (`single` says which columns are stems), and their owners."""

    chars: Index
    stems: Index
    single: NDArray[np.bool_]
    owner: Ints
    articles: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """A question by itself: its share of words that no article has, by weight, 0 to 1; how many words have a topic.

    `trust` are the weights of the grounds for trusting an answer (`trust.py`).
    """

    unknown: float
    topic_words: int
    trust: Mapping[str, float]


class Searcher:
    """All phrases of a snapshot, indexed. Immutable once built; safe to call from several threads."""

    def __init__(self, corpus: Corpus, learned: Learned = PRIOR) -> None:
        self.ids = corpus.ids
        self._places = {article_id: at for at, article_id in enumerate(self.ids)}
        self._products = np.asarray(corpus.products)
        self._owner = np.asarray([phrase.owner for phrase in corpus.phrases], dtype=np.int64)
        sizes = np.bincount(self._owner, minlength=len(self.ids))
        self._starts: Ints = np.concatenate(([0], np.cumsum(sizes)))
        self._lacking = sizes == 0
        self._share = 1.0 / (PRIOR_PHRASES + sizes)
        self._texts = tuple(phrase.text for phrase in corpus.phrases)
        self._words = tuple(phrase.words for phrase in corpus.phrases)
        self._weights = np.asarray([phrase.weight for phrase in corpus.phrases])
        folded = [list(phrase.words) for phrase in corpus.phrases]
        self.vocabulary = Vocabulary(folded, [*chain(*corpus.answers), *corpus.others], corpus.synonyms)
        rows = [self.vocabulary.canonical(row) for row in folded]
        self._reach = WIDE_REACH if len(rows) <= MAX_WIDE else 1
        self._chars = Index(rows, grams)
        self._stems = Index([_stems_and_pairs(row, self._reach) for row in rows], itself)
        self._single = np.asarray([" " not in feature for feature in self._stems.features], dtype=bool)
        self._mass = np.asarray([self._total(row) for row in rows])
        self._articles = Index(self._article_rows(rows, corpus.answers), itself)
        self.learned = learned

    def _article_rows(self, rows: list[list[str]], answers: Sequence[Sequence[str]]) -> list[list[str]]:
        """Return the stems of everything an article says, answer included."""
        found = [list(map(morphology.stem, self.vocabulary.canonical(answer))) for answer in answers]
        for owner, row in zip(self._owner.tolist(), rows, strict=True):
            found[owner].extend(map(morphology.stem, row))
        return found

    def _weighed(self, row: Sequence[str]) -> list[tuple[str, float]]:
        weighed: dict[str, float] = {}
        for word in row:
            stem = morphology.stem(word)
            weighed.setdefault(stem, self.vocabulary.weight(stem, word))
        return list(weighed.items())

    def _total(self, row: Sequence[str]) -> float:
        return sum(weight for _, weight in self._weighed(row)) or 1.0

    def outlook(self, question: Sequence[str]) -> Outlook:
        """Return what a question is like before any article is looked at."""
        row = self.vocabulary.canonical(question)
        weighed = self._weighed(row)
        total = sum(weight for _, weight in weighed)
        unknown = sum(weight for stem, weight in weighed if not self._articles.has(stem))
        topic = {morphology.stem(word) for word in row if not is_filler(word)}
        return Outlook(unknown / total if total else 0.0, len(topic), self.learned.trust)

    def is_foreign(self, question: Sequence[str]) -> bool:
        """Say whether no word with a topic stands in any article, though there are several."""
        topic = {morphology.stem(word) for word in self.vocabulary.canonical(question) if not _is_aside(word)}
        return len(topic) >= MIN_FOREIGN and not any(self._articles.has(stem) for stem in topic)

    def rank(self, question: Sequence[str], product: str | None, named: Sequence[str] = ()) -> list[Hit]:
        """Return the best articles and the `named` ones, best first, equal ones by id.

        `question`: repaired words in order; `product`: the one spoken of, whose articles and the general ones go first.
        """
        if not self._texts:
            return []
        row = self.vocabulary.canonical(question)
        weighed = self._weighed(row)
        chars = self._chars.vector(row)
        stems = self._stems.vector(_stems_and_pairs(row, self._reach))
        first, learnt = self._first(chars, stems)
        foreign = np.zeros(len(self.ids))
        if product is not None:
            foreign[(self._products != product) & (self._products != GENERAL)] = OTHER_PRODUCT
        first = first - foreign
        chosen = self._shortlist(first, [self._places[name] for name in named if name in self._places])
        spans = list(zip(self._starts[chosen].tolist(), self._starts[chosen + 1].tolist(), strict=True))
        rows = np.concatenate([np.arange(first, last) for first, last in spans])
        parts = self._parts(rows, spans, chars, stems, weighed)
        phrase = sum((PHRASE_WEIGHTS[name] * view for name, view in parts.items()), np.zeros(len(rows)))
        phrase = np.clip(phrase * self._weights[rows], 0.0, 1.0)
        total = sum(weight for _, weight in weighed) or 1.0
        borders = np.concatenate(([0], np.cumsum(self._starts[chosen + 1] - self._starts[chosen])))
        views = {
            "learned": learnt[chosen],
            "phrase": self._best(phrase, borders),
            "article": np.minimum(self._articles.mass(weighed)[chosen] / total, 1.0),
        }
        mix = self.learned.mix
        strength: Floats = sum((mix[name] * view for name, view in views.items()), np.full(len(chosen), mix["bias"]))
        strength = np.round(strength - foreign[chosen], 4)
        content = [(word, morphology.stem(word)) for word in dict.fromkeys(row) if not is_filler(word)]
        # A stable sort: equal articles stay in the order of their ids.
        order = np.argsort(-strength, kind="stable").tolist()
        shown = [place for rank, place in enumerate(order) if rank < RANKED or self.ids[chosen[place]] in named]
        best = [int(borders[place]) + int(phrase[borders[place] : borders[place + 1]].argmax()) for place in shown]
        told = [
            _named(views, values) | _named(parts, inner)
            for values, inner in zip(_table(views, shown), _table(parts, best), strict=True)
        ]
        return [
            Hit(self.ids[place], sum_, 0.0, self._texts[row], grounds, _shared(self._words[row], content))
            for place, sum_, row, grounds in zip(
                chosen[shown].tolist(), strength[shown].tolist(), rows[best].tolist(), told, strict=True
            )
        ]

    def features(self, chars: Vector, stems: Vector) -> tuple[Ints, Floats]:
        """Return the columns and values of a question that `Learned.scores` knows.

        Single stems count twice: by themselves and among the pairs, each group of length 1.
        """
        single = self._single[stems.columns]
        length = float(np.sqrt(np.sum(stems.weights[single] ** 2))) or 1.0
        values = stems.weights / stems.length + np.where(single, stems.weights / length, 0.0)
        columns = np.concatenate((chars.columns, stems.columns + self._chars.width))
        return columns, np.concatenate((chars.weights / chars.length, values))

    def with_learned(self, learned: Learned) -> "Searcher":
        """Return the same phrases with other weights; nothing is indexed again."""
        other = copy(self)
        other.learned = learned
        return other

    def material(self) -> "Material":
        """Return what the phrases are made of, for `learning.py`."""
        return Material(self._chars, self._stems, self._single, self._owner, len(self.ids))

    def _first(self, chars: Vector, stems: Vector) -> tuple[Floats, Floats]:
        """Return for every article what it is shortlisted by, and what its phrases say together."""
        if self.learned.scores is not None:
            logits = self.learned.logits(*self.features(chars, stems))
            return logits, logits
        alike = self._chars.cosines(chars)
        mean = np.bincount(self._owner, weights=alike, minlength=len(self.ids)) * self._share
        return self._best(alike, self._starts) + mean, mean

    @staticmethod
    def _best(phrases: Floats, borders: Ints) -> Floats:
        """Return the best of each run of phrases; 0 for a run that has none."""
        best = np.maximum.reduceat(np.append(phrases, 0.0), borders[:-1])
        best[np.diff(borders) == 0] = 0.0
        return best

    def _shortlist(self, first: Floats, named: Sequence[int]) -> Ints:
        """Return the places of the articles to look at closely, in order of their ids."""
        order = _lowest(np.where(self._lacking, np.inf, -first), SHORTLIST)
        order = order[~self._lacking[order]]
        sizes = np.cumsum(self._starts[order + 1] - self._starts[order])
        count = max(int(np.searchsorted(sizes, SHORTLIST_PHRASES, side="right")), MIN_SHORTLIST)
        return np.unique(np.concatenate((order[:count], np.asarray(named, dtype=np.int64))))

    def _parts(
        self,
        rows: Ints,
        spans: Sequence[tuple[int, int]],
        chars: Vector,
        stems: Vector,
        weighed: Sequence[tuple[str, float]],
    ) -> dict[str, Floats]:
        among = self._stems.among(spans)
        known = [(column, weight) for stem, weight in weighed if (column := self._stems.column(stem)) >= 0]
        columns = np.asarray([column for column, _ in known], dtype=np.int64)
        shared = among.mass(columns, np.asarray([weight for _, weight in known], dtype=np.float64))
        total = sum(weight for _, weight in weighed) or 1.0
        return {
            "chars": self._chars.among(spans).cosine(chars),
            "stems": among.cosine(stems),
            "asked": np.minimum(shared / total, 1.0),
            "covered": np.minimum(shared / self._mass[rows], 1.0),
        }


def reweighed(hits: Sequence[Hit], mix: Mapping[str, float]) -> list[Hit]:
    """Return the hits as they would be with other weights of the views, best first."""
    found = [
        replace(
            hit, strength=round(mix["bias"] + sum(mix[name] * hit.views[name] for name in mix if name != "bias"), 4)
        )
        for hit in hits
    ]
    return sorted(found, key=lambda hit: (-hit.strength, hit.id))


def _lowest(values: Floats, count: int) -> Ints:
    """Return the places of the lowest values, lowest first, equal ones in order: a stable sort, cut short."""
    if len(values) <= count:
        return np.argsort(values, kind="stable")
    near = np.flatnonzero(values <= np.partition(values, count - 1)[count - 1])
    return near[np.argsort(values[near], kind="stable")][:count]


def _is_aside(word: str) -> bool:
    return is_filler(word) or word.isdecimal()


def _table(columns: Mapping[str, Floats], places: Sequence[int]) -> list[list[float]]:
    """Return the rows of some columns at some places."""
    rows: list[list[float]] = np.stack([column[places] for column in columns.values()], axis=1).tolist()
    return rows


def _named(columns: Mapping[str, Floats], values: Sequence[float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in zip(columns, values, strict=True)}


def _shared(phrase: Sequence[str], content: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Return the words, given with their stems, whose stem a phrase has."""
    stems = set(map(morphology.stem, phrase))
    return tuple(word for word, stem in content if stem in stems)


def _stems_and_pairs(row: Sequence[str], reach: int) -> list[str]:
    """Return the stems, and each with those that follow within `reach` words: in order, or if wider, as a set."""
    stems = [morphology.stem(word) for word in row]
    if reach == 1:
        return stems + [f"{first} {second}" for first, second in pairwise(stems)]
    pairs = [(stems[at], other) for at in range(len(stems)) for other in stems[at + 1 : at + 1 + reach]]
    return stems + [f"{min(pair)} {max(pair)}" for pair in pairs]
