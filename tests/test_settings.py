"""Settings from environment variables."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from ipaddress import ip_network

import pytest

from include.discovery.errors import InvalidSettings
from include.discovery.settings import HELP, PREFIX, Settings


def test_settings_without_variables_have_their_defaults() -> None:
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
        ("schedule", "@hourly", "0 * * * *"),
        ("schedule", "0 */6 * * *", "0 */6 * * *"),
        ("schedule_timezone", "Europe/Warsaw", "Europe/Warsaw"),
        ("retry_delays", "1, 2.5,86400",
         (timedelta(seconds=1), timedelta(seconds=2.5), timedelta(days=1))),
        ("retry_spread", "0", timedelta(0)),
        ("failure_threshold", "0", 0.0),
        ("failure_threshold", "1", 1.0),
        ("max_pairs", "1", 1),
        ("pairs_per_task", "icalendar=50, rss=20", {"icalendar": 50, "rss": 20}),
        ("private_hosts", "127.0.0.1, feeds.internal 10.2.0.0/16",
         (ip_network("127.0.0.1/32"), "feeds.internal", ip_network("10.2.0.0/16"))),
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
        ("schedule", "hourly"),
        ("schedule", "0 0 * *"),
        ("schedule_timezone", "Warsaw"),
        ("private_hosts", "10.2.0.0/33"),
        ("pairs_per_task", "50"),
        ("pairs_per_task", "icalendar=0"),
        ("private_hosts", "http://feeds.internal"),
        ("private_hosts", "127.0.0.1:8000"),
        ("private_hosts", "true"),
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
def test_an_invalid_value_is_refused_by_name_with_what_is_allowed(name: str, text: str) -> None:
    variable = PREFIX + name.upper()

    with pytest.raises(InvalidSettings) as error:
        Settings.from_environment({variable: text})

    assert str(error.value) == f"{variable}={text!r} is not {HELP[name].allowed}"


def test_unknown_variables_are_ignored() -> None:
    assert Settings.from_environment({"MAX_PAIRS": "x", "DISCOVERY_NO_SUCH": "x"}) == Settings()


@pytest.mark.parametrize("value", ["true", "false", "1"])
def test_the_variable_that_allowed_all_private_addresses_is_refused_with_what_to_set(
    value: str,
) -> None:
    with pytest.raises(
        InvalidSettings, match=r"no longer read.*DISCOVERY_PRIVATE_HOSTS, such as 127"
    ):
        Settings.from_environment({"DISCOVERY_ALLOW_PRIVATE_ADDRESSES": value})
