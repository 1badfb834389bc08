"""Recognises a well-known site by its host, or by what its page calls itself."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from include.discovery.connectors.base import Site

_NAMES = ("og:site_name", "application-name")


def recognised(site: Site, host: re.Pattern[str], name: str) -> str | None:
    """Return what gives a site away as the one of that name; ``None`` when it is another.

    :param host: fits the whole host name of an address that is surely this site's.
    :param name: what its pages say in ``og:site_name`` or ``application-name``.
    """
    own = urlsplit(site.response.url).hostname or ""
    if host.fullmatch(own):
        return f"{own} is {name}"
    for meta in _NAMES if site.page else ():
        if site.page and (site.page.meta(meta) or "").casefold() == name.casefold():
            return f"the page calls itself {name} ({meta})"
    return None
