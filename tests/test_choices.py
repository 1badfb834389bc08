"""The file from which the DAG's trigger form knows cities and sources."""

from __future__ import annotations

from pathlib import Path

import pytest

from include.discovery.choices import LARGEST, Choices, read_choices, write_choices

OFFERED = Choices({"krakow": "Kraków"}, {"theatres": "Theatres", "opera": "Opera"})


def test_choices_are_read_as_they_were_written(tmp_path: Path) -> None:
    file = str(tmp_path / "choices.json")
    write_choices(file, Choices())
    write_choices(file, OFFERED)

    assert read_choices(file) == OFFERED
    assert [path.name for path in tmp_path.iterdir()] == ["choices.json"]
    assert Path(file).stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("file", [None, "", "/nowhere/choices.json", "/", "/proc/self/mem"])
def test_the_trigger_form_offers_no_choices_without_a_file_of_choices(file: str | None) -> None:
    assert read_choices(file) == Choices()


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", "7", "{}", '{"cities": {}}', '{"cities": [], "sources": {}}',
        '{"cities": null, "sources": null}', "[" * 100_000, '"' + "x" * LARGEST + '"', "\udcff",
    ],
)  # fmt: skip
def test_a_file_that_is_damaged_offers_nothing(tmp_path: Path, text: str) -> None:
    file = tmp_path / "choices.json"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))

    assert read_choices(str(file)) == Choices()


def test_a_file_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "choices.json").mkdir()

    with pytest.raises(OSError, match=r"choices\.json"):
        write_choices(str(tmp_path / "choices.json"), OFFERED)

    assert [path.name for path in tmp_path.iterdir()] == ["choices.json"]
