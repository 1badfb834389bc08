"""Settings are checked by the model of their kind; stand-ins serve to parse a file.

Parsing needs no address, no key and no permission.
"""

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


class TestValidated:
    """Settings of any origin are checked by the connector's own model."""

    def test_valid_settings_are_returned_typed(self) -> None:
        settings = connector_for("icalendar").validated(
            {"url": "https://example.org/", "horizon_days": "7"}
        )

        assert settings.horizon_days == 7

    @pytest.mark.parametrize(
        ("kind", "settings", "message"),
        [
            ("icalendar", {}, "settings of krakow · archive: url: Field required"),
            ("icalendar", {"url": "https://a.example/", "max_body_mb": 0},
             ("settings of krakow · archive: max_body_mb: Input should be greater than or equal to "
             "1 (found 0)")),
            ("icalendar", {"url": "https://a.example/", "x": 1},
             "settings of krakow · archive: x: unknown setting; icalendar has: horizon_days, "),
            ("smoke", {}, "unknown kind 'smoke'; there are: "),
        ],
    )  # fmt: skip
    def test_invalid_settings_are_explained(
        self, kind: str, settings: dict[str, object], message: str
    ) -> None:
        with pytest.raises(InvalidSettings) as error:
            connector_for(kind).validated(settings, owner="krakow · archive")  # type: ignore[arg-type]

        assert str(error.value).startswith(message)

    def test_a_fault_of_settings_without_a_source_names_the_kind(self) -> None:
        with pytest.raises(
            InvalidSettings, match=r"^settings of kind icalendar: url: Field required"
        ):
            connector_for("icalendar").validated({})


def test_a_setting_that_breaks_a_pattern_is_not_answered_with_the_pattern() -> None:
    settings = {"url": "https://a.example/feed", "language": "deutsch!"}

    (fault,) = connector_for("rss").settings_faults(settings)

    assert fault.path == ("language",)
    assert fault.message == "is not written as it must be (found 'deutsch!')"
