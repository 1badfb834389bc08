"""Aligned tables for terminals and logs."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence


def aligned(
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    numeric: Collection[str] = (),
    totals: Sequence[str] | None = None,
) -> str:
    """Lay rows out in columns that are as wide as their widest cell, below a line of headings.

    The last column is left as it is: it holds what may be long, and gets no rule. What would move
    the cursor or break the line is taken out of cells, since they may come from a source.

    :param numeric: headings of the columns that stand to the right.
    :param totals: a last line, below a rule.
    """
    lines = [
        [printable(cell) for cell in row] for row in (headings, *rows, *filter(None, [totals]))
    ]
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    rule = "  ".join("-" * width for width in widths[:-1])
    text = [
        "  ".join(
            _padded(cell, width, to_the_right=heading in numeric)
            for heading, cell, width in zip(headings, line, widths, strict=True)
        ).rstrip()
        for line in lines
    ]
    text.insert(1, rule)
    if totals is not None:
        text.insert(-1, rule)
    return "\n".join(text)


def _padded(cell: str, width: int, *, to_the_right: bool) -> str:
    blanks = " " * (width - _width(cell))
    return blanks + cell if to_the_right else cell + blanks


def printable(text: str) -> str:
    """Take out what would move the cursor of a terminal or break the line."""
    return "".join(c if c.isprintable() else " " for c in text)


def _width(cell: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in cell
    )
