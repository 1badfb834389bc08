"""Words for a status and an attendance: those of schema.org and most APIs, and a source's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from include.discovery.connectors.json_feed.map.fields import AttendanceOf, StatusOf
from include.discovery.connectors.json_feed.map.paths import Item, Json, getter_of
from include.discovery.formats.json_fields import WrongType
from include.discovery.model import Attendance, EventStatus
from include.discovery.text.cleaning import fold
from include.discovery.text.status import status_named

_STATUS: Final[Mapping[str, EventStatus]] = {
    **dict.fromkeys(
        ("scheduled", "confirmed", "live", "normal", "active", "published", "publish"),
        EventStatus.SCHEDULED,
    ),
    "tentative": EventStatus.TENTATIVE,
    "rescheduled": EventStatus.RESCHEDULED,
    "postponed": EventStatus.POSTPONED,
    **dict.fromkeys(("cancelled", "canceled"), EventStatus.CANCELLED),
    **dict.fromkeys(("movedonline", "moved online"), EventStatus.MOVED_ONLINE),
}
_ATTENDANCE: Final[Mapping[str, Attendance]] = {
    **dict.fromkeys(("offline", "inperson", "in person", "physical", "onsite"), Attendance.OFFLINE),
    **dict.fromkeys(("online", "virtual", "remote"), Attendance.ONLINE),
    **dict.fromkeys(("mixed", "hybrid"), Attendance.MIXED),
}

WordT = TypeVar("WordT", EventStatus, Attendance)


def status(field: StatusOf | None, scope: Item) -> EventStatus | None:
    """Read the status; ``None`` where nothing is said.

    :raises ValueError: for a word that neither the source's map nor the usual ones have.
    """
    if field is None:
        return None
    found = getter_of(field.path)(scope)
    return _meaning(found, field.map, _STATUS, "event", status_named)


def attendance(field: AttendanceOf | None, scope: Item) -> Attendance | None:
    """Read where the audience is; ``None`` where nothing is said.

    :raises ValueError: as :func:`status` does.
    """
    if field is None:
        return None
    found = getter_of(field.path)(scope)
    return _meaning(found, field.map, _ATTENDANCE, "eventattendancemode", lambda _: None)


def _meaning(
    value: Json,
    own: Mapping[str, WordT],
    usual: Mapping[str, WordT],
    affix: str,
    in_words: Callable[[str], WordT | None],
) -> WordT | None:
    """Return what a word means; ``https://schema.org/EventScheduled`` is 'scheduled'.

    :param in_words: reads what is neither the source's own word nor a usual one.
    """
    if value is None or value == "":
        return None
    if not isinstance(value, str | int):
        raise WrongType(f"a JSON {type(value).__name__} is no word")
    said = str(value).strip()
    for word, meaning in own.items():
        if word.lower() == said.lower():
            return meaning
    bare = fold(said.rpartition("/")[2].rpartition(":")[2])
    found = usual.get(bare) or usual.get(bare.removeprefix(affix).removesuffix(affix))
    found = found or in_words(said)
    if found is None:
        raise ValueError(f"{said[:60]!r} is not known")
    return found
