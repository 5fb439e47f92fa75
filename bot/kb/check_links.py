"""What declared checks have to be besides well-formed: ids once, groups that end, hosts, patterns, verdicts, articles.

Pure: models in, complaints about `_checks.yaml` out. A key may never stand in an address, for addresses are logged by
every server on the way. Called by `loader.py`; the models are in `checks.py`.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from xml.etree.ElementTree import Element

from bot.kb.article import Article, Audience, KnowledgeBase, Status
from bot.kb.checks import (
    VERDICTS,
    Check,
    DnsCheck,
    Expect,
    GroupCheck,
    HttpCheck,
    KeyCheck,
    ProductChecks,
    TcpCheck,
    TlsCheck,
    host_and_port,
    host_fault,
    network,
)
from bot.kb.fields import LANGUAGE, Complaint, Path, nearest
from bot.kb.key_checks import check_key


def check_declared(checks: ProductChecks, head: KnowledgeBase, declared: Collection[str]) -> Iterator[Complaint]:
    """Yield what is wrong with the checks of one product.

    `declared` are all ids that the product may start: its own, those with faults included, and the general ones.
    """
    ids = [check.id for check in checks.checks]
    for place, check in enumerate(checks.checks):
        path: Path = ("checks", place)
        if check.id in ids[:place]:
            yield Complaint((*path, "id"), f"the check `{check.id}` stands here twice")
        yield from _languages((*path, "title"), check.title, head)
        yield from _verdict_names((*path, "verdicts"), check.verdicts)
        yield from _target(path, check)
        if isinstance(check, GroupCheck):
            yield from _group(path, check, checks)
    yield from _verdict_names(("verdicts",), checks.verdicts)
    if checks.default is not None and checks.default not in declared:
        yield Complaint(("default",), f"there is no check `{checks.default}`{nearest(checks.default, declared)}")
    for place, entry in enumerate(checks.allow_private):
        try:
            network(entry)
        except ValueError as error:
            yield Complaint(("allow_private", place), str(error))


def check_targets(
    checks: ProductChecks, articles: Mapping[str, Article], unreadable: Collection[str]
) -> Iterator[Complaint]:
    """Yield verdicts that lead to no article a customer can see; ids in `unreadable` have faults of their own."""
    targets: list[tuple[Path, str]] = [(("verdicts", name), target) for name, target in checks.verdicts.items()]
    for place, check in enumerate(checks.checks):
        targets += [(("checks", place, "verdicts", name), target) for name, target in check.verdicts.items()]
        if isinstance(check, KeyCheck):
            targets += [
                (("checks", place, "rules", number, "article"), rule.article)
                for number, rule in enumerate(check.rules)
                if rule.article is not None
            ]
    for path, target in targets:
        article = articles.get(target)
        if article is None:
            if target not in unreadable:
                yield Complaint(path, f"there is no article `{target}`{nearest(target, articles)}")
        elif article.status is not Status.LIVE:
            yield Complaint(path, f"the article `{target}` is not shown (status: {article.status})")
        elif article.audience is Audience.STAFF:
            yield Complaint(path, f"the article `{target}` is for the staff only")


def _target(path: Path, check: Check) -> Iterator[Complaint]:
    match check:
        case DnsCheck() | TcpCheck() | TlsCheck():
            if fault := host_fault(check.host):
                yield Complaint((*path, "host"), f"`{check.host}` is no host: {fault}")
        case HttpCheck():
            yield from _url((*path, "url"), check.url)
            yield from _expect((*path, "expect"), check.expect)
        case KeyCheck():
            if check.request.url is not None:
                yield from _url((*path, "request", "url"), check.request.url)
            yield from (Complaint((*path, *where), message) for where, message in check_key(check))
            for number, rule in enumerate(check.rules):
                if rule.verdict not in VERDICTS:
                    yield _no_verdict((*path, "rules", number, "verdict"), rule.verdict)
        case GroupCheck():
            pass


def _url(path: Path, url: str) -> Iterator[Complaint]:
    if "{" in url or "}" in url:
        yield Complaint(path, "nothing is filled in here: a key stands in a header or in the body, never in an address")
        return
    try:
        host_and_port(url)
    except ValueError as error:
        yield Complaint(path, f"`{url}` cannot be asked: {error}")


def _expect(path: Path, expect: Expect) -> Iterator[Complaint]:
    if expect.body is not None:
        try:
            re.compile(expect.body)
        except re.error as error:
            yield Complaint((*path, "body"), f"this is no regular expression: {error}")
    if expect.json_path is not None:
        import jsonpath  # noqa: PLC0415 - it takes long to import, and few checks need it

        try:
            jsonpath.compile(expect.json_path)
        except jsonpath.JSONPathError as error:
            yield Complaint((*path, "json_path"), f"this is no JSONPath: {error}".splitlines()[0])
    if expect.xml_path is not None:
        try:
            Element("a").find(expect.xml_path)
        except (SyntaxError, LookupError, TypeError, ValueError):
            # Of a broken path it says one of these.
            yield Complaint((*path, "xml_path"), "this is no path that ElementTree knows")


def _group(path: Path, group: GroupCheck, checks: ProductChecks) -> Iterator[Complaint]:
    by_id = {check.id: check for check in checks.checks}
    for place, member in enumerate(group.checks):
        if member not in by_id:
            yield Complaint((*path, "checks", place), f"there is no check `{member}` here{nearest(member, by_id)}")
        elif member in group.checks[:place]:
            yield Complaint((*path, "checks", place), f"`{member}` stands here twice")
        elif _leads_to(member, group.id, by_id):
            yield Complaint((*path, "checks", place), f"the group `{group.id}` holds itself by way of `{member}`")


def _leads_to(start: str, goal: str, by_id: Mapping[str, Check]) -> bool:
    waiting, seen = [start], set[str]()
    while waiting:
        each = waiting.pop()
        if each == goal:
            return True
        check = by_id.get(each)
        if each not in seen and isinstance(check, GroupCheck):
            waiting.extend(check.checks)
        seen.add(each)
    return False


def _verdict_names(path: Path, verdicts: Mapping[str, str]) -> Iterator[Complaint]:
    for name in verdicts:
        if name not in VERDICTS:
            yield _no_verdict((*path, name), name)


def _no_verdict(path: Path, name: str) -> Complaint:
    return Complaint(path, f"there is no verdict `{name}`{nearest(name, VERDICTS)}", at_key="verdicts" in path)


def _languages(path: Path, texts: Mapping[str, str], head: KnowledgeBase) -> Iterator[Complaint]:
    for language in texts:
        if not LANGUAGE.fullmatch(language):
            message = f"`{language}` is not a language (two lower-case letters){nearest(language, head.languages)}"
            yield Complaint((*path, language), message, at_key=True)
    for language in head.languages:
        if language not in texts:
            yield Complaint(path, f"the language `{language}` is missing in `title`", at_key=True)
