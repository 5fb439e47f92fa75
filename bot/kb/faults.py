"""Faults of a knowledge base: where something is wrong, and what, in words a writer of articles understands.

Decides only the shape. `yaml_nodes.py` and `loader.py` find faults, `watch.py` hands them to the operator and
`diagnost kb check` prints them.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault. `file` is relative to the knowledge base (`.` for the directory itself); line and column from 1."""

    file: str
    line: int
    col: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.col}: {self.message}"


class KnowledgeBaseFaults(Exception):  # noqa: N818 - it carries all faults of a directory, it is not one error
    """A knowledge base cannot be used; `faults` holds all that is wrong with it, in order of file and line."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults
