"""Plain, storable text out of what sources send: HTML, entities, control characters."""

from __future__ import annotations

import html
import re
import unicodedata
from urllib.parse import urljoin, urlsplit

import nh3
from anyascii import anyascii

_BLOCK_ENDS = re.compile(r"</(?:p|div|li|h[1-6]|tr|ul|ol|blockquote)\s*>|<br\s*/?>", re.IGNORECASE)
_MARKUP = re.compile(r"<[a-zA-Z/!][^<>]*>|&(?:#\d+|#[xX][0-9a-fA-F]+|\w+);")
_INLINE_SPACE = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r"\n{3,}")
_MATHEMATICAL = re.compile("[\U0001d400-\U0001d7ff]+")
_UNWANTED = re.compile(
    # C0 and C1 controls but tab and newline; zero-width and bidirectional controls, which can make
    # a title read differently from what it is; the replacement and noncharacters; lone surrogates.
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffd"
    "\ufffe\uffff\ud800-\udfff]"
)

TITLE_LENGTH = 500
DESCRIPTION_LENGTH = 20_000


def plain_text(value: str | None) -> str | None:
    """Turn HTML or text into plain text with single spaces and at most one blank line in a row.

    Scripts, styles and comments vanish with their content; paragraphs and line breaks become
    newlines; entities are decoded (twice encoded ones, too); letters from the mathematical blocks
    become ordinary ones. Nothing left is ``None``.
    """
    if value is None:
        return None
    text = _UNWANTED.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
    if _MARKUP.search(text):
        text = _BLOCK_ENDS.sub("\n", text)
        # nh3 removes script and style with their content and leaves escaped text behind.
        text = html.unescape(nh3.clean(text, tags=set()))
        text = html.unescape(text) if _MARKUP.search(text) else text
    text = _UNWANTED.sub("", _fold_mathematical(text))
    text = _INLINE_SPACE.sub(" ", text)
    text = "\n".join(line.strip() for line in text.split("\n"))
    return _BLANK_LINES.sub("\n\n", text).strip() or None


def one_line(value: str | None) -> str | None:
    """Turn HTML or text into plain text of one line, for titles and names."""
    text = plain_text(value)
    return " ".join(text.split()) if text else None


def shorten(text: str | None, length: int) -> str | None:
    """Cut text to a length, at a word's end where one is near, with an ellipsis."""
    if text is None or len(text) <= length:
        return text
    cut = text[: length - 1]
    space = cut.rfind(" ", length * 4 // 5)
    return f"{cut[:space] if space > 0 else cut}…"


def title_text(value: str | None) -> str | None:
    """Clean a title: one line, at most ``TITLE_LENGTH`` characters."""
    return shorten(one_line(value), TITLE_LENGTH)


def description_text(value: str | None) -> str | None:
    """Clean a description: paragraphs kept, at most ``DESCRIPTION_LENGTH`` characters."""
    return shorten(plain_text(value), DESCRIPTION_LENGTH)


def web_url(value: str | None, base: str | None = None) -> str | None:
    """Return an absolute http(s) URL, resolved against ``base``; anything else is ``None``.

    ``javascript:``, ``data:`` and the like never get through, whatever whitespace hides them.
    """
    if not value:
        return None
    candidate = _UNWANTED.sub("", "".join(html.unescape(value).split()))
    try:
        absolute = urljoin(base, candidate) if base else candidate
        if absolute.startswith("//"):
            absolute = f"https:{absolute}"
        parts = urlsplit(absolute)
        usable = parts.scheme.lower() in {"http", "https"} and bool(parts.hostname)
    except ValueError:  # malformed IPv6 literal and the like
        return None
    return absolute if usable and len(absolute) <= 4096 else None


def fold(value: str) -> str:
    """Reduce text to what comparison should see: ASCII, lower case, words joined by one space.

    ``Łódź, ul. Straße 5`` becomes ``lodz ul strasse 5``. NFKD alone would lose ł, ø and ß.
    """
    return " ".join(re.sub(r"[^a-z0-9]+", " ", anyascii(value).lower()).split())


def _fold_mathematical(text: str) -> str:
    return _MATHEMATICAL.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
