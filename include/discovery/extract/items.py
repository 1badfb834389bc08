"""Item by item out of a payload, so that a bad item costs only itself."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import ValidationError

from include.discovery.model import EventRecord, Reject

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Parsed:
    """What one payload holds: usable events, and the items that are none, with reasons."""

    records: Sequence[EventRecord] = ()
    rejects: Sequence[Reject] = ()


class RejectItem(Exception):
    """Raised by an item parser: this item is not a usable event, for this reason."""

    def __init__(self, reason: str, detail: object = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = None if detail is None else str(detail)[:200]


ItemT = TypeVar("ItemT")


def parse_items(
    items: Iterable[ItemT],
    parse_item: Callable[[ItemT], EventRecord | None],
    describe: Callable[[int, ItemT], str],
) -> Parsed:
    """Parse item by item so that a bad one costs only itself.

    :param parse_item: returns a record, or None for an item that is rightly left out (outside the
        window, say); raises :class:`RejectItem` or pydantic's ``ValidationError`` for a bad one.
    :param describe: names an item (position, item) for whoever looks for it.
    """
    records: list[EventRecord] = []
    rejects: list[Reject] = []
    for position, item in enumerate(items):
        try:
            record = parse_item(item)
        except RejectItem as error:
            rejects.append(Reject(error.reason, describe(position, item), error.detail))
        except ValidationError as error:
            rejects.append(_reject_of_validation(error, describe(position, item)))
        except Exception as error:  # one hostile item must not cost its neighbours
            log.warning("Item %s has an unexpected shape.", describe(position, item), exc_info=True)
            detail = f"{type(error).__name__}: {error}"[:200]
            rejects.append(Reject("unexpected shape", describe(position, item), detail))
        else:
            if record is not None:
                records.append(record)
    return Parsed(records, rejects)


def _reject_of_validation(error: ValidationError, item: str) -> Reject:
    first = error.errors(include_url=False, include_context=False)[0]
    where = ".".join(str(part) for part in first["loc"] if not isinstance(part, int))
    message = first["msg"].removeprefix("Value error, ")
    reason = f"{where}: {message}" if where else message
    return Reject(reason, item, excerpt(first.get("input")))


def excerpt(value: Any, length: int = 200) -> str:  # noqa: ANN401  any JSON-like value of a source
    """Show a value of a source in one short line, as JSON where it can be."""
    try:
        text = json.dumps(value, ensure_ascii=False, default=str)
    except (TypeError, ValueError):
        text = repr(value)
    return text if len(text) <= length else f"{text[: length - 1]}…"
