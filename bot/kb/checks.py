"""`_checks.yaml`: the checks a product declares, and which article each verdict leads to, as pydantic models.

Decides what may be contacted at all: only targets declared here. A check is run by `bot.diagnostics`; whether ids and
articles exist is checked by `links.py`. Verdict names are those of CONTRACTS, "read".
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from bot.kb.article import ArticleId, Localised, Model, Text

CheckId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=48)]
Port = Annotated[int, Field(ge=1, le=65535)]
HostName = Annotated[str, StringConstraints(pattern=r"^(?=.{1,253}$)[a-z0-9-]+(\.[a-z0-9-]+)*$")]
VerdictName = Annotated[str, StringConstraints(pattern=r"^[a-z_]+$")]
EnvName = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{2,63}$")]


class _Check(Model):
    id: CheckId
    title: Localised = Field(description="What is checked, as the customer reads it in the live list.")
    verdicts: Mapping[VerdictName, ArticleId] = Field(
        default_factory=dict, description="Articles of this check's verdicts, before those of the product."
    )
    timeout: Annotated[float, Field(gt=0, le=15)] = Field(default=8.0, description="Seconds.")


class DnsCheck(_Check):
    """The name resolves, to public addresses."""

    kind: Literal["dns"]
    host: HostName


class TcpCheck(_Check):
    """A connection to the port is accepted."""

    kind: Literal["tcp"]
    host: HostName
    port: Port


class TlsCheck(_Check):
    """The certificate chain verifies, fits the name and has not expired."""

    kind: Literal["tls"]
    host: HostName
    port: Port = 443


class Expect(Model):
    """What a good HTTP answer is like; all that is given has to hold."""

    status: tuple[Annotated[int, Field(ge=100, le=599)], ...] = (200,)
    body: Text | None = Field(default=None, description="A regular expression found somewhere in the body.")
    json_path: Text | None = Field(default=None, description="A JSONPath that finds something.")
    xml_path: Text | None = Field(default=None, description="An ElementTree path that finds something.")


class HttpCheck(_Check):
    """A request gets the expected answer."""

    kind: Literal["http"]
    method: Literal["GET", "HEAD", "POST"] = "GET"
    url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s]+$")]
    expect: Expect = Expect()


class KeyRequest(Model):
    """The request of a remote key check. `{key}` may stand in `headers`, `form` and `body`, never in the URL."""

    method: Literal["POST", "PUT"] = "POST"
    url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s]+$")] | None = None
    url_env: EnvName | None = Field(default=None, description="The variable that names the URL; unset: switched off.")
    headers: Mapping[str, Text] = Field(default_factory=dict)
    secret_env: Mapping[str, EnvName] = Field(
        default_factory=dict, description="Header name to the variable that holds its value."
    )
    form: Mapping[str, Text] = Field(default_factory=dict)
    body: Text | None = None


class KeyFact(Model):
    """Where a fact stands in the answer, as JSONPath or as an ElementTree path in XML; `attribute` of what it finds."""

    json_path: Text | None = None
    xml_path: Text | None = None
    attribute: Text | None = None
    each: Mapping[str, Text] = Field(
        default_factory=dict, description="The fact is a list; name to attribute or sub-path of each item."
    )


class KeyRule(Model):
    """The first rule whose conditions hold gives the verdict. Conditions: see `bot.diagnostics.key_rules`."""

    when: Text
    verdict: VerdictName
    article: ArticleId | None = None
    text: Localised = Field(default_factory=dict, description="A sentence with {facts}.")


class KeyCheck(_Check):
    """Asks a licence gateway about a key, after the customer's consent."""

    kind: Literal["key"]
    request: KeyRequest
    answer: Literal["json", "xml", "json-urlencoded-xml"] = "json"
    unwrap: Text | None = Field(default=None, description="JSONPath of the URL-encoded XML inside the JSON.")
    facts: Mapping[str, KeyFact] = Field(default_factory=dict)
    rules: tuple[KeyRule, ...] = ()


class GroupCheck(_Check):
    """Several checks under one name: what articles, steps and `/diag` start."""

    kind: Literal["group"]
    checks: tuple[CheckId, ...] = Field(min_length=1, max_length=16)


Check = Annotated[
    DnsCheck | TcpCheck | TlsCheck | HttpCheck | KeyCheck | GroupCheck,
    Field(discriminator="kind"),
]


class ProductChecks(Model):
    """`_checks.yaml` of one product."""

    verdicts: Mapping[VerdictName, ArticleId] = Field(
        default_factory=dict, description="Verdict to article, for checks and pasted output alike."
    )
    default: CheckId | None = Field(default=None, description="The check that `/diag` runs for this product.")
    allow_private: tuple[Text, ...] = Field(
        default=(), description="Host names and networks that may resolve to private addresses, by the operator's word."
    )
    checks: tuple[Check, ...] = ()
