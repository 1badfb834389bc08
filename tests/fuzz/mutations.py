"""Ways to damage a payload. All randomness comes from the generator that is passed in."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

LONGEST = 200_000  # bytes; what grows beyond is cut
_NUMBER = re.compile(rb"-?[0-9]+(?:\.[0-9]+)?")
_TOKEN = re.compile(rb"[A-Za-z][A-Za-z-]+")
_JSON_SCRIPT = re.compile(rb"(<script[^>]*json[^>]*>)(.*?)(</script>)", re.DOTALL)
NUMBERS = (
    b"0", b"-1", b"1e400", b"-0.0", b"99999999999999999999", b"2147483648", b"0000", b"9" * 5000,
    b"253402300800", b"1e-7", b"0x10", b"12.345.678,90", b"NaN", b"-Infinity",
)  # fmt: skip
NASTY = (
    "\x00", "\ufeff", "\u202e", "\u2028", "\ud800", "\ufffd", "🏴\u200d☠️", "İ", "ß", "%s", "{}",
    "javascript:alert(1)", "&#0;", "&amp;" * 9, "<script>", "]]>", "<!--", "a" * 3000, "\\",
    "\\u0000", "0001-01-01", "9999-12-31T23:59:59Z", "24:00", "٣", "http://[", "//", " " * 999, "",
    "null",
)  # fmt: skip
OTHERS: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 10**30, 1e308, "", "x", "\ud800", "\x00", [], {}, [None], [[]],
    [1], {"": None}, {"name": 5}, [{"name": "x"}], "2026-13-45", "https://[", {"@type": "Event"},
    "9" * 400,
)  # fmt: skip

Mutation = Callable[[Random, bytes, Sequence[bytes]], bytes]


def mutated(dice: Random, seeds: Sequence[bytes], tokens: Sequence[bytes]) -> bytes:
    """Take one of the seeds and damage it one to six times."""
    body = dice.choice(seeds)
    pool = (*tokens, *seeds)
    for _ in range(dice.choice((1, 1, 2, 3, 6))):
        body = dice.choice(MUTATIONS)(dice, body, pool)[:LONGEST]
    return body


def _cut(dice: Random, body: bytes) -> tuple[int, int]:
    """Return the ends of a chunk: mostly a short one."""
    start = dice.randint(0, len(body))
    return start, min(len(body), start + int(dice.paretovariate(0.6)))


def _flip(dice: Random, body: bytes, _: Sequence[bytes]) -> bytes:
    flipped = bytearray(body)
    for _n in range(dice.randint(1, 8) if body else 0):
        flipped[dice.randrange(len(body))] ^= 1 << dice.randrange(8)
    return bytes(flipped)


def _drop(dice: Random, body: bytes, _: Sequence[bytes]) -> bytes:
    start, end = _cut(dice, body)
    return body[:start] + body[end:]


def _repeat(dice: Random, body: bytes, _: Sequence[bytes]) -> bytes:
    start, end = _cut(dice, body)
    return body[:start] + body[start:end] * dice.choice((2, 2, 3, 50)) + body[end:]


def _splice(dice: Random, body: bytes, pool: Sequence[bytes]) -> bytes:
    other = dice.choice(pool)
    return body[: dice.randint(0, len(body))] + other[dice.randint(0, len(other)) :]


def _insert(dice: Random, body: bytes, pool: Sequence[bytes]) -> bytes:
    at = dice.randint(0, len(body))
    nasty = dice.choice(NASTY).encode("utf-8", "surrogatepass")
    return body[:at] + dice.choice((dice.choice(pool)[:200], nasty)) + body[at:]


def _swap(dice: Random, body: bytes, pool: Sequence[bytes]) -> bytes:
    found = list(_TOKEN.finditer(body))
    if not found:
        return body
    match = dice.choice(found)
    nasty = dice.choice(NASTY).encode("utf-8", "surrogatepass")
    other = dice.choice((dice.choice(found)[0], dice.choice(pool)[:60], nasty))
    return body[: match.start()] + other + body[match.end() :]


def _number(dice: Random, body: bytes, _: Sequence[bytes]) -> bytes:
    found = list(_NUMBER.finditer(body))
    if not found:
        return body
    match = dice.choice(found)
    return body[: match.start()] + dice.choice(NUMBERS) + body[match.end() :]


def _truncate(dice: Random, body: bytes, _: Sequence[bytes]) -> bytes:
    return body[: dice.randint(0, len(body))]


def _nest(dice: Random, body: bytes, _: Sequence[bytes]) -> bytes:
    opening, closing = dice.choice((
        (b"[", b"]"), (b'{"a":', b"}"), (b"<div>", b"</div>"), (b"(", b")"),
        (b"BEGIN:VEVENT\n", b""), (b'<p itemscope itemprop="location">', b"</p>"),
        (b'{"@graph":[', b"]}"),
    ))  # fmt: skip
    start, end = _cut(dice, body)
    depth = dice.choice((2, 20, 500, 5_000))
    return body[:start] + opening * depth + body[start:end] + closing * depth + body[end:]


def _encode(dice: Random, body: bytes, _: Sequence[bytes]) -> bytes:
    text = body.decode("utf-8", "replace")
    encoding = dice.choice(("utf-16", "utf-32", "latin-1", "cp1250", "utf-8-sig", "utf-7"))
    if dice.random() < 0.5:  # read with the wrong one
        text = body.decode("cp1252", "replace")
        encoding = "utf-8"
    return text.encode(encoding, "replace")


def _json(dice: Random, body: bytes, pool: Sequence[bytes]) -> bytes:
    """Change values of JSON, the whole payload or a script of a page, and keep it JSON."""
    scripts = list(_JSON_SCRIPT.finditer(body))
    if scripts:
        script = dice.choice(scripts)
        return body[: script.start(2)] + _json(dice, script[2], pool) + body[script.end(2) :]
    try:
        document = [json.loads(body)]
    except (ValueError, RecursionError):
        return body
    places = _places(document)
    for _ in range(dice.choice((1, 1, 3))):
        _change(dice, *dice.choice(places), dice.choice(places))
    try:
        return json.dumps(document[0], ensure_ascii=dice.random() < 0.5).encode("utf-8", "replace")
    except (ValueError, RecursionError):  # a value was put into itself
        return body


def _places(document: list[Any]) -> list[tuple[Any, Any]]:
    """List all places of a document, each as its container and the key in it."""
    places: list[tuple[Any, Any]] = [(document, 0)]
    for container, key in places:
        value = container[key]
        if isinstance(value, dict):
            places.extend((value, name) for name in value)
        elif isinstance(value, list):
            places.extend((value, position) for position in range(len(value)))
    return places


def _change(dice: Random, container: Any, key: Any, other: tuple[Any, Any]) -> None:
    try:
        value, elsewhere = container[key], other[0][other[1]]
    except (KeyError, IndexError):  # gone by an earlier change
        return
    if isinstance(container, dict) and dice.random() < 0.2:
        del container[key]
        return
    choice = dice.randrange(6)
    if choice == 0:
        value = [value]
    elif choice == 1:
        value = {"rendered": value}
    elif choice == 2:
        value = elsewhere
    elif choice == 3 and isinstance(value, str):
        at = dice.randint(0, len(value))
        value = value[:at] + dice.choice(NASTY) + value[at:]
    else:
        value = dice.choice(OTHERS)
    container[key] = value


MUTATIONS: tuple[Mutation, ...] = (
    _flip, _drop, _repeat, _splice, _insert, _swap, _number, _truncate, _nest, _encode,
    _json, _json, _json,
)  # fmt: skip
