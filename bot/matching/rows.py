"""Which row of an article's table a question names, by its key. Called by `matcher.py`; decides nothing else."""

from collections.abc import Sequence

from bot.kb.article import Article
from bot.matching.codes import ERROR, Mention
from bot.matching.morphology import stem
from bot.matching.normalize import fold, words


def named_row(article: Article | None, asked: Sequence[str], mentions: Sequence[Mention]) -> str | None:
    """Return the key of the first row that the question names; a number that is an error code names none."""
    if article is None or any(mention.found.kind == ERROR for mention in mentions):
        return None
    stems = list(map(stem, asked))
    named = []
    for entry in article.entries:
        key = [stem(word) for word in words(fold(entry.key))]
        if key and all(part in stems for part in key):
            named.append((stems.index(key[0]), entry.key))
    return min(named)[1] if named else None
