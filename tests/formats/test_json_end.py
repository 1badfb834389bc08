"""JSON that was cut short is distinguished from JSON that is complete or faulty otherwise."""

import json
from typing import Any

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from include.discovery.errors import BrokenOff
from include.discovery.formats.json_end import check_json_end

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
DOCUMENTS = st.lists(VALUES, min_size=1) | st.dictionaries(st.text(), VALUES, min_size=1)


@given(DOCUMENTS, st.booleans(), st.sampled_from(["", " \n", "\ufeff", ";"]))
def test_a_whole_document_is_not_taken_for_a_part(
    document: dict[str, Any] | list[Any], ascii_only: bool, around: str
) -> None:
    check_json_end(around + json.dumps(document, ensure_ascii=ascii_only) + around)


@given(DOCUMENTS, st.integers(min_value=1, max_value=10_000))
def test_a_document_without_its_end_is_cut_short(
    document: dict[str, Any] | list[Any], at: int
) -> None:
    text = json.dumps(document)
    half = text[: 1 + at % (len(text) - 1)]
    if half.count('"') % 2 and half.rstrip("; \t\r\n\ufeff").endswith(("}", "]")):
        reject()  # it may as well be a quote in a title that was not escaped
    with pytest.raises(BrokenOff):
        check_json_end(half)


@pytest.mark.parametrize(
    "text",
    [
        "", "null", "7", '"text', "<html>[", "Notice: x [", "}", "]",
        '{"a": 1} trailing [', '{"a": 1}{"b": [', "[1, 2,]", '{"a": "it\\\'s"}',
        '{"a": 1, // a comment with { and "\n "b": 2}', '{"a": /* [ */ 1}',
        '{"title": "a 5" screen"}', '{"a": "}',
    ],
)  # fmt: skip
def test_a_document_with_another_fault_is_left_to_its_reader(text: str) -> None:
    check_json_end(text)


@pytest.mark.parametrize(
    "text",
    ["{", "[", '[{"a": 1}', '[{"a": 1},', '{"items": [{"a": 1}, {"b"', '{"a": "half of a te',
     '{"a": "ends in a backslash \\', "[[[[", '{"a": {"b": 1}', '[1, /* cut'],
)  # fmt: skip
def test_a_document_that_ends_in_the_middle_is_broken_off(text: str) -> None:
    with pytest.raises(BrokenOff):
        check_json_end(text)
