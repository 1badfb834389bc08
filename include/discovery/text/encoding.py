"""From bytes to text, for every format: the encoding, and what is damaged.

The order in which an encoding is chosen:

1. a byte-order mark, or the zero bytes that UTF-16 and UTF-32 put beside ASCII, decide;
2. UTF-8, if all bytes are valid as such, since text in another encoding hardly ever is, whatever is
   declared;
3. UTF-8 with damage, if it holds more characters of several bytes than bytes that are of none; with
   nothing else declared, a tenth as many are enough: one line that an older program wrote must not
   cost all others their letters;
4. what is declared: by the Content-Type header, else by the document itself (the XML declaration,
   ``meta`` of HTML, CHARSET of old calendars), with Latin-1 read as Windows-1252, as browsers do;
5. Windows-1252, as browsers do.

Damage stays where it is. A byte that is of no character of UTF-8 becomes the letter that it is in
the declared encoding or in Windows-1252, which is what such bytes mostly are; one that is none
there, either, becomes U+FFFD, and so does NUL, which no database stores. Behind each letter that
was so guessed or lost stands ``MARK``, a character that Unicode keeps free for such use and that no
text holds. It goes with its text to the record that is made of it, where it becomes a warning (see
``parsed.told_of_damage``); so does a name of JSON that holds one, and is the name of no field.

All of this takes time linear in the bytes.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

MARK: Final = "\ufdd0"
"""Stands behind a letter that was guessed or lost."""

DAMAGED: Final = "damaged letters were guessed or left out"
"""What is said of a text that holds marks."""

_FALLBACK: Final = "cp1252"
_LOST: Final = "\ufffd"
_NUL: Final = "\x00"
_BOMS: Final = (
    # UTF-32 first: its little-endian mark begins with that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE_BOMS: Final = tuple(mark for mark, name in _BOMS if name != "utf-8")
_PRESCAN_BYTES: Final = 4_096
_DECLARED: Final = (
    re.compile(rb"\s*<\?xml[^>]{0,200}?encoding\s{0,20}=\s{0,20}[\"']([\w.:-]{1,40})", re.ASCII),
    re.compile(rb"<meta[^>]{0,200}?charset\s{0,20}=\s{0,20}[\"']?\s{0,20}([\w.:-]{1,40})", re.I),
    re.compile(rb"^[\w-]{1,40}(?:;[^:\n]{0,100})?;charset=\"?([\w.:-]{1,40})", re.I | re.M),
)
_OF_DOCUMENTS: Final = frozenset(
    (
        *(f"cp{page}" for page in (437, 850, 852, 866, 874, 932, 949, 950, *range(1250, 1259))),
        *(f"iso8859-{part}" for part in range(1, 17)),
        *("ascii", "utf-8", "utf-8-sig", "koi8-r", "koi8-u", "mac-roman", "mac-latin2", "tis-620"),
        *("mac-cyrillic", "gb2312", "gbk", "gb18030", "big5", "big5hkscs", "euc_jp", "euc_kr"),
        *("shift_jis", "iso2022_jp"),
    )
)
"""Encodings in which documents are written, by Python's names. It has others, such as idna and
unicode_escape, which may fail, be slow, or bring in what cannot be stored."""
_HEAD_BYTES: Final = 200
_CHUNK: Final = 1_000_000
_FEW: Final = 10
"""With nothing declared, one character of several bytes among so many invalid bytes tells UTF-8."""
_BEYOND_ASCII: Final = re.compile("[^\x00-\x7f]")
_LOSS: Final = re.compile(f"{_LOST}{MARK}?")


@dataclass(frozen=True, slots=True)
class Encoding:
    """How the bytes of one document are to be read.

    ``fallback`` is what bytes that are no UTF-8 are taken for; ``is_guess`` says that nothing tells
    the encoding, so that every letter beyond ASCII is a guess.
    """

    name: str
    fallback: str = _FALLBACK
    is_guess: bool = False

    def decode(self, body: bytes) -> str:
        """Read a document or a part of one; what was guessed or lost is marked. Never raises."""
        try:
            text = body.decode(self.name)
        except UnicodeDecodeError:
            return self._repaired(body)
        return _with_letters_marked(text) if self.is_guess else _clean(text)

    def _repaired(self, body: bytes) -> str:
        if self.name == "utf-8":
            return _marked_losses(body.decode(self.name, _guessing_by(self.fallback)))
        text = body.decode(self.name, "replace")
        return _with_letters_marked(text) if self.is_guess else _marked_losses(text)


def encoding_of(body: bytes, *declared: str | None) -> Encoding:
    """Choose the encoding of a document, in the order given in this module's docstring.

    :param declared: labels from outside of the document, as that of the Content-Type header.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return Encoding(name)
    if _is_wide(body):
        return Encoding(json.detect_encoding(body[:_HEAD_BYTES]))
    if _is_utf8(body):
        return Encoding("utf-8")
    named = _first_known((*declared, *_declared_in(body[:_PRESCAN_BYTES])))
    other = None if named == "utf-8" else named
    valid, invalid = _counted(body)
    if valid > invalid or (other is None and valid * _FEW > invalid):
        return Encoding("utf-8", other or _FALLBACK)
    return Encoding(other) if other else Encoding(_FALLBACK, is_guess=True)


def marked_text(body: bytes, *declared: str | None) -> str:
    """Read a document whole, without its byte-order mark; what was guessed or lost is marked.

    :param declared: labels from outside of the document, as that of the Content-Type header.
    """
    try:
        if not _is_wide(body):
            return without_bom(_clean(body.decode()))
    except UnicodeDecodeError:
        pass
    return without_bom(encoding_of(body, *declared).decode(body))


def decoded(body: bytes, *declared: str | None) -> str:
    """Read a document whole, without marks: for those who make no records of it."""
    return without_marks(marked_text(body, *declared))


def without_bom(text: str) -> str:
    """Return a text without the byte-order mark at its start."""
    return text[1:] if text.startswith("\ufeff") else text


def without_marks(text: str) -> str:
    """Return a text without the marks of what was guessed or lost."""
    return text.replace(MARK, "") if MARK in text else text


def charset_of(headers: Mapping[str, str]) -> str | None:
    """Return the charset that the Content-Type of a response names.

    :param headers: by lower-case name.
    """
    label = headers.get("content-type", "").lower().partition("charset=")[2].partition(";")[0]
    return label.strip(" \"'") or None


def language_of(headers: Mapping[str, str]) -> str | None:
    """Return the first language that the Content-Language of a response names.

    :param headers: by lower-case name.
    """
    return headers.get("content-language", "").partition(",")[0].strip() or None


def _declared_in(head: bytes) -> list[str]:
    found = (pattern.search(head) for pattern in _DECLARED)
    return [match[1].decode("ascii", "replace") for match in found if match]


def _first_known(labels: Iterable[str | None]) -> str | None:
    """Return Python's name for the first label that is one of an encoding of documents."""
    for label in labels:
        try:
            name = codecs.lookup((label or "").strip().strip("\"'")).name
        except (LookupError, ValueError):
            continue
        if name in _OF_DOCUMENTS:
            # Browsers read Latin-1 as its superset, too: it is what such pages are written in.
            return _FALLBACK if name in {"iso8859-1", "ascii"} else name
    return None


def _is_wide(body: bytes) -> bool:
    """Return whether it is UTF-16 or UTF-32: a byte-order mark or zero bytes next to ASCII."""
    if body.startswith(_WIDE_BOMS):
        return True
    head = body[:_HEAD_BYTES]
    return head.count(0) * 4 >= len(head) >= 4


def _clean(text: str) -> str:
    """Mark what was lost before; what looks like a mark already is none."""
    return text if text.isascii() and _NUL not in text else _marked_losses(without_marks(text))


def _is_utf8(body: bytes) -> bool:
    """Return whether all bytes are valid, without a copy of them all."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    view = memoryview(body)
    try:
        for start in range(0, len(body), _CHUNK):
            decoder.decode(view[start : start + _CHUNK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _counted(body: bytes) -> tuple[int, int]:
    """Count the characters of several bytes, and the bytes beyond ASCII that are of none."""
    valid = invalid = 0
    for start in range(0, len(body), _CHUNK):
        part = body[start : start + _CHUNK]
        text = part.decode("utf-8", "ignore")
        ascii_only = len(text.encode("ascii", "ignore"))
        valid += len(text) - ascii_only
        invalid += len(part) - len(text.encode())
    return valid, invalid


def _marked(letter: re.Match[str]) -> str:
    return f"{letter[0]}{MARK}"


def _marked_losses(text: str) -> str:
    """Mark each U+FFFD: a letter that was lost here, or before it came here; NUL becomes one."""
    if _NUL in text:
        text = text.replace(_NUL, _LOST)
    return _LOSS.sub(f"{_LOST}{MARK}", text) if _LOST in text else text


def _with_letters_marked(text: str) -> str:
    """Mark every letter beyond ASCII, since each is a guess."""
    return _BEYOND_ASCII.sub(_marked, text.replace(_NUL, _LOST))


@cache
def _guessing_by(fallback: str) -> str:
    """Return the name of a handler that reads invalid bytes in another encoding."""

    def guess(error: UnicodeError) -> tuple[str, int]:
        if not isinstance(error, UnicodeDecodeError):
            raise error
        if error.reason == "unexpected end of data" and error.end == len(error.object):
            return _LOST, error.end  # cut off in the middle of a character
        letters = error.object[error.start : error.end].decode(fallback, "replace")
        return "".join(f"{letter}{MARK}" for letter in letters), error.end

    name = f"discovery-guess-{fallback}"
    codecs.register_error(name, guess)
    return name
