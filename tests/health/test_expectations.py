"""What a person expects of a source: seasons, mutes and assertions, and how runs are judged."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from include.discovery.expectations import Assertion, Measure, Monitoring, Season
from include.discovery.health.measures import Measures, assess, propose_count, propose_shares
from include.discovery.model import Price
from tests.support.builders import WARSAW, event


def season(first: str, last: str) -> Season:
    return Season(first=first, last=last)


@pytest.mark.parametrize(
    ("first", "last", "day", "is_covered"),
    [
        ("07-01", "08-31", date(2026, 7, 1), True),
        ("07-01", "08-31", date(2026, 8, 31), True),
        ("07-01", "08-31", date(2026, 9, 1), False),
        ("12-20", "01-06", date(2026, 12, 31), True),
        ("12-20", "01-06", date(2027, 1, 6), True),
        ("12-20", "01-06", date(2027, 1, 7), False),
        ("02-29", "02-29", date(2028, 2, 29), True),
    ],
)
def test_a_season_covers_its_days_of_every_year(
    first: str, last: str, day: date, is_covered: bool
) -> None:
    assert season(first, last).covers(day) is is_covered


@pytest.mark.parametrize(
    "given",
    [
        {"expected_empty": [{"first": "7-1", "last": "08-31"}]},
        {"expected_empty": [{"first": "13-01", "last": "08-31"}]},
        {"expected_empty": [{"first": "07-01"}]},
        {"mute": {"until": "2026-12-24"}},
        {"mute": {"issue": "https://issues.example/1"}},
        {"mute": {"issue": "javascript:alert(1)", "until": "2026-12-24"}},
        {"assertions": {"events": {}}},
        {"assertions": {"events": {"least": 3, "most": 2}}},
        {"assertions": {"events": {"least": -1}}},
        {"assertions": {"speed": {"least": 1}}},
        {"silence": True},
    ],
)
def test_monitoring_that_cannot_be_meant_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Monitoring.model_validate(given)


def test_a_pair_has_what_its_source_says_with_its_own_on_top() -> None:
    of_source = Monitoring.model_validate(
        {
            "mute": {"issue": "https://issues.example/1", "until": "2026-12-24"},
            "expected_empty": [{"first": "07-01", "last": "08-31"}],
            "assertions": {"with_venue": {"least": 0.5}, "rejected": {"most": 0.1}},
        }
    )
    of_pair = Monitoring.model_validate(
        {
            "mute": {"issue": "https://issues.example/2", "until": "2026-12-01"},
            "assertions": {"with_venue": {"least": 0.9}},
        }
    )

    both = of_source.beneath(of_pair)

    assert both.mute is not None
    assert both.mute.issue == "https://issues.example/1", "the mute that lasts longer counts"
    assert both.expects_empty(date(2026, 7, 7))
    assert both.assertions[Measure.VENUE] == Assertion(least=0.9)
    assert both.assertions[Measure.REJECTED] == Assertion(most=0.1)


def test_a_mute_ends_with_its_last_day_and_a_muted_assertion_comes_back() -> None:
    monitoring = Monitoring.model_validate(
        {
            "mute": {"issue": "https://issues.example/1", "until": "2026-12-24"},
            "assertions": {"events": {"least": 5, "muted_until": "2026-12-24"}},
        }
    )

    assert monitoring.mute_on(date(2026, 12, 24)) == monitoring.mute
    assert monitoring.mute_on(date(2026, 12, 25)) is None
    assert monitoring.assertions_on(date(2026, 12, 24)) == {}
    assert set(monitoring.assertions_on(date(2026, 12, 25))) == {Measure.EVENTS}


def test_the_examples_in_the_guide_are_monitoring() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "alerts.md").read_text("utf-8")
    blocks = re.findall(r"^```yaml\n(.*?)^```", guide, re.MULTILINE | re.DOTALL)

    sections = [yaml.safe_load(block) for block in blocks]

    found = [entry for section in sections for entry in section.get("pairs", ())]
    found += [entry for section in sections for entry in section.get("sources", {}).values()]
    assert len(found) == len(blocks) == 3
    for entry in found:
        assert Monitoring.model_validate(entry["monitoring"]) != Monitoring()


def test_measures_count_what_events_have() -> None:
    midnight = datetime(2026, 12, 24, 0, 0, tzinfo=WARSAW)
    records = [
        event("1"),
        event("2", venue=None, price=Price(is_free=True)),
        event("3", starts_at=midnight.astimezone(UTC), warnings=("the year was guessed",)),
        event("4", starts_at=None, local_date=date(2026, 12, 24)),
    ]

    measures = Measures.of(records, rejected=1)

    assert measures == Measures(
        events=4, with_venue=3, with_time=3, with_price=1, at_midnight=1, with_warnings=1,
        rejected=1,
    )  # fmt: skip
    assert Measures.read((measures + measures).stored()).events == 8
    assert Measures.read({}) == Measures()


def test_shares_of_few_items_are_not_judged() -> None:
    assertions = {measure: Assertion(least=0.5, most=0.5) for measure in Measure}

    few = assess(Measures(events=9, rejected=0), assertions)
    many = assess(Measures(events=10, rejected=0), assertions)

    assert few.warnings == ("events is 9, asserted is at most 0.5",)
    assert len(many.warnings) == len(Measure)


def test_an_assessment_says_what_failed_and_what_is_only_strange() -> None:
    assertions = {
        Measure.EVENTS: Assertion(least=80, most=200),
        Measure.VENUE: Assertion(least=0.8),
        Measure.MIDNIGHT: Assertion(most=0.1),
    }

    found = assess(Measures(events=50, with_venue=45, at_midnight=30), assertions)

    assert found.failed == (Measure.EVENTS,)
    assert found.warnings == (
        "events is 50, asserted is at least 80",
        "at_midnight is 60%, asserted is at most 10%",
    )
    assert assess(Measures(events=80, with_venue=64, at_midnight=8), assertions).warnings == ()


def usual(events: int = 100, **counts: int) -> Measures:
    return Measures(**{"events": events, "with_venue": events, "with_time": events, **counts})


def test_bounds_are_proposed_from_what_is_usual() -> None:
    history = [usual(100 + n, with_price=2, at_midnight=20) for n in range(-3, 4)]

    shares = propose_shares([history, history])

    assert propose_count(history) == Assertion(least=80, most=200)
    assert shares == {
        Measure.VENUE: Assertion(least=0.8),
        Measure.TIME: Assertion(least=0.8),
        Measure.MIDNIGHT: Assertion(most=0.4),
        Measure.REJECTED: Assertion(most=0.1),
        Measure.WARNINGS: Assertion(most=0.1),
    }, "two of a hundred events with a price make no rule"


def test_one_bad_night_does_not_change_what_is_usual() -> None:
    good = [usual() for _ in range(8)]

    assert propose_count([Measures(events=3), *good]) == propose_count(good)
    assert propose_shares([[Measures(events=100), *good]]) == propose_shares([good])


def test_too_short_a_history_and_too_small_a_pair_propose_nothing() -> None:
    assert propose_count([usual()] * 4) is None
    assert propose_shares([[usual()] * 4]) == {}
    assert propose_count([usual(5)] * 9) is None
    assert propose_shares([[usual(5)] * 9]) == {}
    assert propose_count([usual(0)] * 9) is None
