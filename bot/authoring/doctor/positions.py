"""Gives every finding its line and column, and puts them in order.

Reads the files once more, for a snapshot knows no positions. A file that changed meanwhile, or is gone, is blamed at
its top. Called by `examine.py`.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from bot.authoring.doctor.finding import CHECKS, Finding, Severity
from bot.kb import yaml_nodes
from bot.kb.fields import Complaint, locate


def place(root: Path, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings with line and column, warnings first, then by check, file and line."""
    by_file: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_file[finding.file].append(finding)
    placed: list[Finding] = []
    for file, found in by_file.items():
        text = _text(root / file)
        if text is None:
            placed.extend(found)
            continue
        spots = locate(text, [Complaint(each.path, each.told) for each in found])
        placed.extend(replace(each, line=line, col=col) for each, (line, col, _) in zip(found, spots, strict=True))
    order = list(CHECKS)
    return tuple(
        sorted(
            placed,
            key=lambda each: (
                each.severity is not Severity.WARNING,
                order.index(each.check),
                each.file,
                each.line,
                each.col,
                each.told,
            ),
        )
    )


def _text(path: Path) -> str | None:
    try:
        content = path.read_bytes()
    except OSError:
        return None
    text = yaml_nodes.decode(content)
    return None if isinstance(text, yaml_nodes.Flaw) else text
