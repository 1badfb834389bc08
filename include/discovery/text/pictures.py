"""Addresses of pictures, apart from those of pages that only show one."""

from __future__ import annotations

import re
from typing import Final

from include.discovery.text.cleaning import web_url

_NO_PICTURE: Final = re.compile(
    # pages of services that keep files; their addresses of the files themselves are others
    r"https?://(?:"
    r"drive\.google\.com/(?!uc\?|thumbnail)|docs\.google\.com/(?!uc\?)|photos\.google\.com/"
    r"|photos\.app\.goo\.gl/|goo\.gl/photos/"
    r"|(?:www\.)?dropbox\.com/(?!.*[?&](?:raw|dl)=1)|1drv\.ms/|onedrive\.live\.com/(?!download|embed)"
    r"|[\w-]+\.sharepoint\.com/:|(?:www\.)?icloud\.com/|wetransfer\.com/|we\.tl/"
    r"|(?:\w+\.)?facebook\.com/(?!.*\.(?:jpe?g|png|webp|gif)(?:\?|$))|fb\.me/"
    r"|(?:www\.)?instagram\.com/p/(?!.*/media)|(?:www\.)?flickr\.com/photos/"
    r"|(?:www\.)?canva\.com/design/|(?:www\.)?youtube\.com/watch|youtu\.be/"
    r")"
    # files of other kinds
    r"|[^?#]*\.(?:pdf|docx?|xlsx?|pptx?|odt|zip|ics|mp[34]|mov|avi|html?)(?:[?#]|$)",
    re.IGNORECASE,
)


_PLACEHOLDER: Final = re.compile(  # by the name of the file
    r"/(?:(?:[^/?#]*[-_])?(?:placeholder|no[-_]?image|image[-_]not[-_]available)(?:[-_][^/?#]*)?"
    r"|spacer|blank|1x1|pixel)\.\w{3,4}(?:[?#]|$)",
    re.IGNORECASE,
)


def picture_url(value: str | None, base: str | None = None) -> str | None:
    """Return the address of a picture as :func:`web_url` does; ``None`` for that of another thing.

    A link to view a file of Google Drive, a post, or a document is no picture, nor is a placeholder
    for one (``blank.gif``).
    """
    url = web_url(value, base)
    return url if url is not None and is_picture(url) and not is_placeholder(url) else None


def is_picture(url: str) -> bool:
    """Return whether a web address may be that of a picture."""
    return _NO_PICTURE.match(url) is None


def is_placeholder(url: str) -> bool:
    """Return whether a web address is that of a picture which stands for none."""
    return _PLACEHOLDER.search(url) is not None
