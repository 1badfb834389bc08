"""A bad item affects itself only, and is rejected for a reason that can be counted."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from include.discovery.model import NOT_LISTED, EventRecord, Identity, Reject
from include.discovery.parsed import RejectItem, Withheld, excerpt, parse_items
from include.discovery.text.encoding import DAMAGED, MARK
from tests.support.builders import event


def described(position: int, item: object) -> str:
    return f"#{position} {item}"


def known(item: str) -> Identity:
    return Identity(item)


def parsing(item: Any) -> EventRecord | None:
    if item == "outside":
        return None
    if item == "withheld":
        raise Withheld("private")
    if item == "rejected":
        raise RejectItem("no date", {"found": "x" * 500})
    if item == "invalid":
        return event("1", venue={"latitude": 91, "longitude": 0})
    if item == "inconsistent":
        return event("1", time_known=False)
    if item == "hostile":
        raise RecursionError("too deep")
    return event(item)


def test_good_items_keep_their_order() -> None:
    parsed = parse_items(["b", "outside", "a"], parsing, described, known)

    assert [record.external_id for record in parsed.records] == ["b", "a"]
    assert parsed.rejects == []


def test_a_bad_item_does_not_affect_the_others(caplog: pytest.LogCaptureFixture) -> None:
    items = ["a", "rejected", "invalid", "inconsistent", "hostile", "b"]

    parsed = parse_items(items, parsing, described, known)

    assert [record.external_id for record in parsed.records] == ["a", "b"]
    assert [(reject.reason, reject.item) for reject in parsed.rejects] == [
        ("no date", "#1 rejected"),
        ("venue.latitude: Input should be less than or equal to 90", "#2 invalid"),
        ("starts_at is given exactly when the time is known", "#3 inconsistent"),
        ("unexpected shape", "#4 hostile"),
    ]
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


def test_the_detail_of_a_reject_is_a_short_excerpt() -> None:
    rejected, invalid, hostile = parse_items(
        ["rejected", "invalid", "hostile"], parsing, described, known
    ).rejects

    assert len(rejected.detail or "") == 200
    assert invalid.detail == "91"
    assert hostile.detail == "RecursionError: too deep"


def test_a_position_in_a_list_is_not_part_of_the_reason_of_a_reject() -> None:
    """Else the same defect would be counted under as many reasons as there are positions."""

    def parse(_: str) -> EventRecord:
        return event("1", performers=("Ada", ""))

    (reject,) = parse_items(["x"], parse, described, known).rejects

    assert reject == Reject(
        "performers: String should have at least 1 character", "#0 x", '""', Identity("x")
    )


def test_a_rejected_item_has_its_id_whatever_is_wrong_with_it() -> None:
    items = ["rejected", "invalid", "inconsistent", "hostile"]

    rejects = parse_items(items, parsing, described, known).rejects

    assert [reject.identity for reject in rejects] == [Identity(item) for item in items]


def test_an_item_that_the_source_withholds_is_no_longer_a_listing() -> None:
    (reject,) = parse_items(["withheld"], parsing, described, known).rejects

    assert reject.identity == NOT_LISTED


def test_the_id_of_a_reject_is_the_one_that_its_record_would_have() -> None:
    def identify(_: str) -> Identity:
        return Identity(f"caf{MARK}é", f"s{MARK}")

    (reject,) = parse_items(["rejected"], parsing, described, identify).rejects

    assert reject.identity == Identity("café", "s")


@pytest.mark.parametrize("fault", ["\0", "\ud800"])
def test_an_invalid_id_does_not_identify_a_reject(fault: str) -> None:
    def identify(_: str) -> Identity:
        return Identity(f"1{fault}")

    (reject,) = parse_items(["rejected"], parsing, described, identify).rejects

    assert reject.identity is None


def test_an_item_whose_id_cannot_be_read_is_rejected_without_one() -> None:
    def identify(item: str) -> Identity:
        raise RecursionError(item)

    (reject,) = parse_items(["hostile"], parsing, described, identify).rejects

    assert reject.identity is None


@pytest.mark.parametrize(
    ("value", "length", "text"),
    [
        ("ż", 9, '"ż"'),
        ({"a": [1, None]}, 99, '{"a": [1, null]}'),
        ("x" * 99, 5, '"xxx…'),
        ({1, 2}, 99, '"{1, 2}"'),
        ({(1, 2): 3}, 99, "{(1, 2): 3}"),
        (b"x", 99, '''"b'x'"'''),
    ],
)
def test_an_excerpt_is_json_where_possible(value: object, length: int, text: str) -> None:
    assert excerpt(value, length) == text


def test_damaged_names_are_searched_for_within_bounds() -> None:
    endless: dict[str, Any] = {f"na{MARK}me{n}": n for n in range(9)}
    endless["self"] = [endless, endless]
    wide = [{"members": [{}] * 100_000, f"na{MARK}me": 1}]

    of_endless = parse_items([endless], lambda _: event("1"), described, lambda _: None)
    of_wide = parse_items(wide, lambda _: event("1"), described, lambda _: None)

    assert of_endless.records[0].warnings == (f"member name0, name1, name2: {DAMAGED}",)
    assert of_wide.records[0].warnings == (f"member name: {DAMAGED}",)
