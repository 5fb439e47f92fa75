"""The words of the knowledge base: article, entry, step, product, as pydantic models.

Decides what one article may say and in which shape (CONTRACTS: "The knowledge base directory"). It does not
read files (`yaml_nodes.py`, `loader.py`) and does not check one article against another (`loader.py`).
The JSON Schema that editors use is made from these models.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

ARTICLE_ID = r"^[a-z0-9]+(-[a-z0-9]+)*$"
"""An article id: lower-case words joined by hyphens; at most 48 characters, so that a deep link can carry it."""

CODE = r"^[0-9A-Z]{1,12}(-[0-9A-Z]{1,12})?$"
"""An error code as a customer sees it, or a range of numeric ones such as `1011-1014`."""

ArticleId = Annotated[str, StringConstraints(pattern=ARTICLE_ID, max_length=48)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Localised = Mapping[str, Text]
"""Language code (`ru`, `en`) to text. Which languages are mandatory stands in `_kb.yaml`; the loader checks it."""


class Model(BaseModel):
    """Frozen, and refuses keys it does not know, so that a misspelled key is a fault and not a silence."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Confidence(StrEnum):
    """How well the source of an article is known."""

    VERIFIED = "verified"
    UNVERIFIED = "unverified"


class Audience(StrEnum):
    """Who may see an article."""

    CUSTOMER = "customer"
    STAFF = "staff"


class Status(StrEnum):
    """`live` is matched and shown, `shadow` is matched and only recorded, `off` is not matched at all."""

    LIVE = "live"
    SHADOW = "shadow"
    OFF = "off"


class Numbers(Model):
    """Numbered things that are not error codes, for example the features of a licence."""

    kind: Text = Field(description="What is numbered, for example `feature`.")
    values: tuple[Annotated[str, StringConstraints(pattern=r"^[0-9]{1,6}$")], ...] = Field(min_length=1)


class Entry(Model):
    """One row of an article's table, which a customer can ask for by its key.

    In YAML the texts stand beside the key: `{key: "48", ru: …, en: …}`; the loader folds them into `text`.
    """

    key: Text
    text: Localised


class Step(Model):
    """One step of a guided fix. Where to go next: `end`, the id of a step or an article, or `person`."""

    id: Text
    text: Localised
    copy_: tuple[Text, ...] = Field(default=(), alias="copy", description="Commands, each with a copy button.")
    check: Text | None = None
    on_success: Text | None = None
    on_failure: Text | None = None


class Article(Model):
    """One article, complete. Field by field as in the README, "How to write an article"."""

    id: ArticleId = Field(description="The same as the file's name; stays for good, because links carry it.")
    product: Text = Field(description="The folder's name: a product of the knowledge base, or `general`.")
    confidence: Confidence = Confidence.UNVERIFIED
    source: tuple[Text, ...] = Field(default=(), description="Where the facts come from.")
    updated: date = Field(description="The day the facts were last looked at, such as 2026-11-22.")
    codes: tuple[Annotated[str, StringConstraints(pattern=CODE)], ...] = Field(
        default=(), description="Error codes as a customer sees them; a range is written 1011-1014."
    )
    numbers: tuple[Numbers, ...] = ()
    tags: tuple[Text, ...] = ()
    title: Localised = Field(description="One short line; shown above the answer and on buttons.")
    symptoms: Mapping[str, tuple[Text, ...]] = Field(description="The way people write, not the way we do.")
    answer: Localised = Field(default_factory=dict, description="Markdown subset; see the README.")
    entries: tuple[Entry, ...] = Field(default=(), description="A table whose rows can be asked for one by one.")
    steps: tuple[Step, ...] = Field(default=(), description="A guided fix, one step after another.")
    checks: tuple[Text, ...] = Field(default=(), description="Ids of checks that `_checks.yaml` declares.")
    related: tuple[ArticleId, ...] = Field(default=(), description="Ids of articles that are offered below this one.")
    audience: Audience = Audience.CUSTOMER
    status: Status = Status.LIVE

    def text_in(self, texts: Mapping[str, str], language: str, default: str) -> str:
        """Return the text in `language`, or in `default`, or in any language there is; `""` where there is none."""
        return texts.get(language) or texts.get(default) or next(iter(texts.values()), "")


class KeyFormat(Model):
    """How a licence key or coupon of a product looks: a prefix and groups of characters joined by hyphens."""

    kind: Literal["key", "coupon"]
    prefix: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{2,12}$")]
    groups: tuple[Annotated[int, Field(ge=1, le=12)], ...] = Field(min_length=1, max_length=8)
    where: Localised = Field(
        default_factory=dict, description="Where it is entered, as the end of the sentence «it is entered …»."
    )
    article: ArticleId | None = Field(default=None, description="The article about it, offered under what is said.")


class Host(Model):
    """A host of the vendor, with its ports: what a customer's firewall must let through."""

    name: Text
    ports: tuple[Annotated[int, Field(ge=1, le=65535)], ...] = ()


class Contact(Model):
    """A way to reach the vendor's people."""

    kind: Literal["email", "phone", "url"]
    value: Text
    purpose: Localised = Field(default_factory=dict)


class Product(Model):
    """`_product.yaml`: how a product is called by its vendor and by people, and what its keys look like."""

    id: Text
    names: Localised
    aliases: tuple[Text, ...] = Field(default=(), description="The way people call it, slang included.")
    key_formats: tuple[KeyFormat, ...] = ()
    hosts: tuple[Host, ...] = ()
    contacts: tuple[Contact, ...] = ()


class KnowledgeBase(Model):
    """`_kb.yaml`: the head of a knowledge base."""

    name: Text
    languages: tuple[Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")], ...] = Field(min_length=1)
    default: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
    kind: Literal["complete", "matching-only"] = Field(
        default="complete", description="`matching-only` frees articles from answers (benchmarks)."
    )


class DeskRoles(Model):
    """Who the staff are, where not every member of the staff's group is: Telegram ids."""

    # The desk's other rules (hours, leases, …) are read by what comes with them; a file that has them is sound already.
    model_config = ConfigDict(frozen=True, extra="ignore")

    staff: tuple[Annotated[int, Field(gt=0)], ...] = ()


class DeskRules(Model):
    """`_desk.yaml`: rules of the desk."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    roles: DeskRoles = DeskRoles()
