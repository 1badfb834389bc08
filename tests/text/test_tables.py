"""Tables of a terminal: aligned, and safe to print."""

from __future__ import annotations

from include.discovery.text.tables import aligned


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    table = aligned(["pair", "new", "why"], [["krakow · a", "7", "fine"], ["b", "1,200", ""]],
                    numeric=["new"])  # fmt: skip

    assert table.splitlines() == [
        "pair          new  why",
        "----------  -----",
        "krakow · a      7  fine",
        "b           1,200",
    ]


def test_totals_stand_below_a_rule() -> None:
    table = aligned(["pair", "why"], [["a", "x"]], totals=["total", ""])

    assert table.splitlines() == ["pair   why", "-----", "a      x", "-----", "total"]


def test_wide_and_combining_characters_keep_the_columns_aligned() -> None:
    table = aligned(["title", "x"], [["音楽会", "1"], ["Łódź", "2"], ["e\u0301tude", "3"]])

    assert [line.index(mark) for line, mark in zip(table.splitlines()[2:], "123", strict=True)] == [
        5, 8, 9,
    ]  # fmt: skip


def test_a_cell_cannot_control_the_terminal_or_break_the_line() -> None:
    table = aligned(["title"], [["Jazz\x1b[2J\n\u202egnp.exe"]])

    assert table.splitlines()[2] == "Jazz [2J  gnp.exe"
