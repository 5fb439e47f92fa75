"""Values inside tool output: host names, addresses, numbers as tools print them.

Decides what an address is good for (private, loopback, public) and how a number is spelled. Called by all readers.
Documentation ranges count as public: nobody's network, so nobody's trap.
"""

from ipaddress import AddressValueError, IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

NAME: Final = r"[\w][\w.:%-]{0,119}"
"""A host name or address, with what ends a sentence perhaps: `clean` takes that off."""
IPV4: Final = r"\d{1,3}(?:\.\d{1,3}){3}"
IP: Final = rf"(?:{IPV4}|[0-9a-fA-F]{{0,4}}(?::[0-9a-fA-F.%]{{0,15}}){{2,8}})"
REASON: Final = (
    r"(?P<why>connection refused|connection timed out|operation timed out|timed ?out|timeout|no route to host"
    r"|network (?:is )?unreachable|host (?:is )?unreachable|host is down|connection reset(?: by peer)?"
    r"|permission denied|operation now in progress"
    r"|в соединении отказано|время ожидания соединения истекло|время ожидания истекло|превышено время ожидания"
    r"|нет маршрута до узла|сеть недоступна|соединение сброшено|соединение разорвано другой стороной)"
)
UNKNOWN_NAME: Final = (
    r"(?P<unknown>name or service not known|no address associated with hostname|name does not resolve"
    r"|nodename nor servname provided|host(?:name)? not found|unknown host|no such host is known|no such host"
    r"|non-existent domain|имя или служба не известны|неизвестное имя или служба|неизвестный узел|этот хост неизвестен"
    r"|с именем узла не связано ни одного адреса)"
)
BUSY_NAME: Final = (
    r"(?P<busy>temporary failure in name resolution|try again|временный сбой в разрешении имени?"
    r"|временный сбой при разрешении имени?|временная ошибка (?:в|при) (?:разрешении|разрешения) имени?)"
)

_PRIVATE_4: Final = tuple(
    IPv4Network(net)
    for net in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
    )
)
_PRIVATE_6: Final = tuple(IPv6Network(net) for net in ("::/127", "fc00::/7", "fe80::/10"))
_LONGEST_NUMBER: Final = 12


def clean(name: str) -> str:
    """Return a host name as it is meant: lower case, without quotes, a port of a URL, or the end of a sentence."""
    return name.strip(" \t\"'`«»“”()[]<>,;:!?").rstrip(".").lower()


def address(text: str) -> IPv4Address | IPv6Address | None:
    """Return the address that the text spells, or None."""
    try:
        return ip_address(text.strip("[]() ,;").partition("%")[0])
    except (ValueError, AddressValueError):
        return None


def is_private(text: str) -> bool:
    """Tell whether the text is an address that no server of the public internet has."""
    found = address(text)
    if found is None:
        return False
    if isinstance(found, IPv6Address):
        inner = found.ipv4_mapped
        return is_private(str(inner)) if inner is not None else any(found in net for net in _PRIVATE_6)
    return any(found in net for net in _PRIVATE_4)


def is_loopback(text: str) -> bool:
    """Tell whether the text names the machine itself."""
    found = address(text)
    return clean(text) == "localhost" or (found is not None and found.is_loopback)


def whole(text: str | None) -> int | None:
    """Return the number that the digits in `text` spell, or None; longer than twelve digits is no number."""
    digits = "".join(c for c in text or "" if c in "0123456789")
    return int(digits) if 0 < len(digits) <= _LONGEST_NUMBER else None


def decimal(text: str | None) -> float | None:
    """Return `12.3`, `12,3` or `12` as a number, or None."""
    try:
        return float((text or "").replace(",", ".")[:_LONGEST_NUMBER])
    except ValueError:
        return None


def host_of_url(url: str) -> str:
    """Return the host of `https://user@host:443/path` or of `host:443`."""
    rest = url.partition("://")[2] or url
    rest = rest.partition("/")[0].partition("?")[0].rpartition("@")[2]
    return clean(rest.rpartition(":")[0] if rest.count(":") == 1 else rest)
