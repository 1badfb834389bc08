"""Answers as a whole: where the items are, and what is there instead of them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.discovery.connectors.json_feed.map.answer import (
    count_at,
    error_in,
    items_of,
    items_offline,
    read_document,
    token_at,
)
from include.discovery.connectors.json_feed.map.fields import FieldMap
from include.discovery.errors import (
    AuthenticationFailed,
    DiscoveryError,
    RateLimited,
    UnreadableResponse,
)

FIELDS = FieldMap(external_id="id", title="title", starts_at="start")
ITEM = {"id": 7, "title": "Night of maps"}


@pytest.mark.parametrize(
    ("body", "value"),
    [(b'{"a": 1}', {"a": 1}), (b"\xef\xbb\xbf[1]", [1]), (b"[]", []), ('{"ł": 1}'.encode("utf-16"),
     {"ł": 1})],
)  # fmt: skip
def test_a_json_document_is_read(body: bytes, value: dict[str, Any] | list[int]) -> None:
    document = read_document(body)

    assert (document.value, document.repairs) == (value, ())


def test_a_repaired_document_names_its_repairs() -> None:
    document = read_document(b'{"a": "d\\\'or",}')

    assert document.value == {"a": "d'or"}
    assert document.repairs


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "the answer is empty"),
        (b" \n", "the answer is empty"),
        (b"<!DOCTYPE html><title>Just a\n moment</title>", "page titled 'Just a moment', not JSON"),
        (b"<?xml version='1.0'?><e/>", "an HTML or XML page, not JSON"),
        (b"Service moved", "not valid JSON: .* begins 'Service moved'"),
        (b"[" * 200_000 + b"]" * 200_000, "nested too deeply"),
        (b"[" * 200_000, "nested too deeply"),
    ],
)
def test_a_document_that_is_no_json_is_described(body: bytes, said: str) -> None:
    with pytest.raises(UnreadableResponse, match=said):
        read_document(body)


def test_items_are_found_by_the_path() -> None:
    assert items_of({"data": {"rows": [1, 2]}}, "data.rows") == [1, 2]
    assert items_of([], "@") == []


@pytest.mark.parametrize("document", [{"rows": None}, {"rows": {"a": 1}}, {}, [1], None, 7])
def test_a_document_without_a_list_of_items_is_described(document: Any) -> None:
    with pytest.raises(UnreadableResponse, match="there is no list of items at 'rows': the answer"):
        items_of(document, "rows")


@pytest.mark.parametrize(
    ("document", "kind", "said"),
    [
        ({"error": "dataset gone"}, UnreadableResponse, "error: dataset gone"),
        ({"errors": [{"message": "no such field"}]}, UnreadableResponse, "no such field"),
        ({"error": {"code": 3, "message": "bad area"}}, UnreadableResponse, "bad area"),
        ({"success": False, "info": 1}, UnreadableResponse, '"info": 1'),
        ({"success": False, "error": {"__type": "x", "message": "Not found"}}, UnreadableResponse,
         "Not found"),
        ({"status": "error", "message": "Bad API key"}, AuthenticationFailed, "Bad API key"),
        ({"error": True, "message": "Rate limit exceeded"}, RateLimited, "Rate limit exceeded"),
        ({"fault": {"faultstring": "x", "detail": "too many requests"}}, RateLimited, "too many"),
        ({"error_code": "InvalidParameter", "message": "offset"}, UnreadableResponse, "offset"),
    ],
)  # fmt: skip
def test_an_error_in_an_answer_with_status_200_is_an_error(
    document: dict[str, Any], kind: type[Exception], said: str
) -> None:
    with pytest.raises(kind, match=said):
        items_of({**document, "rows": []}, "rows")


@pytest.mark.parametrize(
    "document",
    [{"rows": [1], "errors": [{"message": "one facet is missing"}]}, {"rows": [], "error": 0},
     {"rows": [], "error": None, "success": True}, {"rows": [], "errors": []}],
)  # fmt: skip
def test_items_next_to_an_empty_or_partial_error_are_items(document: dict[str, Any]) -> None:
    assert items_of(document, "rows") == document["rows"]


def test_only_an_object_can_hold_an_error() -> None:
    assert error_in(["error"]) is None


@pytest.mark.parametrize(
    ("document", "items"),
    [
        ({"rows": [ITEM]}, [ITEM]),
        ({"rows": []}, []),
        ([ITEM, ITEM], [ITEM, ITEM]),
        (ITEM, [ITEM]),
        ({"event": ITEM}, [ITEM]),
        ({"status": "ok", "event": ITEM}, [ITEM]),
    ],
)
def test_a_file_may_be_a_page_a_list_or_an_item(
    document: dict[str, Any] | list[dict[str, Any]], items: list[dict[str, Any]]
) -> None:
    assert items_offline(document, "rows", FIELDS) == items


@pytest.mark.parametrize(
    "document",
    [{}, {"id": 7}, {"title": "A place"}, {"id": None, "title": "x"}, {"a": ITEM, "b": ITEM}, 5,
     "rows", None, {"rows": "none"}],
)  # fmt: skip
def test_a_file_of_another_form_is_refused_with_what_was_looked_for(document: Any) -> None:
    looked_for = "looked for a list at 'rows', a list of items, an item with 'id' and 'title'; "

    with pytest.raises(UnreadableResponse, match=looked_for):
        items_offline(document, "rows", FIELDS)


@pytest.mark.parametrize("path", ["@", "[]", "length(@)"])
def test_a_single_item_is_read_whatever_the_path_of_the_list_is(path: str) -> None:
    assert items_offline(ITEM, path, FIELDS) == [ITEM]


@pytest.mark.parametrize(
    ("value", "count"),
    [(5, 5), ("12", 12), (0, 0), (-1, None), (True, None), ("many", None), (None, None),
     (2.5, None), (10**12, None), ("9" * 5000, None)],
)  # fmt: skip
def test_a_total_is_read_as_a_count_or_none(value: Any, count: int | None) -> None:
    assert count_at({"n": value}, "n") == count
    assert count_at({"n": value}, None) is None


@pytest.mark.parametrize(
    ("value", "token"),
    [("abc", "abc"), (17, "17"), ([1, "b"], ("1", "b")), ("", None), (None, None), ([], None),
     (False, None), ({"a": 1}, None)],
)  # fmt: skip
def test_a_cursor_is_read_as_text_or_none(value: Any, token: Any) -> None:
    assert token_at({"next": value}, "next") == token


@given(st.binary(max_size=60) | st.builds(lambda v: json.dumps(v).encode(), st.recursive(
    st.none() | st.booleans() | st.text(max_size=5) | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["error", "rows", "id", "title", "status"]), inner, max_size=3),
)))  # fmt: skip
def test_any_body_is_a_list_of_items_or_a_failure_with_a_message(body: bytes) -> None:
    try:
        document = read_document(body).value
        assert isinstance(items_offline(document, "rows", FIELDS), list)
        items_of(document, "rows")
    except DiscoveryError as error:
        assert str(error)  # noqa: PT017  either is right
