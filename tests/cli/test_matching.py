"""``match``: listings as JSON lines in, the same lines with their cluster out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command_support import Run, json_lines
from tests.support.builders import event


def listing(external_id: str, **changes: Any) -> dict[str, Any]:
    return event(external_id, title="Tidal Choir", **changes).model_dump(mode="json")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "listings.jsonl"


def write(file: Path, *lines: object) -> None:
    texts = (line if isinstance(line, str) else json.dumps(line) for line in lines)
    file.write_text("".join(f"{text}\n" for text in texts), "utf-8")


def test_every_line_comes_back_in_its_place_with_a_cluster(run: Run, file: Path) -> None:
    lines = [
        {**listing("1"), "source": "theatres", "city": "krakow"},
        {**listing("2", venue=None), "title": "Łódzki Jarmark", "source": "portal"},
        {**listing("3"), "source": "portal", "city": "krakow"},
    ]
    write(file, *lines)

    done = run("match", file)

    assert done.status == 0
    found = json_lines(done.out)
    assert [{**line, "cluster": None} for line in found] == [
        {**line, "cluster": None} for line in lines
    ]
    clusters = [line["cluster"] for line in found]
    assert clusters[0] == clusters[2] != clusters[1]


def test_lines_of_parse_need_no_source_and_no_city(run: Run, file: Path) -> None:
    write(file, listing("1"), listing("2"))

    done = run("match", file)

    assert done.status == 0
    assert {"cluster", "external_id"} <= json_lines(done.out)[0].keys()


def test_what_match_printed_can_be_matched_again(run: Run, file: Path) -> None:
    write(file, {**listing("1"), "source": "a"}, {**listing("2"), "source": "b"})
    first = run("match", file).out
    file.write_text(first, "utf-8")

    assert run("match", file).out == first


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 2: not JSON"),
        ("[1]", "line 2: not a JSON object"),
        ('{"title": "Choir"}', "line 2: external_id: Field required"),
        (json.dumps({**listing("9"), "starts_at": None}), "line 2: starts_at is given exactly"),
    ],
)
def test_a_line_that_is_no_listing_is_named_and_the_others_are_matched(
    run: Run, file: Path, line: str, said: str
) -> None:
    write(file, listing("1"), line, "", listing("3"))

    done = run("match", file)

    assert done.status == 1
    assert said in done.err
    assert [one["external_id"] for one in json_lines(done.out)] == ["1", "3"]


def test_a_file_that_is_missing_is_named(run: Run, file: Path) -> None:
    done = run("match", file)

    assert done.status == 2
    assert str(file) in done.err


def test_the_judgements_are_told_instead_of_the_lines(run: Run, file: Path) -> None:
    write(file, {**listing("1"), "source": "a"}, {**listing("2"), "source": "b"})

    done = run("match", file, "--explain")

    (judgement,) = json_lines(done.out)
    assert judgement.keys() == {"first", "second", "verdict", "score", "rule", "features"}
    assert (judgement["first"], judgement["second"]) == ("1", "2")
    assert judgement["verdict"] == "same"
