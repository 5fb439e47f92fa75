"""The files of a knowledge base: which are read, as what, and which do not belong there.

Decides the directory grammar (CONTRACTS: "The knowledge base directory"), reads the bytes and hashes them; it looks
into no file. Called by `loader.py`.
"""

import hashlib
import re
import stat
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Final

from bot.kb import yaml_nodes
from bot.kb.article import ARTICLE_ID
from bot.kb.faults import Fault

HEAD: Final = "_kb.yaml"
_FOLDER = re.compile(ARTICLE_ID)
_DROPPINGS = re.compile(r"^\.|~$|\.(sw[a-p]|tmp)$|^#.*#$|^4913$|^___jb_")
"""What editors leave beside a file: hidden files, backups, swap files, vim's write test, JetBrains' safe writes."""


class Role(Enum):
    """What a file is."""

    HEAD = auto()
    SYNONYMS = auto()
    PRODUCT = auto()
    CHECKS = auto()
    ARTICLE = auto()
    DESK = auto()
    OTHER = auto()
    """Well-formed YAML that other parts of the program read: `_replies/`."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read; `name` is its path relative to the knowledge base, with `/`."""

    name: str
    path: Path
    role: Role

    @property
    def folder(self) -> str:
        """The folder's name, which is the product's; empty at the top."""
        return self.name.rpartition("/")[0]

    @property
    def stem(self) -> str:
        """The file's name without its ending, which is the article's id."""
        return self.path.name.removesuffix(".yaml")


_TOP: Final = {HEAD: Role.HEAD, "_synonyms.yaml": Role.SYNONYMS, "_desk.yaml": Role.DESK}
_IN_PRODUCT: Final = {"_product.yaml": Role.PRODUCT, "_checks.yaml": Role.CHECKS}


def survey(root: Path) -> tuple[tuple[Source, ...], tuple[Fault, ...]]:
    """Return the files of a knowledge base in order of their names, and a fault for all that does not belong."""
    sources: list[Source] = []
    faults: list[Fault] = []
    try:
        for entry in _entries(root):
            if entry.is_dir():
                if entry.name != "_schema":
                    _survey_folder(entry, sources, faults)
            elif entry.name in _TOP:
                sources.append(Source(entry.name, entry, _TOP[entry.name]))
            else:
                known = ", ".join(sorted(_TOP))
                faults.append(Fault(entry.name, 1, 1, f"this file does not belong here; the top holds {known}"))
    except FileNotFoundError:
        return (), (Fault(".", 1, 1, f"there is no directory {root}"),)
    except OSError as error:
        return (), (Fault(".", 1, 1, f"the directory {root} cannot be read: {error.strerror}"),)
    if not sources and not faults:
        faults.append(Fault(".", 1, 1, f"the directory {root} is empty; a knowledge base begins with {HEAD}"))
    return tuple(sorted(sources, key=lambda source: source.name)), tuple(faults)


def read(source: Source) -> bytes | Fault:
    """Return a file's content; a fault where it is too large (by its size, before reading) or cannot be read."""
    try:
        found = source.path.stat()
        size = found.st_size
        if not stat.S_ISREG(found.st_mode):
            return Fault(source.name, 1, 1, "this is no file that can be read")
        if size > yaml_nodes.MAX_BYTES:
            return Fault(source.name, 1, 1, f"the file has {size} bytes; at most {yaml_nodes.MAX_BYTES} are read")
        return source.path.read_bytes()
    except OSError as error:
        return Fault(source.name, 1, 1, f"the file cannot be read: {error.strerror}")


class Revision:
    """Hashes names and contents, in the order they are added, to `sha256:…`."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def add(self, source: Source, content: bytes) -> None:
        """Add one file; its length is hashed too, so that no two sets of files run into the same bytes."""
        self._hash.update(f"{source.name}\0{len(content)}\0".encode())
        self._hash.update(content)

    def __str__(self) -> str:
        return f"sha256:{self._hash.hexdigest()}"


def _entries(folder: Path) -> list[Path]:
    entries = [entry for entry in folder.iterdir() if not _DROPPINGS.search(entry.name)]
    return sorted(entries, key=lambda entry: entry.name)


def _survey_folder(folder: Path, sources: list[Source], faults: list[Fault]) -> None:
    replies = folder.name == "_replies"
    if not replies and not _FOLDER.fullmatch(folder.name):
        message = "this folder does not belong here; a product's folder is lower-case words joined by hyphens"
        faults.append(Fault(folder.name, 1, 1, message))
        return
    for entry in _entries(folder):
        name = f"{folder.name}/{entry.name}"
        if entry.is_dir():
            faults.append(Fault(name, 1, 1, "a folder inside a folder does not belong here"))
        elif entry.suffix == ".yml":
            faults.append(Fault(name, 1, 1, "the file's name ends in .yml; rename it to .yaml"))
        elif entry.suffix != ".yaml":
            faults.append(Fault(name, 1, 1, "this file does not belong here; only .yaml files do"))
        elif replies:
            sources.append(Source(name, entry, Role.OTHER))
        elif entry.name in _IN_PRODUCT:
            sources.append(Source(name, entry, _IN_PRODUCT[entry.name]))
        elif entry.name.startswith("_"):
            known = ", ".join(sorted(_IN_PRODUCT))
            faults.append(Fault(name, 1, 1, f"names that begin with _ are reserved; here for {known}"))
        else:
            sources.append(Source(name, entry, Role.ARTICLE))
