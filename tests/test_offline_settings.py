"""Parsing a file needs no address, no key and no permission: stand-ins take their places."""

from __future__ import annotations

import pytest

from include.discovery.connectors import connector_for, kinds
from include.discovery.errors import InvalidSettings


@pytest.mark.parametrize("kind", [kind for kind in kinds() if kind != "json_feed"])
def test_no_kind_needs_settings_to_parse_a_file(kind: str) -> None:
    assert isinstance(connector_for(kind).parse_settings({}), connector_for(kind).settings_model)


def test_json_cannot_be_parsed_offline_without_a_map_of_fields() -> None:
    with pytest.raises(InvalidSettings, match="fields"):
        connector_for("json_feed").parse_settings({})


def test_the_address_of_the_file_stands_in_for_that_of_the_source() -> None:
    settings = connector_for("icalendar").parse_settings({}, "https://example.org/a.ics")

    assert settings.model_dump()["url"] == "https://example.org/a.ics"


def test_settings_that_are_given_offline_are_checked() -> None:
    with pytest.raises(InvalidSettings, match="horizon_days"):
        connector_for("icalendar").parse_settings({"horizon_days": 0})
