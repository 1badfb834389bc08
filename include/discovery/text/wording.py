"""How durations, moments and lists of names are written in messages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta


def in_words(duration: timedelta) -> str:
    """Format a duration in its largest unit: ``3 days``, ``5 h``, ``12 min``, ``40 s``."""
    seconds = max(0, int(duration.total_seconds()))
    if seconds >= 48 * 3600:
        return f"{seconds // 86_400} days"
    if seconds >= 3600:
        return f"{seconds // 3600} h"
    if seconds >= 60:
        return f"{seconds // 60} min"
    return f"{seconds} s"


def to_the_minute(duration: timedelta) -> str:
    """Format a duration in hours and minutes, a short one in seconds: ``1 h 30 min``, ``45 s``."""
    minutes, seconds = divmod(round(duration.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    if not hours and minutes < 2:
        return f"{60 * minutes + seconds} s"
    parts = (f"{hours} h" if hours else "", f"{minutes} min" if minutes else "")
    return " ".join(filter(None, parts))


def moment_in_words(moment: datetime, now: datetime) -> str:
    """Format a moment in UTC, with its day if that is not today: ``14:00 UTC``."""
    utc = moment.astimezone(UTC)
    day = "" if utc.date() == now.astimezone(UTC).date() else f"{utc.day} {utc:%B}, "
    return f"{day}{utc:%H:%M} UTC"


def some_of(names: Iterable[str], shown: int = 10) -> str:
    """List names, and say of a long list how many more there are."""
    listed = list(names)
    rest = f" and {len(listed) - shown} more" if len(listed) > shown else ""
    return ", ".join(listed[:shown]) + rest


def counted(number: int, noun: str) -> str:
    """Name how many there are: ``1 page``, ``1,200 pages``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
