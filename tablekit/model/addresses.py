"""Which addresses are on this machine: the one check of everything that must not leave it."""

from __future__ import annotations

import ipaddress
import re
from typing import Final

EXAMPLE: Final = "http://127.0.0.1:4566"
_FORM: Final = re.compile(
    r"https?://(?:localhost|(?P<ip>127(?:\.[0-9]{1,3}){3}|\[[0-9a-f:.]+\]))(?::(?P<port>[0-9]{1,5}))?/?",
    re.IGNORECASE | re.ASCII,
)


def is_loopback(url: str) -> bool:
    r"""Whether an address leads to this machine, by http or https, whoever reads it.

    Readers of addresses differ: of `http://example.com\@127.0.0.1` one takes what is before the backslash for the host,
    another what is behind it. So only the form that none can read otherwise is taken: a scheme, `localhost`, an IPv4
    address within 127.0.0.0/8 or `[::1]`, a port, and nothing more.
    """
    found = _FORM.fullmatch(url)
    if found is None or not 0 < int(found["port"] or 80) < 65_536:
        return False
    try:
        return found["ip"] is None or ipaddress.ip_address(found["ip"].strip("[]")).is_loopback
    except ValueError:
        return False
