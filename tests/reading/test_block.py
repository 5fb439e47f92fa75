import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.diagnostics.reading.block import Damage, read_block, sums
from bot.diagnostics.reading.block_findings import findings, product_of
from bot.diagnostics.reading.read import read
from bot.diagnostics.script_for import FILE_NAME, MOST_HOSTS, NotForAShellError, can_be_scripted, script_for
from bot.i18n import LANGUAGES, label
from bot.kb import DEFAULT_KB
from bot.kb.checks import DnsCheck, Expect, HttpCheck, ProductChecks, TcpCheck, TlsCheck
from bot.kb.loader import load
from tests.reading.samples import BOOK, prose

TITLE = {"ru": "Сервер", "en": "Server"}
MACHINE = (
    "os,id=debian,v=12,k=6.1.0,m=x86+64",
    "net,product=miko,dns=private,proxy=n,now=20261122",
    "tools,bb=y,curl=8.5.0,openssl=3.0.19",
)
FINE = (
    *MACHINE,
    "dns,h=lic.miko.ru,st=ok,by=nslookup,a=203.0.113.10",
    "tcp,h=lic.miko.ru,p=443,st=open",
    "tls,h=lic.miko.ru,p=443,v=0,s=lic.miko.ru,i=GlobalSign/R6+CA,nb=20260101,na=20270101",
    "http,h=lic.miko.ru,p=443,st=200,ok=y,via=n,x=0,slow=1",
    "ping,h=lic.miko.ru,tx=10,rx=10,ms=12.5",
    "route,h=lic.miko.ru,n=7,at=7,last=203.0.113.10,st=reached",
)


def written(*records: str) -> str:
    lines = []
    for number, record in enumerate(records, 1):
        line = f"{number},{record}"
        lines.append(f"{line},c={sums(line)[3]:02d}")
    first, second, length, _ = sums("".join(lines))
    body = "".join(f"{line};\n" for line in lines)
    return f"--- DIAGNOST 1 ---\n{body}--- {len(records)},{first},{second},{length} ---\n"


GOOD = written(*FINE)


def verdicts(text: str) -> list[str]:
    block = read_block(text)
    assert block is not None
    return [each.verdict.value for each in findings(block, BOOK)]


def changed(name: str, record: str) -> str:
    return written(*(record if each.startswith(name) else each for each in FINE))


def test_whole_block() -> None:
    block = read_block(GOOD)
    assert block is not None
    assert (block.damage, block.lines, len(block.records)) == (None, (), 9)
    (finding,) = findings(block, BOOK)
    assert finding.verdict.value == "ok"
    assert dict(finding.facts) == {
        "host": "lic.miko.ru",
        "addresses": ("203.0.113.10",),
        "resolver_kind": "private",
        "loss": 0,
        "rtt_ms": 12.5,
        "last_hop": "203.0.113.10",
        "last_number": 7,
        "port": 443,
        "offset_s": -1,
        "issuer": "GlobalSign/R6 CA",
        "subject": "lic.miko.ru",
        "not_before": "2026-01-01",
        "not_after": "2027-01-01",
        "code": 0,
        "status": 200,
    }
    assert product_of(block) == "miko"


@pytest.mark.parametrize(
    "mangled",
    [
        GOOD.replace("\n", ""),
        GOOD.replace("\n", " "),
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("---", "—"),
        GOOD.replace("---", "—-"),
        GOOD.replace("-", "–"),
        GOOD.replace(",", ", "),
        GOOD.replace(",", ",\n"),
        "".join(f"> {line}\n" for line in GOOD.splitlines()),
        f"```\n{GOOD}```",
        GOOD.replace("tcp,", "**tcp**,").replace("ping", "`ping`"),
        GOOD.replace("h=", "h=\u200b").replace(" ", "\u00a0"),
        f"«{GOOD}»",
        f"Добрый день!\n[+] lic.miko.ru, имя: в порядке\n{GOOD}\nЧто дальше?",
        "\n".join(GOOD[at : at + 40] for at in range(0, len(GOOD), 40)),
        GOOD.replace("--- DIAGNOST 1 ---\n", ""),
        GOOD.replace("--- DIAGNOST", "Анна, [22.11.2026 18:00]:\n--- diagnost"),
        GOOD + GOOD,
        GOOD.replace("st=reached", "st=silent") + GOOD,
    ],
)
def test_what_messengers_do_to_it(mangled: str) -> None:
    reading = read(mangled, BOOK)
    assert [(each.tool, each.finding.verdict.value) for each in reading.tools] == [("diagnost", "ok")]


@pytest.mark.parametrize(
    ("damaged", "why", "lines"),
    [
        (re.sub(r"4,dns.*\n", "", GOOD), "lost", ("4",)),
        (re.sub(r"(2,net|8,ping).*\n", "", GOOD), "lost", ("2", "8")),
        (GOOD.replace("st=open", "st=opan"), "changed", ("5",)),
        (GOOD.replace("203.0.113.10,c", "203.0.113.11,c"), "changed", ("4",)),
        (GOOD[: GOOD.rindex("---", 0, -5)], "cut", None),
        (GOOD[: GOOD.index("8,ping") + 10], "cut", None),
        (GOOD.replace("DIAGNOST 1", "DIAGNOST 2"), "newer", None),
    ],
)
def test_damaged_block(damaged: str, why: str, lines: tuple[str, ...] | None) -> None:
    reading = read(damaged, BOOK)
    assert (reading.tool, reading.verdict.value) == ("diagnost", "inconclusive")
    assert reading.main is not None
    assert (reading.main.facts["why"], reading.main.facts.get("lines")) == (why, lines)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_damage_has_a_sentence(language: str) -> None:
    assert all("3, 7" in label(language, f"block-{why}", lines="3, 7") for why in ("lost", "changed"))
    assert all(len(label(language, f"block-{why.value}", lines="1")) > 30 for why in Damage)


@pytest.mark.parametrize(
    ("name", "record", "verdict"),
    [
        ("dns", "dns,h=lic.miko.ru,st=ok,by=dig,a=203.0.113.10,sys=127.0.0.1", "dns_hijack"),
        ("dns", "dns,h=lic.miko.ru,st=nxdomain,by=dig", "ok"),  # the port opened all the same: the hosts file
        ("tcp", "tcp,h=lic.miko.ru,p=443,st=timeout", "port_filtered"),
        ("tcp", "tcp,h=lic.miko.ru,p=443,st=noroute", "unreachable"),
        ("tls", "tls,h=lic.miko.ru,p=443,v=silent", "port_filtered"),
        ("tls", "tls,h=lic.miko.ru,p=443,v=18,s=a,i=a,nb=,na=", "tls_untrusted"),
        ("tls", "tls,h=lic.miko.ru,p=443,v=20,s=a,i=Касперский,nb=,na=", "tls_intercepted"),
        ("tls", "tls,h=lic.miko.ru,p=443,v=9,s=a,i=GlobalSign,nb=20270101,na=20280101", "tls_clock"),
        ("http", "http,h=lic.miko.ru,p=443,st=404,ok=y,via=n,x=0", "ok"),
        ("http", "http,h=lic.miko.ru,p=443,st=302,ok=n,via=n,x=0", "http_error"),
        ("http", "http,h=lic.miko.ru,p=443,st=503,ok=n,via=n,x=0", "service_down"),
        ("http", "http,h=lic.miko.ru,p=443,st=503,ok=n,via=y,x=0", "proxy_denied"),
        ("http", "http,h=lic.miko.ru,p=443,st=0,ok=n,via=n,x=28", "service_down"),
        ("http", "http,h=lic.miko.ru,p=443,st=0,ok=n,via=n,x=99", "inconclusive"),
        ("http", "http,h=lic.miko.ru,p=443,st=200,ok=y,via=n,x=0,fast=900", "tls_clock"),
        ("ping", "ping,h=lic.miko.ru,tx=10,rx=0,why=unreachable", "ok"),
        ("ping", "ping,h=lic.miko.ru,tx=10,rx=9", "lossy"),
        ("ping", "ping,h=lic.miko.ru,tx=10,rx=10,ms=800.1", "slow"),
    ],
)
def test_verdict_of_a_record(name: str, record: str, verdict: str) -> None:
    assert verdicts(changed(name, record)) == [verdict]


def test_expired_only_by_this_clock() -> None:
    expired = "tls,h=lic.miko.ru,p=443,v=10,s=a,i=GlobalSign,nb=20260101,na=20261001"
    answered = "http,h=lic.miko.ru,p=443,st=200,ok=y,via=n,x=60"
    rest = (*FINE[:5], expired)
    assert verdicts(written(*rest, answered)) == ["tls_expired"]
    assert verdicts(written(*rest, f"{answered},fast=8640000")) == ["tls_clock"]
    assert verdicts(written(*rest, f"{answered},fast=86400")) == ["tls_expired"]
    assert verdicts(written(*rest, f"{answered},slow=999999999999")) == ["tls_expired"]


def test_the_worst_host_speaks_for_all() -> None:
    text = written(*FINE, "dns,h=lm.miko.ru,st=nxdomain,by=nslookup")
    assert verdicts(text) == ["ok", "dns_no_name"]
    reading = read(text, BOOK)
    assert (reading.verdict.value, reading.article) == ("dns_no_name", "miko-dns")


def test_other_outputs_beside_a_block() -> None:
    reading = read(f"nc: connect to lm.miko.ru port 443 (tcp) failed: Connection refused\n{GOOD}", BOOK)
    assert [each.tool for each in reading.tools] == ["nc", "diagnost"]
    assert reading.verdict.value == "port_refused"


@pytest.mark.parametrize("text", [*prose(), "Diagnost 1 - отличный бот", "--- DIAGNOST 1 --- и всё", "1,os,id=x"])
def test_no_block(text: str) -> None:
    assert read_block(text) is None


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(GOOD)), st.integers(0, 30), st.text(max_size=6) | st.sampled_from([";", "---", "c=1", "9,"]))
def test_an_accident_is_noticed(start: int, length: int, put: str) -> None:
    text = GOOD[:start] + put + GOOD[start + length :]
    block = read_block(text)
    if block is not None and block.damage is None:
        told = [(each.number, each.kind, dict(each.fields)) for each in block.records]
        whole = read_block(GOOD)
        assert whole is not None
        assert [(n, k, {f: re.sub(r"[^A-Za-z0-9=.:/ ]", "", v) for f, v in d.items()}) for n, k, d in told] == [
            (each.number, each.kind, dict(each.fields)) for each in whole.records
        ]
    read(text, BOOK)


# The script that prints it.

SHIPPED = load(DEFAULT_KB)


@pytest.mark.parametrize(
    ("product", "expected"),
    [
        ("miko", ["lic.miko.ru", "lm.miko.ru", "lic.mikopbx.com", "lm.mikopbx.com"]),
        ("cleverence", ["cleverence.ru", "kb.cleverence.com"]),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_script_of_a_shipped_product(product: str, expected: list[str], language: str) -> None:
    script = script_for(SHIPPED.checks_of(product), product, language)
    named = re.search(r"(?s)TARGETS='(.*?)'", script)
    assert named is not None
    assert [row.split()[0] for row in named[1].splitlines()] == expected
    assert f"\nPRODUCT={product}\n" in script
    assert "T_DONE='" in script
    assert script.startswith("#!/bin/sh\n")


def test_what_is_asked_of_a_host() -> None:
    checks = ProductChecks(
        checks=(
            DnsCheck(id="a", kind="dns", title=TITLE, host="a.example"),
            TcpCheck(id="b", kind="tcp", title=TITLE, host="a.example", port=8080),
            TlsCheck(id="c", kind="tls", title=TITLE, host="a.example", port=8443),
            HttpCheck(
                id="d", kind="http", title=TITLE, url="https://a.example/x?y=$(id)", expect=Expect(status=(200, 301))
            ),
            HttpCheck(id="e", kind="http", title=TITLE, url="http://b.example:81/ping"),
        )
    )
    script = script_for(checks, "acme", "en")
    assert "TARGETS='a.example 8080:n:: 8443:y:: 443:y:/:200,301\nb.example 81:n:/ping:200'" in script
    assert "$(id)" not in script


def test_hosts_have_room() -> None:
    many = ProductChecks(
        checks=tuple(DnsCheck(id=f"a{n}", kind="dns", title=TITLE, host=f"h{n}.example") for n in range(MOST_HOSTS + 3))
    )
    rows = re.search(r"(?s)TARGETS='(.*?)'", script_for(many, "acme", "en"))
    assert rows is not None
    assert len(rows[1].splitlines()) == MOST_HOSTS


def test_nothing_that_a_shell_would_read() -> None:
    odd = ProductChecks(checks=(DnsCheck(id="a", kind="dns", title=TITLE, host="-a.example"),))
    with pytest.raises(NotForAShellError):
        script_for(odd, "acme", "en")
    with pytest.raises(NotForAShellError):
        script_for(ProductChecks(), "acme", "en")
    with pytest.raises(NotForAShellError):
        script_for(SHIPPED.checks_of("miko"), "miko; id", "en")
    assert not can_be_scripted(ProductChecks())
    assert can_be_scripted(SHIPPED.checks_of("miko"))


@pytest.mark.skipif(sys.platform == "win32", reason="the script is for Linux")
def test_the_form_alone_does_nothing(tmp_path: Path) -> None:
    form = Path(__file__).parents[2] / "bot" / "diagnostics" / "script" / FILE_NAME
    done = subprocess.run(["sh", str(form)], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode != 0
    assert "ask the bot" in done.stderr
    for shell in ("sh", "bash"):
        subprocess.run([shell, "-n", str(form)], check=True)
