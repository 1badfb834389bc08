"""What repeats among the items of a source, such as venues and prices, is read once."""

from __future__ import annotations

import marshal
from collections.abc import Callable
from typing import Final, Generic, TypeVar

from include.discovery.connectors.json_feed.map.fields import FieldOf
from include.discovery.connectors.json_feed.map.paths import Item, getter_of

ValueT = TypeVar("ValueT")

_MOST: Final = 2_000
_LONGEST: Final = 2_000
"""Bytes of the members that something is remembered by."""


class Repeated(Generic[ValueT]):
    """A reading of some fields, remembered by the values of their members, with its warnings.

    :param read: takes an item, a list for warnings, and what else the reading depends on. It looks
        at no other field.
    """

    def __init__(
        self, read: Callable[[Item, list[str], str | None], ValueT], *fields: FieldOf | None
    ) -> None:
        self._read = read
        self._members = [getter_of(field.path) for field in fields if field is not None]
        self._known: dict[bytes, tuple[ValueT, tuple[str, ...]]] = {}

    def __call__(self, item: Item, warnings: list[str], beside: str | None = None) -> ValueT:
        try:
            # Unlike hashes, these bytes tell 1 from true, and can be made of lists and objects.
            # The older format is the same for equal values whoever else holds them.
            key = marshal.dumps([beside, [member(item) for member in self._members]], 2)
        except ValueError:  # a function of a path was given what it cannot work on
            return self._read(item, warnings, beside)
        found = self._known.get(key)
        if found is None:
            said: list[str] = []
            found = self._read(item, said, beside), tuple(said)
            if len(key) <= _LONGEST:
                if len(self._known) >= _MOST:
                    self._known.clear()
                self._known[key] = found
        warnings += found[1]
        return found[0]
