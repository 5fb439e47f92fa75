"""Who issues certificates on the way instead of the server: firewalls, antivirus programs, proxies.

Decides from the words of an issuer's name only. Called by `probe_tls.py`; the readers of pasted output may ask too.
"""

import re
from typing import Final

_INTERCEPTORS: Final = re.compile(
    r"kaspersky|касперск|\beset\b|dr\.?\s?web|\bavast\b|\bavg\b|bitdefender|adguard|f-secure|trend\s?micro|mcafee|skyhigh"
    r"|zscaler|fortinet|fortigate|sophos|palo\s?alto|blue\s?coat|cisco\s?umbrella|check\s?point|watchguard|sonicwall"
    r"|barracuda|netskope|forcepoint|websense|iboss|lightspeed|untangle|smoothwall|pfsense|opnsense|mikrotik"
    r"|squid|mitmproxy|portswigger|\bburp\b|charles proxy|fiddler|do_not_trust|usergate|kerio|ideco|traffic\s?inspector"
    r"|infowatch|searchinform|staffcop|solar\s?(webproxy|dozor)|континент|код безопасности|vas experts|carbonsoft"
    r"|\bproxy\b|прокси|firewall|брандмауэр|ssl\s?(inspection|decrypt)|web\s?(filter|gateway)|antivirus|антивирус",
    re.IGNORECASE,
)
_NATIONAL: Final = re.compile(r"russian trusted|минцифры|ministry of digital development", re.IGNORECASE)
"""Real issuers that the usual list of roots does not hold."""


def is_interceptor(issuer: str) -> bool:
    """Tell whether an issuer's name is one of a program or device that opens other people's connections."""
    return _INTERCEPTORS.search(issuer) is not None


def is_national(issuer: str) -> bool:
    """Tell whether an issuer is a state's root that browsers may lack: untrusted here, and nobody in between."""
    return _NATIONAL.search(issuer) is not None
