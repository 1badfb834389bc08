"""What PostgreSQL can keep of JSON: the bounds of texts, numbers and depth, wherever it comes from.

A jsonb holds neither NUL nor lone surrogates in its texts and no NaN or infinity (RFC 8259, section
6, knows neither); numbers beyond 64 bits fit no other column, and no browser reads them exactly.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

DEPTH = 32
"""How deep values may be nested; settings need about six levels."""

_LARGEST = 2**63 - 1

Location = tuple[str | int, ...]
"""A path within a document: names of members and positions in lists."""


class NotStorableError(ValueError):
    """A value that cannot be kept; ``path`` leads to it."""

    def __init__(self, message: str, path: Location = ()) -> None:
        super().__init__(message)
        self.path = path


def text_fault(text: str) -> str | None:
    """Say why PostgreSQL cannot keep a text; None when it can."""
    if "\x00" in text:
        return "contains a NUL character"
    if not text.isascii():
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            return "is not valid Unicode text (lone surrogate)"
    return None


def check_json(root: object) -> None:
    """Refuse JSON that PostgreSQL cannot keep, walking through it without recursion.

    :raises NotStorableError: with the path of a value that it cannot keep.
    """
    _check_scalar(root, ())
    containers: list[tuple[Location, object]] = [((), root)]
    while containers:
        path, container = containers.pop()
        if len(path) >= DEPTH:
            raise NotStorableError(f"is nested too deeply: at most {DEPTH} levels are accepted")
        for name, value in _members(container):
            if isinstance(name, str) and (fault := text_fault(name)):
                raise NotStorableError(f"a name in it {fault}", path)
            if not isinstance(value, dict | list):
                _check_scalar(value, path, name)
            elif value:
                containers.append(((*path, name), value))


def _members(container: object) -> Iterable[tuple[str | int, object]]:
    if isinstance(container, dict):
        return container.items()
    return enumerate(container) if isinstance(container, list) else ()


def _check_scalar(value: object, path: Location, *name: str | int) -> None:
    fault = None
    if isinstance(value, str):
        fault = text_fault(value)
    elif isinstance(value, int) and not -_LARGEST <= value <= _LARGEST:
        fault = "is beyond 64 bits"
    elif isinstance(value, float) and not math.isfinite(value):
        fault = "is not a finite number"
    if fault:
        raise NotStorableError(fault, (*path, *name))
