"""What a source calls itself: the title of a page, of a calendar or of a feed. Pure."""

from __future__ import annotations

import re
from typing import Final

from include.discovery.formats.html_page import HtmlPage
from include.discovery.response import Response
from include.discovery.text.cleaning import shorten, title_text
from include.discovery.text.encoding import charset_of, decoded

_LONGEST: Final = 100
_HEAD: Final = 20_000
"""Bytes: a document says its title at its beginning."""
_CALENDAR: Final = re.compile(
    r"^(?:X-WR-CALNAME|NAME)(?:;[^:\r\n]*)?:([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)", re.M | re.I
)
_FEED: Final = re.compile(r"<title[^<>]*>([^<]*|<!\[CDATA\[[^<]*)</title>", re.I)


def own_title(response: Response, page: HtmlPage | None) -> str | None:
    """Return what the answer calls itself, in one line without markup."""
    if page is not None:
        return _tidy(page.title)
    head = decoded(response.body[:_HEAD], charset_of(response.headers))
    if "BEGIN:VCALENDAR" in head.upper():
        found = _CALENDAR.search(head)
        return (
            _tidy(re.sub(r"\\([\\,;])", r"\1", re.sub(r"\r?\n[ \t]", "", found[1])))
            if found
            else None
        )
    if head.lstrip().startswith("<"):
        found = _FEED.search(head)
        return _tidy(found[1].removeprefix("<![CDATA[").removesuffix("]]>")) if found else None
    return None


def _tidy(text: str | None) -> str | None:
    return shorten(title_text(text), _LONGEST) or None
