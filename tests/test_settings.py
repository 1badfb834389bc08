"""Settings from environment variables."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta

import pytest

from include.discovery.errors import InvalidSettings
from include.discovery.settings import HELP, PREFIX, Settings


def test_without_variables_everything_has_its_default() -> None:
    assert Settings.from_environment({}) == Settings()


@pytest.mark.parametrize("value", ["", "  ", "\n"])
def test_an_empty_variable_leaves_the_default(value: str) -> None:
    assert Settings.from_environment({"DISCOVERY_MAX_PAIRS": value}) == Settings()


def test_each_setting_has_help() -> None:
    assert set(HELP) == {field.name for field in fields(Settings)}
    assert all(help_.text.endswith(".") for help_ in HELP.values())


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("contact", " https://example.org/me ", "https://example.org/me"),
        ("retry_delays", "1, 2.5,86400",
         (timedelta(seconds=1), timedelta(seconds=2.5), timedelta(days=1))),
        ("retry_spread", "0", timedelta(0)),
        ("failure_threshold", "0", 0.0),
        ("failure_threshold", "1", 1.0),
        ("max_pairs", "1", 1),
        ("auto_migrate", "TRUE", True),
        ("auto_migrate", "no", False),
    ],
)  # fmt: skip
def test_a_variable_sets_its_field(name: str, text: str, value: object) -> None:
    settings = Settings.from_environment({PREFIX + name.upper(): text})

    assert getattr(settings, name) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("retry_delays", "30,120"),
        ("retry_delays", "30,120,480,960"),
        ("retry_delays", "30;120;480"),
        ("retry_delays", "30,,480"),
        ("retry_delays", "-1,2,3"),
        ("retry_spread", "86401"),
        ("retry_spread", "nan"),
        ("retry_spread", "inf"),
        ("failure_threshold", "1.01"),
        ("failure_threshold", "-0.1"),
        ("failure_threshold", "nan"),
        ("failure_threshold", "50%"),
        ("max_pairs", "0"),
        ("max_pairs", "1.5"),
        ("max_pairs", "many"),
        ("auto_migrate", "maybe"),
    ],
)
def test_a_bad_value_is_refused_by_name_with_what_is_allowed(name: str, text: str) -> None:
    variable = PREFIX + name.upper()

    with pytest.raises(InvalidSettings) as error:
        Settings.from_environment({variable: text})

    assert str(error.value) == f"{variable}={text!r} is not {HELP[name].allowed}"


def test_variables_of_others_are_not_looked_at() -> None:
    assert Settings.from_environment({"MAX_PAIRS": "x", "DISCOVERY_NO_SUCH": "x"}) == Settings()
