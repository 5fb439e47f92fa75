"""What a customer says they have tried: "уже перезагружал, не помогает", "I already reinstalled it".

Decides which clauses of a message only tell of a remedy that failed, so that its article is not offered first. Such a
clause is dropped from the question only where something is left that tells the problem. Called by `matcher.py`.
"""

import re
from collections.abc import Sequence

from bot.matching.vocabulary import is_filler

MIN_TOPIC = 2
"""Words with a topic that the rest of a message needs to stand for its problem."""

_CLAUSE = re.compile(r"[,.;!?\n]+|\s-\s|\s(?=(?:но|а|но и|but|and still|yet)\s)")
_REMEDY = (
    r"перезагру\w+|перезапус\w+|переустан\w+|переподключ\w+|перепров\w+|сбрасывал\w*|сбросил\w*|отвязывал\w*|отвязал\w*"
    r"|проверял\w*|проверил\w*|чистил\w*|почистил\w*|очищал\w*|очистил\w*|менял\w*|поменял\w*|обновлял\w*|обновил\w*"
    r"|отключал\w*|отключил\w*|выключал\w*|выключил\w*|удалял\w*|удалил\w*|делал\w*|сделал\w*|открывал\w*|смотрел\w*"
    r"|искал\w*|добавлял\w*|добавил\w*|вводил\w*|читал\w*|писал\w*"
)
_TRIED = re.compile(
    rf"\b(?:(?:пробовал|попробовал|пытал)\w*|уже\s+(?:\w+\s+)?(?:{_REMEDY})|(?:{_REMEDY})(?=.*\bуже\b)"
    rf"|(?:{_REMEDY}).{{0,60}}\b(?:не\s+помо\w+|без\s+толку|бесполезно|не\s+решило|без\s+изменений)"
    r"|(?:already|have|has|i've|ve)\s+(?:\w+\s+)?"
    r"(?:tried|rebooted|restarted|reinstalled|checked|reset|cleared|updated|disabled)"
    r"|tried\b)"
)


def without_tried(folded: str) -> tuple[str, str]:
    """Return a folded text without the clauses that tell what was tried, and those clauses (`""`: none)."""
    if not _TRIED.search(folded):
        return folded, ""
    left: list[str] = []
    tried: list[str] = []
    for clause in _CLAUSE.split(folded):
        if not clause.strip():
            continue
        (tried if _TRIED.search(clause) else left).append(clause.strip())
    return ", ".join(left), ", ".join(tried)


def is_problem(words: Sequence[str]) -> bool:
    """Say whether words are enough to tell a problem."""
    return len({word for word in words if not is_filler(word)}) >= MIN_TOPIC
