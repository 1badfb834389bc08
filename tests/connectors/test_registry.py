"""The registry: a folder with a connector is a kind, and nothing else has to know of it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from include.discovery import connectors
from include.discovery.connectors import connector_for, kinds
from include.discovery.connectors.base import Connector, ConnectorSettings
from include.discovery.errors import InvalidSettings

PRESETS = Path(connectors.__path__[0], "presets")

NEW_KIND = '''
"""A new kind of source."""

from include.discovery.connectors.base import Connector, ConnectorSettings
from include.discovery.parsed import Parsed


class {name}(Connector[ConnectorSettings]):
    kind = "{kind}"
    settings_model = ConnectorSettings

    def parse(self, body, context):
        return Parsed()

    async def pages(self, context, fetch):
        return
        yield
'''


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Add a folder to the package for the time of a test."""
    monkeypatch.setattr(connectors, "__path__", [*connectors.__path__, str(tmp_path)])
    before = set(sys.modules)
    kinds.cache_clear()
    connector_for.cache_clear()
    yield tmp_path
    kinds.cache_clear()
    connector_for.cache_clear()
    for name in set(sys.modules) - before:
        if name.startswith(f"{connectors.__name__}."):
            del sys.modules[name]


def test_each_folder_with_a_connector_is_a_kind_and_shared_modules_are_none() -> None:
    assert {"events_calendar", "icalendar", "ticketmaster"} <= set(kinds())
    assert list(kinds()) == sorted(kinds())
    assert not {"base", "paging", "preset", "presets"} & set(kinds())


@pytest.mark.parametrize("kind", kinds())
class TestEachKind:
    """What the rest of the system relies on."""

    def test_each_kind_is_named_after_its_folder(self, kind: str) -> None:
        connector = connector_for(kind)

        assert isinstance(connector, Connector)
        assert connector.kind == kind
        is_preset = (PRESETS / f"{kind}.yaml").exists()
        folder = "json_feed" if is_preset else kind
        assert type(connector).__module__ == f"{connectors.__name__}.{folder}.connector"

    def test_every_setting_of_each_kind_has_help(self, kind: str) -> None:
        model = connector_for(kind).settings_model

        assert issubclass(model, ConnectorSettings)
        assert [n for n, field in model.model_fields.items() if not field.description] == []

    def test_each_kind_has_a_data_sheet(self, kind: str) -> None:
        sheet = connector_for(kind).data_sheet

        told = re.findall(r"^([A-Z][a-z ]+)(?::|$)", sheet, re.MULTILINE)
        assert {
            "Provides", "Endpoint", "Auth", "Rate limit", "External id", "Time zone",
            "Known quirks",
        } <= set(told)  # fmt: skip


def add_kind(folder: Path, name: str, kind: str) -> None:
    (folder / name).mkdir()
    (folder / name / "connector.py").write_text(NEW_KIND.format(name="Board", kind=kind))


def test_a_new_kind_is_a_new_folder(folder: Path) -> None:
    add_kind(folder, "village_board", "village_board")

    assert "village_board" in kinds()
    assert connector_for("village_board").kind == "village_board"


def test_a_kind_is_imported_once() -> None:
    assert connector_for("icalendar") is connector_for("icalendar")


def test_an_unknown_kind_is_answered_with_the_existing_ones() -> None:
    with pytest.raises(InvalidSettings, match=r"unknown kind 'gopher'; there are: .*, icalendar, "):
        connector_for("gopher")


@pytest.mark.parametrize("kind", ["base", "ticketmaster.paging", "", "..icalendar", "os"])
def test_a_module_that_is_no_kind_is_not_imported(kind: str) -> None:
    with pytest.raises(InvalidSettings, match="unknown kind"):
        connector_for(kind)


def test_a_folder_without_its_connector_is_an_error(folder: Path) -> None:
    add_kind(folder, "misnamed", "other")

    with pytest.raises(TypeError, match="defines no Connector with kind = 'misnamed'"):
        connector_for("misnamed")
