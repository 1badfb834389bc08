"""What tells an item from all others: its id, else a hash of what makes it that event."""

from __future__ import annotations

from hashlib import blake2b

from include.discovery.connectors.json_feed.map.fields import FieldOf
from include.discovery.connectors.json_feed.map.paths import Item, Json, getter_of
from include.discovery.dates.times import When
from include.discovery.parsed import RejectItem, excerpt
from include.discovery.text.cleaning import fold, one_line
from include.discovery.text.encoding import without_marks

_LONGEST = 400  # an id with its occurrence has to fit the record's 512


def identity(field: FieldOf | None, scope: Item) -> str | None:
    """Read an id: a text or a whole number.

    :raises RejectItem: for anything else.
    """
    if field is None:
        return None
    value = getter_of(field.path)(scope)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise RejectItem("unusable id", excerpt(value))
    found = one_line(without_marks(str(value)))  # not line_of, which remembers what repeats
    if found is not None and len(found) > _LONGEST:
        raise RejectItem("unusable id", f"{found[:60]}… is {len(found)} characters long")
    return found


def of_content(title: str, when: When | None, venue: str | None) -> str:
    """Return an id made of title, start and venue, for items that have none."""
    start = "" if when is None else (when.starts_at or when.local_date).isoformat()
    content = "\n".join((fold(title), start, fold(venue or "")))
    return f"#{blake2b(content.encode(), digest_size=12).hexdigest()}"


def of_occurrence(when: When | None) -> str:
    """Return a value that identifies an occurrence in its item: its start at the venue."""
    if when is None:
        return "undated"
    if when.starts_at is None:
        return f"{when.local_date:%Y%m%d}"
    return f"{when.starts_at:%Y%m%dT%H%M%S}"


def item_id(field: FieldOf | None, item: Json) -> str | None:
    """Return an item's id; ``None`` where it has none that is usable."""
    try:
        return identity(field, item)
    except (ValueError, RejectItem):
        return None


def fingerprint(field: FieldOf | None, item: Json) -> str:
    """Return a value that identifies an item in its listing: its id, else a hash."""
    found = item_id(field, item)
    return found or f"#{blake2b(excerpt(item, 10_000).encode(), digest_size=8).hexdigest()}"
