"""The ways in which a secret may be written: encoded, escaped, wrapped, or inside something else.

A source that echoes a key writes it as its own format asks: percent-encoded in a link, twice where
a link holds a link, as entities in HTML, as escapes in JSON, folded over two lines in a calendar,
as Base64 or hexadecimal digits in a dump of headers. Encoders differ in which characters they
encode, so that each character is matched however it is written, on its own.

All patterns are bounded per character, and each begins with characters that are searched for at
once: the search is linear in a text, whatever it is.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator
from html.entities import html5

SHORTEST_WITHIN_WORDS = 4
"""A shorter secret is matched only where it stands alone: within words it would be everywhere."""

SHORTEST_DISTINCTIVE = 8
"""Of letters mixed with digits; without either it takes twice as many."""

SHORTEST_RUN = 8
"""Characters of Base64 or hexadecimal digits below which a match would be a coincidence."""

LONGEST_LEFT = 6
"""Bytes of a secret that may be left where a run of digits is cut off: as 8 digits of Base64."""

_ENTITIES = {
    character: [name for name, value in html5.items() if value == character and name[-1] == ";"]
    for character in map(chr, range(0x20, 0x7F))
}
_BREAK = "(?:\\x00{1,3}|=?\\r?\\n[ \\t]?|\u00ad|\u200b)?"
"""What may stand between two characters: the other bytes of UTF-16 and UTF-32, the folds of
iCalendar and e-mail, soft hyphens and spaces without width."""

_WORD = r"[^\W_]"


def variants(secret: str) -> Iterator[str]:
    """Yield a secret and the secrets within it: a token without its scheme, a login's password."""
    secret = secret.strip()  # a key pasted with a newline is echoed without it
    yield secret
    scheme, _, token = secret.partition(" ")
    token = token.strip()
    if not token or not scheme.isalpha():
        return
    yield token
    if scheme.lower() == "basic":
        try:
            login = base64.b64decode(token, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return
        yield login
        yield login.partition(":")[2]


def is_distinctive(secret: str) -> bool:
    """Say whether a text that holds the secret can hold it for no other reason.

    A password ``concerts`` may stand in any title, and ``20261224`` is a date.
    """
    if secret.isdecimal():
        return False
    is_mixed = any(map(str.isalpha, secret)) and any(map(str.isdecimal, secret))
    return len(secret) >= (SHORTEST_DISTINCTIVE if is_mixed else 2 * SHORTEST_DISTINCTIVE)


def as_characters(secret: str) -> str:
    """Return a pattern of the secret as text, each character written plainly or encoded."""
    # In any case only where that cannot hit ordinary words: the host of an address is in lower
    # case, and some put what they do not know in capitals.
    folded = is_distinctive(secret)
    pattern = _BREAK.join(_character(c, folded=folded) for c in secret)
    if len(secret) >= SHORTEST_WITHIN_WORDS:
        return pattern
    return rf"(?<!{_WORD}){pattern}(?!{_WORD})"


def as_run(secret: str) -> Iterator[str]:
    """Yield patterns of the secret within a run of hexadecimal digits or of Base64.

    Of a run that was cut off (an excerpt of an answer) its begin or its end is enough.
    """
    raw = secret.encode("utf-8", "surrogatepass")
    digits = raw.hex()
    if len(digits) >= SHORTEST_RUN:
        yield _ends_of([_hexadecimal(digit) for digit in digits], 2 * LONGEST_LEFT)
    # What stands before it decides how its bits fall on the digits; those at both ends hold bits
    # of its neighbours, too.
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + raw).decode()
        last = (before + len(raw)) * 8 // 6
        own = encoded[-(-before * 8 // 6) : last]
        if len(own) >= SHORTEST_RUN:
            yield _ends_of([*map(_base64_digit, own)], SHORTEST_RUN)


def _ends_of(digits: list[str], length: int) -> str:
    """Match some digits, or as much of their begin or end as a text that is cut off has left.

    :param length: how many that is at least; of fewer a match could be a coincidence.
    """
    whole = _BREAK.join(digits)
    if len(digits) <= length:
        return whole
    return f"(?:{whole}|{_BREAK.join(digits[:length])}|{_BREAK.join(digits[-length:])})"


def _character(character: str, *, folded: bool) -> str:
    cases = {character}
    if folded and character.isascii():
        cases |= {character.lower(), character.upper()}
    forms = {form for case in sorted(cases) for form in _forms(case)}
    return f"(?:{'|'.join(sorted(forms, key=lambda form: (-len(form), form)))})"


def _forms(character: str) -> Iterator[str]:
    raw = character.encode("utf-8", "surrogatepass")
    hexadecimal = [_hexadecimal(f"{byte:02x}") for byte in raw]
    code = f"{ord(character):x}"
    yield re.escape(character)
    yield "".join(f"%(?:25){{0,4}}{digits}" for digits in hexadecimal)
    yield "".join(f"={digits}" for digits in hexadecimal)  # quoted-printable
    for form in (json.dumps(character)[1:-1], ascii(character)[1:-1], repr(raw)[2:-1]):
        yield _backslashes(form) if form.startswith("\\") else re.escape(form)
    yield rf"\\\\{{0,7}}u{_hexadecimal(code.zfill(4))}"
    yield rf"\\\\{{0,7}}u\{{0{{0,6}}{_hexadecimal(code)}\}}"
    yield "".join(rf"\\\\{{0,7}}x{digits}" for digits in hexadecimal)
    yield rf"&(?:amp;){{0,4}}#0{{0,6}}{ord(character)};"
    yield rf"&(?:amp;){{0,4}}#[xX]0{{0,6}}{_hexadecimal(code)};"
    for name in _ENTITIES.get(character, ()):
        yield rf"&(?:amp;){{0,4}}{name}"
    if not character.isalnum() and character != "\\":
        yield rf"\\\\{{0,7}}{re.escape(character)}"
    if character == " ":
        yield r"\+"


def _backslashes(escape: str) -> str:
    r"""Match an escape within other escapes: ``\n``, ``\\n`` and so on."""
    body = escape.lstrip("\\")
    # A backslash itself is doubled by each: no more than that, or runs of them would be ambiguous.
    return rf"\\\\{{0,7}}{re.escape(body)}" if body else r"\\(?:\\(?:\\\\)?)?"


def _hexadecimal(digits: str) -> str:
    return "".join(d if d.isdecimal() else f"[{d}{d.upper()}]" for d in digits)


def _base64_digit(digit: str) -> str:
    return {"+": r"(?:\+|-|%2[bB])", "/": r"(?:/|_|%2[fF]|\\/)"}.get(digit, digit)
