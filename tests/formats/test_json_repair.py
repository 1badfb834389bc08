"""JSON as it is found: what is valid costs nothing, what is broken is repaired or refused."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.discovery.formats import json_repair
from include.discovery.formats.json_repair import Repaired, UnrepairableJson, loads_repaired

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
documents = st.dictionaries(st.text(), json_values, min_size=1, max_size=4) | st.lists(
    json_values, min_size=1, max_size=4
)
PIECES = ['"', "\\", "\\'", "{", "}", "[", "]", ",", ":", "//", "/*", "*/", "<!--", "-->", "&quot;",
          "<![CDATA[", "]]>", "\n", " ", "1", "NaN", "true", "a", "\ufeff", "\x00"]  # fmt: skip
hostile = st.one_of(
    st.text(), st.binary(), st.lists(st.sampled_from(PIECES), max_size=40).map("".join)
)


@given(json_values)
def test_valid_json_is_read_unchanged(value: Any) -> None:
    assert loads_repaired(json.dumps(value)) == Repaired(value)
    assert loads_repaired(json.dumps(value).encode("utf-16")) == Repaired(value)


def test_valid_json_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read = []
    real = json.loads
    monkeypatch.setattr(
        json_repair.json, "loads", lambda *given, **more: read.append(1) or real(*given, **more)
    )
    loads_repaired('{"name": "Koncert"}')
    assert read == [1]


@given(hostile)
def test_any_text_is_read_or_refused(text: bytes | str) -> None:
    try:
        once = loads_repaired(text)
    except UnrepairableJson:
        return
    in_json = json.dumps(once.value)
    assert "Infinity" in in_json or loads_repaired(in_json) == Repaired(once.value)


@pytest.mark.parametrize(
    ("text", "value", "repair"),
    [
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}, None),
        ('\ufeff{"a": 1}', {"a": 1}, None),
        ('{"a": "Łódź"}'.encode("utf-16"), {"a": "Łódź"}, None),
        ('{"a": "café"}'.encode("cp1252"), {"a": "café"}, "not UTF-8, read as Windows-1252"),
        ('<![CDATA[{"a": 1}]]>', {"a": 1}, "CDATA removed"),
        ('//<![CDATA[\n[{"a": 1}]\n//]]>', [{"a": 1}], "CDATA removed"),
        ('/*<![CDATA[*/ {"a": 1} /*]]>*/', {"a": 1}, "CDATA removed"),
        ('<!-- {"a": 1} -->', {"a": 1}, "HTML comment removed"),
        ('{"a": 1,}', {"a": 1}, "superfluous commas removed"),
        ('[1, 2, ]', [1, 2], "superfluous commas removed"),
        ('[,1,,2]', [1, 2], "superfluous commas removed"),
        ('{"a": [1, 2], // doors\n "b": 3}', {"a": [1, 2], "b": 3}, "comments removed"),
        ('{"a": 1, /* "b": 2, */ "c": 3}', {"a": 1, "c": 3}, "comments removed"),
        ('{"a": 1, /* last */ }', {"a": 1}, "superfluous commas removed"),
        (r'{"a": "Rock \'n\' Roll"}', {"a": "Rock 'n' Roll"}, "invalid escapes corrected"),
        (r'{"a": "C:\dir"}', {"a": r"C:\dir"}, "invalid escapes corrected"),
        (r'{"a": "\u12, \" and \\"}', {"a": '\\u12, " and \\'}, "invalid escapes corrected"),
        ('{"a": "one\\\ntwo"}', {"a": "onetwo"}, "invalid escapes corrected"),
        ('{"a": "one\n\ttwo"}', {"a": "one\n\ttwo"}, "control characters in strings accepted"),
        ('{&quot;a&quot;: &quot;x &amp;amp; y&quot;}', {"a": "x &amp; y"}, "HTML entities decoded"),
        ('{"a": 1}\n{"a": 2}', [{"a": 1}, {"a": 2}], "several JSON documents read as a list"),
        ('{"a": 1}, {"a": 2};', [{"a": 1}, {"a": 2}], "several JSON documents read as a list"),
        (
            'Notice: Undefined index [x] in {main} on line <b>5</b>\n{"a": [1]}',
            {"a": [1]},
            "text before the JSON skipped",
        ),
        ('window.data = {"a": 1};', {"a": 1}, "text before the JSON skipped"),
        ('{"a": 1}<!-- served in 0.1 s -->', {"a": 1}, "text after the JSON skipped"),
        ('{"a": 1}}', {"a": 1}, "text after the JSON skipped"),
        ('{"a": NaN}', {"a": None}, "NaN read as null"),
        ('{"a": -Infinity}', {"a": None}, "-Infinity read as null"),
    ],
)  # fmt: skip
def test_each_known_fault_is_repaired_and_named(
    text: bytes | str, value: dict[str, Any] | list[Any], repair: str | None
) -> None:
    found = loads_repaired(text)
    assert found.value == value
    assert (repair in found.repairs) if repair else not found.repairs


@pytest.mark.parametrize(
    "text", ['{"a": "x // y /* z */ , ]"}', '{"a": "&quot;", "b": ",}"}', '{"a": "<!-- -->"}']
)
def test_text_inside_a_string_that_looks_like_a_fault_is_not_changed(text: str) -> None:
    value = json.loads(text)
    assert loads_repaired(text) == Repaired(value)
    assert loads_repaired(text[:-1] + ",}").value == value


@given(documents, st.data())
def test_superfluous_commas_and_comments_cost_no_value(
    value: dict[str, Any] | list[Any], data: st.DataObject
) -> None:
    lines = json.dumps(value, indent=0).split("\n")
    at = data.draw(st.integers(1, len(lines) - 1))
    noise = data.draw(st.sampled_from(["// note", "/* , ] } */", "/*\n*/", "<!-- x -->"]))
    damaged = "\n".join((*lines[:at], noise, *lines[at:-1])) + ",\n" + lines[-1]
    assert loads_repaired(damaged).value == value


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("", 1, 1),
        ("not JSON {{{", 1, 1),
        ('{"a": 1', 1, 8),
        ('{\n"a": "He said "no" to it"}', 2, 16),
        ("{'a': 1}", 1, 2),
        ('[{"a": 1}, {"b": ', 1, 18),
        ("[" * 100_000, 1, 1),
        ('{"a":' * 100_000, 1, 1),
        ("{" + '"a":[{' * 100_000, 1, 1),
    ],
)
def test_json_that_cannot_be_read_without_guessing_is_refused_with_its_place(
    text: str, line: int, column: int
) -> None:
    with pytest.raises(UnrepairableJson) as caught:
        loads_repaired(text)
    assert (caught.value.line, caught.value.column) == (line, column)


@pytest.mark.parametrize(
    "text",
    ['Notice\n[{"a": 1}, {"b": 2', 'Notice\n{"list": [{"a": "bad "x""}, {"b": 2}]}'],
)
def test_a_part_of_a_document_is_not_taken_for_the_whole(text: str) -> None:
    with pytest.raises(UnrepairableJson):
        loads_repaired(text)


EVENTS = '{"events": [{"a": 1, "media": [0, 0]}, {"a": 2, "media": [{"b": 3}]}], "total": 2}'


@pytest.mark.parametrize("text", [EVENTS, json.dumps(json.loads(EVENTS)["events"])])
def test_a_document_with_a_wrong_character_is_never_read_in_part(text: str) -> None:
    """A list whose comma is damaged would pass for a shorter one that is whole."""
    values = [json.loads(text)]
    for at in range(len(text)):
        for wrong in ("\xff", "\x00", "<", "x", ""):
            with suppress(UnrepairableJson):
                values.append(loads_repaired(text[:at] + wrong + text[at + 1 :]).value)

    assert {items_in(value) for value in values} == {2}


def items_in(value: dict[str, Any] | list[dict[str, Any]]) -> int:
    """Count the items of the list or of the listing that was damaged, whatever names are left."""
    lists = [value] if isinstance(value, list) else [v for v in value.values() if v != [0, 0]]
    return len(next(one for one in lists if isinstance(one, list)))


@pytest.mark.parametrize(
    "text",
    [
        '[{"a": 1} {"a": 2}]',
        '[{"a": 1}; {"a": 2}]',
        '{"a": 1} and then {"b": 2}',
        '{"a": 1}\n{"b": 2',
        'Notice: {"a": 1} is {"b": 2}',
    ],
)
def test_text_around_the_json_that_is_json_itself_is_not_skipped(text: str) -> None:
    with pytest.raises(UnrepairableJson):
        loads_repaired(text)


def test_documents_beyond_the_bound_are_not_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_repair, "_MOST_DOCUMENTS", 3)

    assert len(loads_repaired('{"a": 1}\n' * 3).value) == 3
    with pytest.raises(UnrepairableJson):
        loads_repaired('{"a": 1}\n' * 4)


def test_a_broken_second_document_is_repaired_and_not_dropped() -> None:
    assert loads_repaired('{"a": 1}\n{"b": 2,}').value == [{"a": 1}, {"b": 2}]


def test_a_number_of_too_many_digits_costs_only_itself() -> None:
    found = loads_repaired(f'{{"big": 1e999, "a": {"9" * 5000}, "b": 7}}')

    assert found.value == {"big": None, "a": None, "b": 7}
    assert found.repairs == (
        "number too large read as null",
        "number of too many digits read as null",
    )


@pytest.mark.parametrize("number", ["1e999", "-1E+400", "9" * 400 + ".5"])
def test_a_float_beyond_the_range_is_null_and_not_infinity(number: str) -> None:
    found = loads_repaired(f"[{number}, 1e300]")

    assert found.value == [None, 1e300]
    assert found.repairs == ("number too large read as null",)


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    ['"', '{"', "/*", "{,", "[,", "{\\", '{"\\"', "<!--", "{ ,", "[/*", '{"a":"', "[1", "{/*<!--",
     '{"a":1}', "//", "&quot;", "]]>"],
)  # fmt: skip
def test_hostile_text_is_read_in_linear_time(piece: str) -> None:
    started = time.process_time()
    for text in (piece * 100_000, "{" + piece * 100_000, '{"' + piece * 100_000):
        with suppress(UnrepairableJson):
            loads_repaired(text)
    assert time.process_time() - started < 5
