"""`_synonyms.yaml`: a word the articles use, and the words people use for it.

Decides that a people's word stands for one article word only, and turns the file round for the matcher, which looks
from people's word to article word. Called by `loader.py`.
"""

from bot.kb import yaml_nodes
from bot.kb.fields import Complaint
from bot.kb.yaml_nodes import Node, Scalar


def read_synonyms(node: Node) -> tuple[dict[str, str], tuple[Complaint, ...]]:
    """Return people's word to article word, both lower case, and what is wrong in the file."""
    if not isinstance(node, yaml_nodes.Mapping):
        return {}, (Complaint((), "expected `word the articles use: [words people use]`"),)
    complaints: list[Complaint] = []
    found: dict[str, str] = {}
    for written, (_, words) in node.pairs.items():
        target = written.strip().casefold()
        if not isinstance(words, yaml_nodes.Sequence):
            complaints.append(Complaint((written,), f"`{written}` needs a list of words ([…])"))
            continue
        for place, word in enumerate(words.items):
            if not isinstance(word, Scalar) or not word.text.strip():
                complaints.append(Complaint((written, place), "a synonym is a word"))
                continue
            spoken = word.text.strip().casefold()
            if spoken == target:
                complaints.append(Complaint((written, place), f"`{word.text}` is the article's word itself"))
            elif spoken in found:
                complaints.append(Complaint((written, place), f"`{word.text}` already stands for `{found[spoken]}`"))
            else:
                found[spoken] = target
    return found, tuple(complaints)
