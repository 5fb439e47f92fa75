"""Whether a product's key check can be used: declared, and set up by the operator.

Decides where a key may go and what goes with it; the request is `probe_key.py`'s. Pure: loads nothing of the
network, so that the bot starts without it. Called by `bot/app.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from bot.diagnostics.target import Allowed, Policy, Reach, is_public, literal
from bot.diagnostics.verdict import Verdict
from bot.kb.checks import KeyCheck, ProductChecks, host_and_port

ABOUT_THE_KEY: Final = frozenset(
    {
        Verdict.OK,
        Verdict.NO_SEAT,
        Verdict.KEY_INVALID,
        Verdict.LICENCE_EXPIRED,
        Verdict.NOT_ALLOWED,
        Verdict.SERVER_CODE,
    }
)
"""Verdicts that say something of the key; every other one only says that it could not be checked."""


@dataclass(frozen=True, slots=True)
class ReadyCheck:
    """A key check that can be used: where it goes, and with which headers (secrets, which are not in the repr)."""

    product: str
    check: KeyCheck
    url: str
    policy: Policy
    headers: Mapping[str, str] = field(repr=False)

    @property
    def host(self) -> str:
        """The host that the key goes to."""
        return host_and_port(self.url)[0]

    @property
    def secure(self) -> bool:
        """Whether the way there is encrypted."""
        return self.url.startswith("https:")


def key_check_of(checks: ProductChecks) -> KeyCheck | None:
    """Return the product's key check, the first where there are several."""
    return next((check for check in checks.checks if isinstance(check, KeyCheck)), None)


def ready(product: str, checks: ProductChecks, environment: Mapping[str, str], reach: Reach) -> ReadyCheck | None:
    """Return the product's key check with the operator's settings, or None where it is not declared or not set up.

    Plain http is taken only to an address that is private, or a name that the operator allows to be so.
    """
    check = key_check_of(checks)
    if check is None:
        return None
    request = check.request
    url = (request.url or environment.get(request.url_env or "", "")).strip().rstrip("/")
    if request.path is not None and not url.endswith(request.path):
        url += request.path
    secrets = {header: environment.get(name, "").strip() for header, name in request.secret_env.items()}
    if not all(secrets.values()) or not all(value.isprintable() and value.isascii() for value in secrets.values()):
        return None
    policy = Policy.of(checks, reach)
    try:
        host = host_and_port(url)[0]
        policy = policy.plus(url)
    except ValueError:
        return None
    fixed = literal(host) if request.url_env is not None else None
    at_home = host in policy.allowed.hosts or (fixed is not None and not is_public(fixed))
    if not url.startswith("https:") and not at_home:
        # A key opens its owner's cabinet: it crosses nobody else's network unencrypted.
        return None
    if fixed is not None:
        # The operator wrote this very address down; a name that leads to such a one still has to be allowed.
        policy = replace(policy, allowed=policy.allowed | Allowed.of([str(fixed)]))
    return ReadyCheck(product, check, url, policy, secrets)
