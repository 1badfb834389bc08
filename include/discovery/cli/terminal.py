"""What the commands share: how they take options, how they print, and how they complain."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from datetime import date
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001
"""Where a module adds its commands; argparse does not export the type."""


def complain(message: object, status: int) -> int:
    """Print what went wrong to standard error; return the exit status for it."""
    print(f"error: {message}", file=sys.stderr)
    return status


def print_json(data: Any) -> None:  # noqa: ANN401  whatever JSON can hold
    """Print one JSON value on a line of its own, its letters as they are."""
    print(json.dumps(data, ensure_ascii=False))


def day(text: str) -> date:
    """Read the date of an option."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = f"{text!r} is not a date such as 2026-12-01"
        raise argparse.ArgumentTypeError(message) from None


def starts(row: Mapping[str, Any]) -> str:
    """Say when an event or a listing begins, on the clock of its place."""
    if row["starts_at"] is not None:
        return f"{row['starts_at'].astimezone(ZoneInfo(row['timezone'])):%Y-%m-%d %H:%M}"
    return str(row["local_date"] or "no date")


def row_id(text: str) -> int:
    """Read the id of a row, such as an event, a listing or a venue."""
    if not (text.isascii() and text.isdecimal()) or not 0 < int(text) < 2**63:
        raise argparse.ArgumentTypeError(f"{text!r} is not an id (a whole number)")
    return int(text)
