"""When two addresses belong to one site."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

_MOST_CHARACTERS: Final = 2_000
"""An address that comes from outside may be of any length; its host is at its beginning."""


def same_site(url: str, other: str) -> bool:
    """Say whether two addresses are of one site: one host, or one a subdomain of the other."""
    hosts = sorted((_host(url), _host(other)), key=len)
    return bool(hosts[0]) and (hosts[0] == hosts[1] or hosts[1].endswith(f".{hosts[0]}"))


def _host(url: str) -> str:
    try:
        host = urlsplit(url[:_MOST_CHARACTERS]).hostname or ""
    except ValueError:
        return ""
    return host.removesuffix(".").removeprefix("www.")
