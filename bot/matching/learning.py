"""Learns the weights of one knowledge base from its own phrases.

Decides nothing about a question: it makes the numbers that `search.py` and `trust.py` use (MATCHING, "a design", points
3 to 5). Pure and deterministic, but slow: seconds for hundreds of phrases, a minute for ten thousand, so `bot.weights`
runs it in a process of its own. SciPy is needed here and nowhere else.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.linalg import solve_triangular
from scipy.optimize import fmin_l_bfgs_b

from bot.matching.corpus import Corpus
from bot.matching.learned import Learned
from bot.matching.search import Hit, Material, Outlook, Searcher, reweighed
from bot.matching.thresholds import MIX, TRUST
from bot.matching.trust import grounds
from bot.matching.vectors import Floats, Ints, Singles

PULL = 20.0
"""Weight of a phrase against the pull towards zero (inverse ridge); 10 to 40 rank alike."""

STEPS = 30
"""Steps of the optimiser; more changed nothing on five public sets."""

MAX_DENSE = 4000
"""Phrases up to which the problem is solved in the space of phrases: 16 million cells."""

FEW_STEPS = 200
"""The same for a handful of weights."""

FOLDS = 3
ASKED = 4
"""A third of the articles becomes foreign, every fourth phrase of the others a question: MATCHING, its first lines."""

MAX_ASKED = 1000
"""Questions of each sort in a fold: a bound on time."""

WELL_KNOWN = 40.0
"""Phrases of an article on average from which a knowledge base's own questions have a say in how far to trust.

Authors of few phrases make them unlike each other on purpose, so one left out is harder than a customer's question."""

OWN_SHARE = 0.5
"""The say that is left to our own weights even then."""

MAX_CELLS = 60_000_000
MAX_SPARSE_CELLS = 12_000_000
"""Features times articles up to which phrases are learned from, with at most and with more than `MAX_DENSE` phrases: a
bound on memory (the optimiser holds a dozen copies of what it looks for) and time."""

MIN_ARTICLES = 2

VIEWS = ("learned", "phrase", "article")


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question that was not learned from, what was found, and the place of the right article, if it is there."""

    hits: Sequence[Hit]
    outlook: Outlook
    right: str | None


def learn(corpus: Corpus) -> Learned:
    """Return the weights of a corpus; the prior ones where it is too small or too large to learn from."""
    searcher = Searcher(corpus)
    scores = _scores(searcher)
    if scores is None:
        return searcher.learned
    if len(corpus.phrases) < WELL_KNOWN * len(corpus.ids):
        return Learned(MIX, TRUST, scores)
    asked = _ask(corpus)
    mix = _mix(asked)
    return Learned(mix, _trust(asked, mix), scores)


def _scores(searcher: Searcher) -> Singles | None:
    material = searcher.material()
    cells = (material.chars.width + material.stems.width) * material.articles
    most = MAX_CELLS if material.chars.size <= MAX_DENSE else MAX_SPARSE_CELLS
    if len(np.unique(material.owner)) < MIN_ARTICLES or cells > most:
        return None
    return softmax_regression(features_of(material), material.owner, material.articles)


def features_of(material: Material) -> sparse.csr_matrix:
    """Return the phrases' rows as `Searcher.features` makes a question's."""
    chars, stems = material.chars, material.stems
    first = sparse.csr_matrix((chars.values, chars.columns, chars.row_starts), shape=(chars.size, chars.width))
    both = sparse.csr_matrix((stems.values, stems.columns, stems.row_starts), shape=(stems.size, stems.width))
    alone = sparse.csr_matrix(both @ sparse.diags(material.single.astype(np.float32)))
    lengths = np.sqrt(np.asarray(alone.power(2).sum(axis=1)).ravel())
    shares = (1.0 / np.where(lengths > 0, lengths, 1.0)).astype(np.float32)
    alone = sparse.csr_matrix(sparse.diags(shares) @ alone)
    return sparse.csr_matrix(sparse.hstack([first, both + alone]))


def softmax_regression(features: sparse.csr_matrix, owner: Ints, articles: int) -> Singles:
    """Return weights, features × articles, that tell the rows' articles apart; articles without rows get zeros.

    With fewer rows than features the same problem is solved in as many dimensions as there are rows: the rows' scalar
    products, taken apart by Cholesky, stand for the rows.
    """
    present, place = np.unique(owner, return_inverse=True)
    matrix = features.astype(np.float32).tocsr()
    weights = np.zeros((matrix.shape[1], articles), dtype=np.float32)
    if matrix.shape[0] <= MAX_DENSE:
        kernel = (matrix @ matrix.T).toarray().astype(np.float64)
        kernel[np.diag_indices_from(kernel)] += 1e-3
        lower = np.linalg.cholesky(kernel)
        small = _descend(np.ascontiguousarray(lower, dtype=np.float32), place, len(present))
        weights[:, present] = matrix.T @ solve_triangular(lower, small, lower=True, trans="T").astype(np.float32)
    else:
        weights[:, present] = _descend(matrix, place, len(present))
    return weights


def _descend(rows: Singles | sparse.csr_matrix, place: Ints, count: int) -> Singles:
    """Return the weights, width × count, of multinomial logistic regression with a ridge."""
    width = rows.shape[1]
    across = rows.T.tocsr() if sparse.issparse(rows) else np.ascontiguousarray(rows.T)
    every = np.arange(rows.shape[0])

    def loss(flat: Floats) -> tuple[float, Floats]:
        logits = rows @ flat.reshape(width, count).astype(np.float32)
        logits -= logits.max(axis=1, keepdims=True)
        odds = np.exp(logits)
        totals = odds.sum(axis=1, keepdims=True)
        told = float((np.log(totals[:, 0]) - logits[every, place]).sum(dtype=np.float64))
        odds /= totals
        odds[every, place] -= 1.0
        slope = (across @ odds).ravel().astype(np.float64) * PULL + flat
        return PULL * told + 0.5 * float(flat @ flat), slope

    found = _lowest(loss, np.zeros(width * count), STEPS)
    return np.asarray(found.reshape(width, count), dtype=np.float32)


def _lowest(loss: Callable[[Floats], tuple[float, Floats]], start: Floats, steps: int) -> Floats:
    """Return where a loss, given with its slope, is lowest (L-BFGS)."""
    found, _, _ = fmin_l_bfgs_b(loss, start, m=5, maxiter=steps)
    return np.asarray(found, dtype=np.float64)


def _ask(corpus: Corpus) -> list[_Asked]:
    """Return questions out of the corpus's own phrases, each asked of what did not learn from it."""
    order = np.random.default_rng(0)
    fold_of = order.permutation(len(corpus.ids)) % FOLDS
    asked: list[_Asked] = []
    for fold in range(FOLDS):
        out = frozenset(np.flatnonzero(fold_of == fold).tolist())
        foreign = [place for place, phrase in enumerate(corpus.phrases) if phrase.owner in out]
        ours = [place for place, phrase in enumerate(corpus.phrases) if phrase.owner not in out]
        questions = sorted(order.permutation(ours)[: len(ours) // ASKED].tolist())
        sub = corpus.without(frozenset(questions), out)
        searcher = Searcher(sub)
        searcher = searcher.with_learned(Learned(MIX, TRUST, _scores(searcher)))
        for places in (questions, foreign):
            chosen = sorted(order.permutation(places)[:MAX_ASKED].tolist())
            for place in chosen:
                phrase = corpus.phrases[place]
                hits = searcher.rank(phrase.words, None)
                if hits:
                    right = None if phrase.owner in out else corpus.ids[phrase.owner]
                    asked.append(_Asked(hits, searcher.outlook(phrase.words), right))
    return asked


def _mix(asked: Sequence[_Asked]) -> dict[str, float]:
    """Return weights of the views that make the right articles likeliest, pulled towards our own."""
    start = np.asarray([MIX[name] for name in VIEWS])
    known = []
    for each in asked:
        right = [place for place, hit in enumerate(each.hits) if hit.id == each.right]
        if right:
            known.append((np.asarray([[hit.views[name] for name in VIEWS] for hit in each.hits]), right[0]))
    pull = 2000.0  # in effect only their common scale moves little; the ratio was best on every set as it is

    def loss(weights: Floats) -> tuple[float, Floats]:
        told, slope = 0.0, np.zeros(len(VIEWS))
        for views, right in known:
            logits = views @ weights
            odds = np.exp(logits - logits.max())
            odds /= odds.sum()
            told -= float(np.log(max(odds[right], 1e-300)))
            slope += odds @ views - views[right]
        away = (weights - start) / start
        return told + 0.5 * pull * float(away @ away), slope + pull * away / start

    found = _lowest(loss, start, FEW_STEPS)
    # The scale stays: the weights of trust are made for it.
    before = sum(float(views[right] @ start) for views, right in known)
    scale = before / max(sum(float(views[right] @ found) for views, right in known), 1.0)
    return {"bias": 0.0} | {name: round(float(value) * scale, 3) for name, value in zip(VIEWS, found, strict=True)}


def _trust(asked: Sequence[_Asked], mix: Mapping[str, float]) -> dict[str, float]:
    """Return weights of the grounds that tell right answers from others; our own ones keep `OWN_SHARE`."""
    rows = []
    right = []
    for each in asked:
        hits = reweighed(each.hits, mix)
        rows.append(list(grounds(hits, each.outlook).values()))
        right.append(each.right is not None and hits[0].id == each.right)
    names = list(TRUST)
    table = np.asarray(rows)
    own = np.asarray([TRUST[name] for name in names])
    target = (1.0 - OWN_SHARE) * np.asarray(right, dtype=np.float64) + OWN_SHARE / (1.0 + np.exp(-(table @ own)))

    def loss(weights: Floats) -> tuple[float, Floats]:
        logits = table @ weights
        told = float(np.sum(np.logaddexp(0.0, logits) - target * logits))
        away = (weights - own) / np.maximum(np.abs(own), 0.5)
        return told + 0.5 * float(away @ away), table.T @ (1.0 / (1.0 + np.exp(-logits)) - target) + away / np.maximum(
            np.abs(own), 0.5
        )

    found = _lowest(loss, own, FEW_STEPS)
    return {name: round(float(value), 4) for name, value in zip(names, found, strict=True)}
