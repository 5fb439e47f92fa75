"""What the way to Telegram and Telegram's answers mean: token, line, proxy, webhook, second poller. Pure.

Decides which answer is a fault and the sentence that mends it. A missing answer (None) is never a fault of the
settings: it is `unknown`. Called by `telegram.py`, which asks.
"""

from dataclasses import dataclass
from enum import Enum, auto
from urllib.parse import urlsplit

from bot.doctor.finding import Finding, fault, ok, unknown, warning
from bot.doctor.legs import Leg, Trouble, Walk
from bot.outbox.answer import SERVER_FAULT, TOO_MANY, UNAUTHORIZED, Answer

SLOW_SECONDS = 1.0
"""A leg that takes longer is felt by customers: an answer needs the whole way for each call."""

TOKEN_KEY = 35
"""Characters after the colon of every token that @BotFather has given out so far."""

NOT_FOUND, CONFLICT = 404, 409
MANY_WAITING = 100
OLD_ERROR_SECONDS = 3600.0
NO_LINE = "not looked at, for Telegram cannot be reached"
ASK_AGAIN = "Run the doctor again in a minute."

_CLOSED = "the connection was closed at once"
_REASONS = {
    Trouble.NO_NAME: "the name is not known to the name server",
    Trouble.DNS_SILENT: "the name server does not answer",
    Trouble.TIMEOUT: "no answer in time",
    Trouble.REFUSED: "the connection was refused",
    Trouble.UNREACHABLE: "there is no way to it",
    Trouble.CLOSED: _CLOSED,
    Trouble.UNTRUSTED: "its certificate is not trusted",
    Trouble.TLS_BROKEN: "TLS could not be agreed on",
    Trouble.NOT_HTTP: "what answers there is not HTTP",
}


def _reason(walk: Walk) -> str:
    reason = _REASONS.get(walk.trouble, _CLOSED) if walk.trouble else _CLOSED
    return f"{reason} ({walk.detail})" if walk.detail else reason


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


def reached(walk: Walk) -> bool:
    """Return whether the walk came to its end."""
    return walk.broke is None


def line(walk: Walk, api_base: str, *, proxied: bool) -> Finding:
    """Say which leg of the way is slow, or where it breaks."""
    host = urlsplit(api_base).hostname or api_base
    if walk.broke is not None:
        return _broken_line(walk, host, proxied=proxied)
    slowest, seconds = max(walk.times, key=lambda each: each[1])
    shown = ", ".join(f"{leg} {_milliseconds(spent)}" for leg, spent in walk.times)
    found = f"{host}: {shown}"
    if seconds <= SLOW_SECONDS:
        return ok("line", found)
    return warning("line", f"{found}; slowest is {slowest}", _speed_up(slowest, proxied=proxied))


def _speed_up(slowest: Leg, *, proxied: bool) -> str:
    if slowest is Leg.DNS:
        return "Give this machine a faster name server."
    if proxied:
        return "Set TELEGRAM_PROXY to a proxy that is nearer to Telegram, or run your own TELEGRAM_API_BASE."
    return "Set TELEGRAM_PROXY, or run your own Bot API server abroad and set TELEGRAM_API_BASE to it."


def _broken_line(walk: Walk, host: str, *, proxied: bool) -> Finding:
    found = f"{host} cannot be reached: {walk.broke}: {_reason(walk)}"
    match walk.trouble:
        case Trouble.UNTRUSTED | Trouble.TLS_BROKEN:
            mend = "Something on the way opens the encryption; use another network or set TELEGRAM_PROXY."
            return fault("line", found, f"{mend} With your own TELEGRAM_API_BASE, give it a valid certificate.")
        case Trouble.NOT_HTTP:
            return fault("line", found, "Check TELEGRAM_API_BASE: it names something that is not a Bot API server.")
        case _ if proxied:
            return unknown("line", "not measured: see the line of the proxy")
        case Trouble.NO_NAME | Trouble.DNS_SILENT:
            mend = "Check this machine's network and name server, and the name in TELEGRAM_API_BASE."
            return unknown("line", found, mend)
        case _:
            mend = "Check this machine's network; where Telegram is blocked, set TELEGRAM_PROXY or TELEGRAM_API_BASE."
            return unknown("line", found, mend)


def proxy(walk: Walk, shown: str | None) -> Finding:  # noqa: PLR0911 - a table, read from top to bottom
    """Say whether the proxy does its work. `shown` is its address without user and password, None where none is set."""
    if shown is None:
        return ok("proxy", "not set; Telegram is reached directly")
    if walk.trouble is Trouble.PROXY_SETTING:
        mend = "Write TELEGRAM_PROXY as socks5://user:password@host:port; socks4 and http may stand for socks5."
        return fault("proxy", "TELEGRAM_PROXY cannot be used: a port is missing, or the scheme is not known", mend)
    if walk.broke is Leg.DNS or walk.broke is Leg.CONNECT:
        mend = "Start the proxy, correct its address in TELEGRAM_PROXY, or empty TELEGRAM_PROXY."
        return fault("proxy", f"{shown} is not reachable: {walk.broke}: {_reason(walk)}", mend)
    match walk.trouble if walk.broke is Leg.PROXY else None:
        case None:
            return ok("proxy", f"{shown} passes connections on")
        case Trouble.PROXY_AUTH:
            mend = "Correct user and password in TELEGRAM_PROXY; write @ : / in them as %40 %3A %2F."
            return fault("proxy", f"{shown} refuses the user and password, or wants some", mend)
        case Trouble.PROXY_FORBIDS:
            mend = "Let the proxy's owner allow connections to Telegram's server, or use another proxy."
            return fault("proxy", f"{shown} forbids connections to Telegram", mend)
        case Trouble.PROXY_NO_CONNECT:
            mend = "The bot needs a proxy that passes on whole connections: an HTTP proxy with CONNECT, or SOCKS5."
            return fault("proxy", f"{shown} does not carry out CONNECT", mend)
        case Trouble.TIMEOUT:
            mend = "Check scheme and port in TELEGRAM_PROXY; if they are right, use another proxy."
            return fault("proxy", f"{shown} takes connections, but passed none on to Telegram in time", mend)
        case Trouble.PROXY_CANNOT_REACH:
            mend = "Telegram is not reachable from where the proxy stands: use another proxy."
            return fault("proxy", f"{shown} works, but cannot reach Telegram", mend)
        case _:
            mend = "Check scheme and port in TELEGRAM_PROXY: socks5, socks4 and http proxies speak differently."
            return fault("proxy", f"{shown} does not speak the protocol that TELEGRAM_PROXY names", mend)


def token(answer: Answer | None, key_length: int) -> Finding:
    """Judge the answer to getMe. `key_length`: characters of the token after its colon."""
    if answer is None:
        return unknown("token", "the server gave no answer of the Bot API to getMe", _NOT_THE_API)
    if answer.ok:
        me = answer.result if isinstance(answer.result, dict) else {}
        return ok("token", f"@{me.get('username', '?')} ({me.get('first_name', '?')})")
    if answer.code == UNAUTHORIZED:
        cut = (
            ""
            if key_length == TOKEN_KEY
            else f" It has {key_length} characters after the colon where Telegram's have {TOKEN_KEY}: was it cut?"
        )
        mend = f"Copy the token from @BotFather (/mybots, API Token) into BOT_TOKEN; a revoked one stays dead.{cut}"
        return fault("token", "Telegram refuses the token (401)", mend)
    if answer.code == NOT_FOUND:
        mend = "Check that BOT_TOKEN is whole and that TELEGRAM_API_BASE names a Bot API server."
        return fault("token", "the server does not know such a bot (404)", mend)
    return _refused("token", answer)


_NOT_THE_API = "If this stays so, check that TELEGRAM_API_BASE names a Bot API server."


def _refused(check: str, answer: Answer) -> Finding:
    """Judge a refusal that no check knows better."""
    if answer.code == TOO_MANY or answer.retry_after:
        return unknown(check, f"Telegram asks for {answer.retry_after:.0f} s of patience", ASK_AGAIN)
    if answer.code >= SERVER_FAULT:
        return unknown(check, f"Telegram has trouble of its own ({answer.code})", ASK_AGAIN)
    if answer.code == UNAUTHORIZED:
        return unknown(check, "not looked at, for the token is refused")
    return unknown(check, f"Telegram says: {answer.description} ({answer.code})", ASK_AGAIN)


def no_answer(check: str, answer: Answer | None) -> Finding:
    """Return the finding for a call that was refused, or had no answer."""
    return unknown(check, "Telegram gave no answer", ASK_AGAIN) if answer is None else _refused(check, answer)


def webhook(answer: Answer | None, wanted: str | None, now: float) -> Finding:
    """Judge the answer to getWebhookInfo. `wanted`: WEBHOOK_URL, None where the bot polls; `now` in epoch seconds."""
    if answer is None or not answer.ok or not isinstance(answer.result, dict):
        return no_answer("webhook", answer)
    info = answer.result
    url, waiting = str(info.get("url") or ""), int(info.get("pending_update_count") or 0)
    if wanted is None:
        if not url:
            return ok("webhook", f"none is set, as polling needs it; {waiting} updates wait")
        mend = (
            "Start the bot: it takes the webhook away. If it is set again afterwards, another program uses this token: "
            "stop that one, or revoke the token at @BotFather."
        )
        return fault("webhook", f"left set to {_site(url)}, so polling gets nothing; {waiting} updates wait", mend)
    if not url:
        return fault("webhook", f"not set, so nothing comes in; {waiting} updates wait", "Start the bot: it sets it.")
    if url.rstrip("/") != wanted.rstrip("/"):
        mend = "Restart the bot, which sets WEBHOOK_URL; if it changes again, another program uses this token."
        return fault("webhook", f"set to {_site(url)}, which is not WEBHOOK_URL", mend)
    return _failing(info, waiting, now)


def _failing(info: dict[str, object], waiting: int, now: float) -> Finding:
    error, at = str(info.get("last_error_message") or ""), info.get("last_error_date")
    age = now - at if isinstance(at, int | float) else 0.0
    if error and (waiting or age < OLD_ERROR_SECONDS):
        mend = (
            "Make WEBHOOK_URL reach WEBHOOK_LISTEN from the internet, with a valid certificate and the path unchanged; "
            "a 401 or 403 means that WEBHOOK_SECRET differs: restart the bot."
        )
        return fault("webhook", f"deliveries fail: {error}; {waiting} updates wait", mend)
    if waiting > MANY_WAITING:
        return warning("webhook", f"set; {waiting} updates wait", "See that the bot runs and what its log says.")
    return ok("webhook", f"set to WEBHOOK_URL; {waiting} updates wait")


def _site(url: str) -> str:
    """Return host only: people put secrets into the path of a webhook."""
    return urlsplit(url).hostname or "another address"


class Listened(Enum):
    """What listening for another poller came to."""

    ALONE = auto()
    CONFLICT = auto()
    """Our own long poll was ended by somebody else's."""
    TAKEN = auto()
    """Waiting updates were confirmed, and not by us."""
    WAITING = auto()
    """Updates wait and nobody takes them."""
    WEBHOOK = auto()
    """Nobody can poll while a webhook is set."""


@dataclass(frozen=True, slots=True)
class Polled:
    """What listening came to, or the answer that kept us from it."""

    listened: Listened | None
    answer: Answer | None = None


def poller(polled: Polled) -> Finding:
    """Say whether another program polls with the same token."""
    match polled.listened:
        case None:
            return no_answer("poller", polled.answer)
        case Listened.ALONE:
            return ok("poller", "nobody else asks Telegram for this bot's updates")
        case Listened.WAITING:
            return ok("poller", "updates wait for the bot and nobody else takes them")
        case Listened.WEBHOOK:
            return ok("poller", "nobody can poll while a webhook is set")
        case Listened.CONFLICT | Listened.TAKEN:
            mend = (
                "Stop the other program: look for a second diagnost, a test bench or an old server. If you cannot find "
                "it, revoke the token at @BotFather and put the new one into BOT_TOKEN."
            )
            return fault("poller", "another program takes this bot's updates with the same token (409)", mend)


def poller_left_alone() -> Finding:
    """Return the finding for a bot that polls right now from this database."""
    found = "the bot of this database is running and was not disturbed; a second one shows in its log as 409"
    return ok("poller", found)


def poller_unused() -> Finding:
    """Return the finding for webhook mode."""
    return ok("poller", "not looked at: the bot does not poll in webhook mode")
