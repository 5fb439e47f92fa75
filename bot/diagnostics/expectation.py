"""Whether the body of an answer is as a check expects: a pattern, a JSONPath, a path in XML. Pure.

Decides over text only; status and size are `probe_http.py`'s, which calls it. Whether patterns and paths are well
formed is told when the knowledge base is loaded (`bot.kb.check_links`).
"""

import json
import re
from xml.etree.ElementTree import ParseError

import jsonpath
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from bot.kb.checks import Expect


def meets(expect: Expect, text: str) -> bool:
    """Tell whether a body is as expected; True where nothing is expected of it."""
    if expect.body is not None and not re.search(expect.body, text):
        return False
    if expect.json_path is not None and not _finds_json(expect.json_path, text):
        return False
    return expect.xml_path is None or _finds_xml(expect.xml_path, text)


def _finds_json(path: str, text: str) -> bool:
    try:
        return bool(jsonpath.findall(path, json.loads(text)))
    except (ValueError, RecursionError, jsonpath.JSONPathError):
        return False


def _finds_xml(path: str, text: str) -> bool:
    try:
        root = fromstring(text.lstrip("\ufeff"))
        return root.find(path) is not None
    except (ParseError, DefusedXmlException, ValueError, SyntaxError):
        return False
