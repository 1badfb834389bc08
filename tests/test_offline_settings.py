"""Parsing a file needs no address, no key and no permission: stand-ins take their places."""

from __future__ import annotations

import pytest

from include.discovery.connectors import connector_for, kinds
from include.discovery.errors import InvalidSettings
from include.discovery.offline import offline_settings


@pytest.mark.parametrize("kind", [kind for kind in kinds() if kind != "json_feed"])
def test_no_kind_needs_settings_to_parse_a_file(kind: str) -> None:
    assert isinstance(offline_settings(kind, {}), connector_for(kind).settings_model)


def test_without_a_map_of_fields_json_cannot_be_read() -> None:
    with pytest.raises(InvalidSettings, match="fields"):
        offline_settings("json_feed", {})


def test_the_address_of_the_file_stands_in_for_that_of_the_source() -> None:
    settings = offline_settings("icalendar", {}, "https://example.org/a.ics")

    assert settings.model_dump()["url"] == "https://example.org/a.ics"


def test_what_is_given_is_checked() -> None:
    with pytest.raises(InvalidSettings, match="horizon_days"):
        offline_settings("icalendar", {"horizon_days": 0})
    with pytest.raises(InvalidSettings, match="absolute http or https"):
        offline_settings("icalendar", {}, "example.org")
