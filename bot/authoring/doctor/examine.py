"""All checks of a knowledge base, run in order: what `kb doctor` tells.

Decides which checks there are and what is counted for each article; each check stands in its own file. Called by
`bot/cli_kb_doctor.py`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from bot.authoring.doctor import answer_checks, phrase_checks, word_checks
from bot.authoring.doctor.answer_checks import Asked
from bot.authoring.doctor.finding import Finding, Severity
from bot.authoring.doctor.phrases import HeldOut, phrases_of, survey
from bot.authoring.doctor.positions import place
from bot.authoring.figures import Share
from bot.kb import fields, yaml_nodes
from bot.kb.library import Library
from bot.matching.corpus import is_matched
from bot.weights.ready import ready


@dataclass(frozen=True, slots=True)
class Health:
    """One article in figures.

    `symptoms`: how many in each language; `own_words`: stems only it has; `held_out`: its phrases that the others lead
    to; `answered`: its symptoms that are answered at once; `rival`: the article that takes most of its phrases.
    """

    id: str
    symptoms: Mapping[str, int]
    own_words: int
    held_out: Share
    answered: Share
    rival: str | None


@dataclass(frozen=True, slots=True)
class Examination:
    """All findings, and the figures of every article that is matched."""

    findings: tuple[Finding, ...]
    articles: tuple[Health, ...]
    phrases: int
    kb: str

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """The findings that mislead customers."""
        return tuple(each for each in self.findings if each.severity is Severity.WARNING)

    @property
    def notes(self) -> tuple[Finding, ...]:
        """The other findings."""
        return tuple(each for each in self.findings if each.severity is Severity.NOTE)


def examine(library: Library, root: Path, questions: Sequence[str] = ()) -> Examination:
    """Return what is wrong with the knowledge base in `root`; `questions` tell which synonyms are heard."""
    phrases = phrases_of(library)
    surveyed = survey(phrases)
    own = phrase_checks.own_words(phrases)
    asked = answer_checks.ask(library, ready(library), phrases)
    places = synonym_places(root)
    findings = chain(
        answer_checks.led_away(library, asked),
        answer_checks.asked_back(library, asked),
        phrase_checks.steals(library, surveyed),
        phrase_checks.twins(library, surveyed),
        phrase_checks.few_phrases(library),
        phrase_checks.without_own_word(library, own),
        word_checks.idle_synonyms(library, phrases, places),
        word_checks.common_synonyms(library, places),
        word_checks.unheard_synonyms(library, questions, places) if questions else (),
        word_checks.common_aliases(library, phrases),
        word_checks.shared_codes(library),
        word_checks.unclaimed_codes(library),
        phrase_checks.long_titles(library),
        phrase_checks.unrelated(library),
    )
    return Examination(
        place(root, findings), tuple(_health(library, surveyed, asked, own)), len(phrases), library.revision
    )


def synonym_places(root: Path) -> word_checks.Places:
    """Return where each synonym stands in its file; empty where there is none to be read."""
    try:
        content = (root / word_checks.SYNONYMS).read_bytes()
    except OSError:
        return {}
    text = yaml_nodes.decode(content)
    node = None if isinstance(text, yaml_nodes.Flaw) else yaml_nodes.parse(text)[0]
    if not isinstance(node, yaml_nodes.Mapping):
        return {}
    found: dict[tuple[str, str], fields.Path] = {}
    for written, (_, said) in node.pairs.items():
        for at, word in enumerate(said.items if isinstance(said, yaml_nodes.Sequence) else ()):
            if isinstance(word, yaml_nodes.Scalar):
                found[word.text.strip().casefold(), written.strip().casefold()] = (written, at)
    return found


def _health(
    library: Library, surveyed: Sequence[HeldOut], asked: Sequence[Asked], own: Mapping[str, frozenset[str]]
) -> Iterator[Health]:
    found: defaultdict[str, list[bool]] = defaultdict(list)
    answered: defaultdict[str, list[bool]] = defaultdict(list)
    rivals: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for each in surveyed:
        owner = each.phrase.article
        found[owner].append(each.is_found)
        if each.first is not None and not each.is_found:
            rivals[owner][each.first.phrase.article] += 1
    for one in asked:
        answered[one.phrase.article].append(one.at_once)
    for article in library.articles.values():
        if is_matched(article):
            rival = min(rivals[article.id].items(), key=lambda pair: (-pair[1], pair[0]), default=None)
            yield Health(
                article.id,
                {language: len(article.symptoms.get(language, ())) for language in library.head.languages},
                sum(" " not in stem for stem in own.get(article.id, ())),
                Share(sum(found[article.id]), len(found[article.id])),
                Share(sum(answered[article.id]), len(answered[article.id])),
                rival[0] if rival else None,
            )
