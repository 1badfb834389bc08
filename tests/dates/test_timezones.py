"""Time zones by whatever name a source uses."""

from __future__ import annotations

from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.discovery.dates.timezones import zone_named


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("Europe/Warsaw", "Europe/Warsaw"),
        ("europe/WARSAW", "Europe/Warsaw"),
        (' "Europe/Warsaw" ', "Europe/Warsaw"),
        ("/mozilla.org/20050126_1/Europe/Berlin", "Europe/Berlin"),
        ("/freeassociation.sourceforge.net/America/Argentina/Buenos_Aires",
         "America/Argentina/Buenos_Aires"),
        ("Central European Standard Time", "Europe/Warsaw"),
        ("eastern standard time", "America/New_York"),
        ("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Amsterdam"),
        ("(UTC-05:00) Eastern Time (US & Canada)", "America/New_York"),
        ("(GMT-08:00) Pacific Time (US & Canada); Tijuana", "America/Los_Angeles"),
        ("(UTC+05:30) Chennai, Kolkata, Mumbai, New Delhi", "Asia/Kolkata"),
        ("(UTC-05:00) Indiana (East)", "America/Indiana/Indianapolis"),
        ("(UTC) Coordinated Universal Time", "UTC"),
        ("Z", "UTC"),
        ("utc", "UTC"),
        ("GMT", "UTC"),
        ("UTC+0", "UTC"),
        ("+00:00", "UTC"),
        ("-0000", "UTC"),
        ("UTC+2", "Etc/GMT-2"),
        ("GMT-05:00", "Etc/GMT+5"),
        ("+0200", "Etc/GMT-2"),
        ("UTC +14", "Etc/GMT-14"),
    ],
)  # fmt: skip
def test_names_of_zones_that_sources_use_are_known(name: str, zone: str) -> None:
    assert zone_named(name) == ZoneInfo(zone)


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "/",
        "Europe",
        "Mars/Olympus",
        "UTC+15",
        "UTC+5:30",
        "+99",
        "CEST",
        "../etc/passwd",
        "(UTC+03:00) Berlin",
        "(UTC+01:00) Nowhere",
    ],
)
def test_an_unknown_zone_is_none(name: str) -> None:
    assert zone_named(name) is None


def test_every_zone_is_found_by_its_own_name() -> None:
    names = available_timezones() - {"Zulu", "GMT", "Etc/UTC"}  # these are UTC by another name

    assert {name for name in names if zone_named(name) != ZoneInfo(name)} == set()


@given(st.one_of(st.text(), st.text("/.+-0123456789UTCgmtE uropZ", max_size=30)))
def test_a_hostile_name_of_a_zone_raises_nothing(name: str) -> None:
    zone = zone_named(name)

    assert zone is None or zone.key in available_timezones()
