"""Writes iCalendar content lines (RFC 5545): escaping, folding, time zone definitions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from include.demo.cities import City

_FOLD_OCTETS = 75


def escaped(text: str) -> str:
    """Return a TEXT value: backslash, comma, semicolon and line break escaped."""
    for plain, quoted in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(plain, quoted)
    return text


def local(moment: datetime) -> str:
    """Return a DATE-TIME without a zone: the wall clock."""
    return f"{moment:%Y%m%dT%H%M%S}"


def utc(moment: datetime) -> str:
    """Return a DATE-TIME in UTC."""
    return f"{moment - (moment.utcoffset() or timedelta()):%Y%m%dT%H%M%SZ}"


def day(value: date) -> str:
    """Return a DATE."""
    return f"{value:%Y%m%d}"


def folded(line: str) -> list[str]:
    """Return the line in pieces of at most 75 octets, never cut inside a letter."""
    if len(line.encode("utf-8")) <= _FOLD_OCTETS:
        return [line]
    pieces: list[str] = []
    piece, octets = "", 0
    for letter in line:
        size = len(letter.encode("utf-8"))
        if octets + size > _FOLD_OCTETS:
            pieces.append(piece)
            piece, octets = " ", 1
        piece += letter
        octets += size
    return [*pieces, piece]


def document(lines: Iterable[str], line_end: str = "\r\n") -> str:
    """Return the whole file. Some servers end lines with a bare LF, so the end is a parameter."""
    return "".join(f"{piece}{line_end}" for line in lines for piece in folded(line))


def timezone_lines(city: City, zone_id: str, second_id: str | None = None) -> list[str]:
    """Return a VTIMEZONE with today's rules of the EU, under any name.

    A ``second_id`` makes it as invalid as real exports: TZID may occur only once, and there are
    parsers that refuse the whole file for it.
    """
    winter = datetime(2026, 1, 1, tzinfo=city.zone).utcoffset() or timedelta()
    winter_hours = int(winter.total_seconds()) // 3600
    standard, daylight = f"+{winter_hours:02}00", f"+{winter_hours + 1:02}00"
    return [
        "BEGIN:VTIMEZONE",
        f"TZID:{zone_id}",
        *([f"TZID:{second_id}"] if second_id else []),
        "BEGIN:DAYLIGHT",
        f"TZOFFSETFROM:{standard}",
        f"TZOFFSETTO:{daylight}",
        f"DTSTART:19960331T{winter_hours + 1:02}0000",
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
        "END:DAYLIGHT",
        "BEGIN:STANDARD",
        f"TZOFFSETFROM:{daylight}",
        f"TZOFFSETTO:{standard}",
        f"DTSTART:19961027T{winter_hours + 2:02}0000",
        "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
        "END:STANDARD",
        "END:VTIMEZONE",
    ]
