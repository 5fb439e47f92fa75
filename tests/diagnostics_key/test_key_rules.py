"""The shipped key check over answers of a licence gateway, and what its declaration may not be."""

import json
from datetime import date
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.diagnostics.key_rules import UnreadableError, judge, read
from bot.diagnostics.key_setup import key_check_of, ready
from bot.diagnostics.target import Allowed, Reach
from bot.diagnostics.verdict import Verdict
from bot.kb import DEFAULT_KB
from bot.kb.checks import KeyCheck, ProductChecks
from bot.kb.faults import KnowledgeBaseFaults
from bot.kb.loader import load
from bot.sandbox.gateway import EXHAUSTED, EXPIRED, GOOD, REFUSED, licence_info
from bot.settings import read_environment

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def checks() -> ProductChecks:
    return load(DEFAULT_KB).checks["miko"]


@pytest.fixture(scope="module")
def check(checks: ProductChecks) -> KeyCheck:
    found = key_check_of(checks)
    assert found is not None
    return found


def xml(products: str, *, plus: bool = True) -> str:
    text = f'<?xml version="1.0" encoding="utf-8"?><licence companyname="A &amp; B">{products}</licence>'
    return json.dumps({"result": quote_plus(text) if plus else quote(text)})


def product(expired: str = "", trial: str = "0", features: str = "") -> str:
    return f'<product id="1" name="Панель 1+1" trial="{trial}" expired="{expired}">{features}</product>'


def feature(count: str, captured: str) -> str:
    return f'<feature id="48" name="Seat" count="{count}" counteach="0" captured="{captured}"/>'


@pytest.mark.parametrize(
    ("key", "verdict", "article", "russian"),
    [
        (GOOD, "ok", None, "сроки в порядке, свободные места есть."),
        (EXPIRED, "licence_expired", "miko-2011", "срок лицензии «Bitrix24» истёк 23.10.2026."),
        (
            EXHAUSTED,
            "no_seat",
            "miko-no-free-seat",
            "заняты 5 из 5 мест фичи 48 («ПРОФ, сеанс 1С»), свободных нет.",
        ),
        (REFUSED, "key_invalid", "miko-2026", "сервер лицензий такой номер не принимает, код 2026."),
        (
            "MIKO-NOSUC-HKEY0-00000-00000",
            "key_invalid",
            "miko-2009",
            "сервер лицензий считает номер ошибочным, код 2009.",
        ),
    ],
)
def test_the_sandbox_keys(check: KeyCheck, key: str, verdict: str, article: str | None, russian: str) -> None:
    judged = judge(check, json.dumps(licence_info(key, TODAY)), TODAY)
    assert (judged.finding.verdict.value, judged.article, judged.text["ru"]) == (verdict, article, russian)


@pytest.mark.parametrize(
    ("answer", "verdict", "article", "english"),
    [
        (xml(product("2026-11-22")), "ok", None, "the terms are fine and there are free seats."),
        (
            xml(product("2026-11-21")),
            "licence_expired",
            "miko-2011",
            'the licence of "Панель 1+1" expired on 2026-11-21.',
        ),
        (
            xml(product("2026-11-21"), plus=False),
            "licence_expired",
            "miko-2011",
            'the licence of "Панель 1+1" expired on 2026-11-21.',
        ),
        (xml(product("", trial="1")), "licence_expired", "miko-trial", 'the trial licence of "Панель 1+1" is over.'),
        (xml(product(features=feature("5", "4"))), "ok", None, "the terms are fine and there are free seats."),
        (
            xml(product(features=feature("5", "6"))),
            "no_seat",
            "miko-no-free-seat",
            'all seats of feature 48 ("Seat") are taken, 6 of 5.',
        ),
        (xml(product(features=feature("0", "0"))), "ok", None, "the terms are fine and there are free seats."),
        (
            xml(product(features=feature("1", "1"))),
            "ok",
            "miko-reset-binding",
            (
                'the terms are fine. The only seat of feature 48 ("Seat") is taken, as it should be if your own machine'
                " holds it; if an old one does, reset the binding."
            ),
        ),
        (
            '{"error": "(2008) No free license features seat."}',
            "no_seat",
            "miko-no-free-seat",
            "there is no free seat, code 2008.",
        ),
        ('{"error": "(2057) blocked"}', "server_code", None, "the licence server answered with code 2057."),
    ],
)
def test_answers(check: KeyCheck, answer: str, verdict: str, article: str | None, english: str) -> None:
    judged = judge(check, answer, TODAY)
    assert (judged.finding.verdict.value, judged.article, judged.text["en"]) == (verdict, article, english)


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "null",
        "[]",
        "{}",
        '{"result": ""}',
        '{"result": 5}',
        '{"result": "not xml"}',
        '{"result": "%3Clicence%3E"}',
        '{"error": "something"}',
        "<html><body>Hello</body></html>",
        "\x00\x01\x02",
        "[" * 5000,
        json.dumps({"result": "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}),
        xml(""),
        xml(product("12.03.2026")),
        xml(product(features=feature("five", "1"))),
        xml(product() * 501),
    ],
)
def test_what_cannot_be_read_is_inconclusive(check: KeyCheck, answer: str) -> None:
    judged = judge(check, answer, TODAY)
    assert (judged.finding.verdict, judged.article, dict(judged.text)) == (Verdict.INCONCLUSIVE, None, {})


def test_an_answer_escaped_too_often_is_read(check: KeyCheck) -> None:
    escaped = json.dumps({"error": "(2026) bad"}).replace('"', '\\"')
    assert judge(check, escaped, TODAY).article == "miko-2026"


@settings(max_examples=100, deadline=None)
@given(answer=st.text(max_size=80))
def test_no_answer_raises(check: KeyCheck, answer: str) -> None:
    verdicts = {judge(check, text, TODAY).finding.verdict for text in (answer, json.dumps({"result": answer}))}
    assert verdicts <= {Verdict.INCONCLUSIVE, Verdict.OK}


def declared(**changes: object) -> KeyCheck:
    rules = [
        {
            "when": "status == 'live' and any(s.free > 0 for s in seats)",
            "verdict": "ok",
            "text": {"en": "{s.free} free"},
        }
    ]
    plain: dict[str, object] = {
        "id": "it",
        "kind": "key",
        "title": {"en": "It"},
        "request": {"url": "https://gate.example/keys", "body": '{"key": "{key}"}'},
        "facts": {
            "status": {"json_path": "$.key.status"},
            "seats": {"json_path": "$.key.seats[*]", "each": {"free": "free", "of": "sort/name"}},
        },
        "rules": rules,
    }
    return KeyCheck.model_validate({**plain, **changes})


def test_plain_json() -> None:
    answer = {"key": {"status": "live", "seats": [{"free": 0}, {"free": 3, "sort": {"name": "A"}}]}}
    judged = judge(declared(), json.dumps(answer), TODAY)
    assert (judged.finding.verdict, judged.text["en"]) == (Verdict.OK, "3 free")
    assert dict(judged.finding.facts) == {"status": "live", "s.free": 3, "s.of": "A"}
    judged = judge(declared(), json.dumps({"key": {"status": "dead"}}), TODAY)
    assert dict(judged.finding.facts) == {"stage": "key", "why": "no_rule"}


def test_plain_xml_and_patterns() -> None:
    facts = {
        "status": {"xml_path": "state", "attribute": "is"},
        "number": {"xml_path": "state", "pattern": r"no (\d+)"},
        "seats": {"xml_path": ".//seat", "each": {"free": "free", "of": "../name"}},
    }
    check = declared(answer="xml", facts=facts)
    text = '<a><state is="live">no 17</state><group name="G"><seat><free>2</free></seat></group></a>'
    assert read(check, text) == {"status": "live", "number": "17", "seats": ({"free": "2", "of": "G"},)}
    with pytest.raises(UnreadableError):
        read(check, "{}")


# What is set up.


def test_the_shipped_check_is_off_until_its_variable_names_a_gateway(checks: ProductChecks) -> None:
    assert ready("miko", checks, {}, Reach()) is None
    for wrong in ("", "ftp://gate.example", "gate.example", "https://user:word@gate.example", "https://"):
        assert ready("miko", checks, {"MIKO_LICENCE_GATEWAY": wrong}, Reach()) is None
    found = ready("miko", checks, {"MIKO_LICENCE_GATEWAY": "https://gate.example/"}, Reach())
    assert found is not None
    assert (found.url, found.host, found.secure) == (
        "https://gate.example/license.api/getlicenseinfo",
        "gate.example",
        True,
    )


def test_plain_http_is_for_private_addresses_only(checks: ProductChecks) -> None:
    whole = {"MIKO_LICENCE_GATEWAY": "http://gate.example:8223/license.api/getlicenseinfo"}
    assert ready("miko", checks, whole, Reach()) is None
    assert ready("miko", checks, {"MIKO_LICENCE_GATEWAY": "http://93.184.216.34"}, Reach()) is None
    found = ready("miko", checks, whole, Reach(Allowed.of(["gate.example"])))
    assert found is not None
    assert (found.url, found.secure) == (whole["MIKO_LICENCE_GATEWAY"], False)
    found = ready("miko", checks, {"MIKO_LICENCE_GATEWAY": "http://10.1.2.3:8223"}, Reach())
    assert found is not None
    assert (found.host, found.secure) == ("10.1.2.3", False)


def test_a_secret_that_is_not_set_switches_the_check_off_and_a_set_one_is_not_shown() -> None:
    request = {"url": "https://gate.example/", "form": {"k": "{key}"}, "secret_env": {"X-Token": "GATE_TOKEN"}}
    checks = ProductChecks(checks=(declared(request=request),))
    assert ready("it", checks, {}, Reach()) is None
    assert ready("it", checks, {"GATE_TOKEN": "a\r\nHost: b"}, Reach()) is None
    found = ready("it", checks, {"GATE_TOKEN": "very-secret"}, Reach())
    assert found is not None
    assert "very-secret" not in repr(found)


def test_what_checks_name_comes_from_the_environment_and_its_file_and_is_no_setting_of_ours(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("BOT_TOKEN=1:abc\nGATE_TOKEN=in-file\nOTHER=kept\n", encoding="utf-8")
    environment = read_environment({"GATE_TOKEN": "outside", "SECRET_KEY": "x"}, tmp_path / ".env")
    assert environment == {"GATE_TOKEN": "outside", "OTHER": "kept"}


FAULTY = """\
checks:
  - id: acme-key
    kind: key
    title: {ru: Ключ, en: Key}
    request:
      url: https://gate.example/{key}
      path: /a/{key}
      form: {licence: x}
    answer: json-urlencoded-xml
    facts:
      code: {json_path: "$..["}
      Name: {xml_path: "a["}
      both: {json_path: $.a, xml_path: a, pattern: "("}
    rules:
      - when: kode == 1
        verdict: ok
      - when: code == 1
        verdict: fine
        text: {ru: "{code} {nothing}", en: ok}
"""


def test_faults_of_a_declaration_have_their_lines(tmp_path: Path) -> None:
    head = "name: X\nlanguages: [ru, en]\ndefault: ru\n"
    files = {
        "_kb.yaml": head,
        "acme/_product.yaml": "id: acme\nnames: {ru: Акме, en: Acme}\n",
        "acme/_checks.yaml": FAULTY,
    }
    (tmp_path / "acme").mkdir()
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(KnowledgeBaseFaults) as caught:
        load(tmp_path)
    found = [(fault.line, fault.message) for fault in caught.value.faults]
    assert [line for line, _ in found] == sorted(line for line, _ in found)
    expected = {
        (6, "nothing is filled in here: a key stands in a header or in the body, never in an address"),
        (7, "a key must not stand in an address, for addresses are logged; use `form` or `body`"),
        (6, "the key stands nowhere: write `{key}` in `form`, `body` or `headers`"),
        (9, "`unwrap` has to say where in the JSON the XML stands"),
        (12, "`Name` is no name of a fact: small letters, digits and `_`"),
        (13, "a fact has either `json_path` or `xml_path`"),
        (15, "`when`: `kode` is not known here; there are code, Name, both, today"),
        (18, "there is no verdict `fine`"),
        (19, "`text`: `{nothing}` is not known here; there are Name, both, code"),
    }
    assert expected - set(found) == set()
    assert {line for line, message in found if message.startswith("this is no ")} == {11, 12, 13}
