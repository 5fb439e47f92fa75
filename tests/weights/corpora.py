"""Corpora that are made, not written: articles whose phrases share a word of their own."""

from bot.matching.corpus import Corpus, Phrase

TOPICS = ("лицензия", "терминал", "журнал", "купон", "панель", "звук")
ASIDES = ("не работает", "как настроить", "где найти", "пропала", "сломалась", "что делать если", "почему", "нужна")


def corpus(topics: int = 6, phrases: int = 12) -> Corpus:
    """Return that many articles with that many phrases each."""
    made = [
        Phrase(place, text, tuple(text.split()), 1.0)
        for place, topic in enumerate(TOPICS[:topics])
        for text in [f"{ASIDES[number % len(ASIDES)]} {topic} случай {number}" for number in range(phrases)]
    ]
    ids = tuple(f"a-{place}" for place in range(topics))
    return Corpus(ids, ("general",) * topics, tuple(made), ((),) * topics, (), {})
