"""JMESPath: what is compiled gives what the library gives; what is malformed is refused early."""

from __future__ import annotations

from typing import Any

import jmespath
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from include.discovery.connectors.json_feed.map.paths import JsonPath, getter_of, is_false, mentions

NAMES = st.sampled_from(["a", "b", "c-d", "@id"])
SCALARS = st.sampled_from([None, True, False, 0, 1, 2.5, "", "x", "y z", [], {}])
DOCUMENTS = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=12,
)
EXPRESSIONS = [
    "a", "a.b", "a.b.a", '"c-d"."@id"', "@", "a[0]", "a[-1].b", "a.b[1]", "a || b",
    "a.b || b || a", "a && b", "!a", "!a || b", "`1`", "'x'", "a == `1`", "a != 'x'", "a == b",
    "a == `true`", "a == `null`", "a[].b", "a[*].b", "a[]", "a[*]", "a[][].b", "a[*][*]",
    "a[].b[].a", "a[*].b | [0]", "a | b", "a[?b == 'x'].a", "a.b == `false` && 'no'", "[a, b]",
    "{x: a, y: b}", "a[1:]", "type(a)", "not_null(a, b)", "to_string(a)", "a > `0`",
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("expression", EXPRESSIONS)
@given(document=DOCUMENTS)
def test_compiled_paths_find_what_the_library_finds(expression: str, document: Any) -> None:
    try:
        expected = jmespath.search(expression, document)
    except TypeError:
        with pytest.raises(ValueError, match="not supported"):
            getter_of(expression)(document)
    else:
        found = getter_of(expression)(document)
        assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("text", "parts"),
    [("a;b", ["a", "b"]), (" a ; ;b;", ["a", "b"]), ("", []), (None, []), ("a", ["a"])],
)
def test_split_separates_a_text_and_leaves_out_empty_parts(
    text: str | None, parts: list[str]
) -> None:
    assert getter_of("split(x, ';')")({"x": text}) == parts


def test_split_can_be_combined_with_other_expressions() -> None:
    assert getter_of("split(x, '/')[-1] || 'none'")({"x": "https://a.example/b/c"}) == "c"
    assert getter_of("split(x, '/')[-1] || 'none'")({}) == "none"


@pytest.mark.parametrize(
    ("malformed", "said"),
    [
        ("a..b", "'.b' is unexpected at character 3"),
        ("a b", "'b' is unexpected at character 3"),
        ("a[", "ends too early at character 3"),
        ("foo-bar", "'-bar' is unexpected at character 4"),
        ("", "should have at least 1 character"),
        ("shout(a)", r"calls shout\(\), which JMESPath does not have; there are: abs, "),
        ("[a, {x: shout(b)}]", r"calls shout\(\)"),
        ("(" * 1_500, "is not a JMESPath"),
        ("a." * 2_000, "should have at most 2000 characters"),
    ],
)
def test_a_malformed_path_is_refused_with_its_place(malformed: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        TypeAdapter(JsonPath).validate_python(malformed)


def test_a_function_that_cannot_work_on_a_value_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="join"):
        getter_of("join('/', a)")({"a": [1]})


@pytest.mark.parametrize(
    ("path", "does"),
    [
        ("occurrence.start", True),
        ("split(occurrence, '_')[0]", True),
        ("start || [occurrence]", True),
        ("a[1:3].occurrence", True),
        ("start", False),
        ("'occurrence'", False),
        ("{occurrence: start}", False),
    ],
)
def test_the_names_that_a_path_reads_are_known(path: str, does: bool) -> None:
    assert mentions(path, "occurrence") is does


@pytest.mark.parametrize(
    ("value", "so"), [(None, True), (False, True), ("", True), ([], True), ({}, True), (0, False)]
)
def test_zero_is_true_for_jmespath(value: Any, so: bool) -> None:
    assert is_false(value) is so
