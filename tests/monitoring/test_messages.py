"""What an alert says, in each of its forms."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

from include.discovery.expectations import Mute
from include.discovery.health.alerts import Closed, Condition, Decision, OpenAlert, Opened, Standing
from include.discovery.health.verdict import HealthState, Verdict
from include.discovery.model import SyncStats
from include.discovery.monitoring.messages import Places, late_message, message

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
PLACES = Places("https://airflow.example/", "https://docs.example/runbook")
HOSTILE = "<!channel> <script>alert(1)</script> {{ 7 * 7 }} & co"


def standing(
    city: str | None = "krakow", reason: str = "3 failed runs", **more: object
) -> Standing:
    values: dict[str, object] = {
        "category": "server",
        "stats": SyncStats(fetched=41, inserted=2, rejected={"no title": 3}),
        "log": ("night 1", 4, 2),
        **more,
    }
    verdict = Verdict(HealthState.FAILING, reason)
    return Standing(1, city, "opera", verdict, **values)  # type: ignore[arg-type]


def failing(city: str | None = "krakow", reason: str = "3 failed runs", **more: object) -> Opened:
    return Opened(standing(city, reason, **more), Condition.FAILING)


def test_a_message_says_why_with_counts_and_links() -> None:
    content = message(Decision(opened=(failing(),)), "night 1", NOW, PLACES)

    assert content["subject"] == "City discovery: 1 failing"
    assert content["text"] == (
        "Run night 1 https://airflow.example/dags/city_discovery/runs/night%201\n"
        "\n"
        "Failing (1)\n"
        "- krakow · opera: 3 failed runs [server]; last run: 41 fetched, 2 new, 0 updated,"
        " 3 rejected\n"
        "  page: https://airflow.example/plugin/discovery?view=pair&city=krakow&source=opera\n"
        "  log: https://airflow.example/dags/city_discovery/runs/night%201/tasks/sync/mapped/4"
        "?try_number=2\n"
        "  runbook: https://docs.example/runbook#server\n"
    )


def test_one_message_tells_everything_by_condition() -> None:
    since = OpenAlert(1, 1, Condition.EMPTY, NOW - timedelta(days=3))
    mute = Mute(issue="https://issues.example/1", until=date(2026, 12, 24))
    decision = Decision(
        opened=(failing(), failing(None), Opened(standing("paris"), Condition.EMPTY)),
        closed=(
            Closed(since, standing("rome"), "recovered"),
            Closed(since, standing("oslo"), "disabled"),
        ),
        muted=(Opened(standing("lodz", mute=mute), Condition.STALE, is_told=False),),
        still_open=(failing("bonn"),),
    )

    content = message(decision, "night 1", NOW, PLACES, unconfirmed=["City discovery: 2 stale"])

    assert content["subject"] == "City discovery: 2 failing, 1 empty, 1 recovered"
    text = content["text"]
    assert [line for line in text.splitlines() if line.endswith(")")] == [
        "Failing (2)", "Empty (1)", "Recovered (1)", "Muted (1)",
    ]  # fmt: skip
    assert "- rome · opera: was empty since 21 November, 06:00 UTC; 3 failed runs" in text
    assert "- lodz · opera: stale, muted until 2026-12-24" in text
    assert "Told before and still so: 1." in text
    assert "An earlier message may not have arrived: City discovery: 2 stale." in text
    assert "oslo" not in text
    pairs = json.loads(content["json"])["pairs"]
    assert [pair["condition"] for pair in pairs] == [
        "failing", "failing", "empty", "recovered", "muted",
    ]  # fmt: skip


def test_a_digest_tells_what_is_still_open_too() -> None:
    decision = Decision(still_open=(failing("bonn"),))
    states = {HealthState.FAILING: 1, HealthState.NEVER_RUN: 2}

    content = message(decision, "night 1", NOW, PLACES, states=states)

    assert content["subject"] == "City discovery: daily digest, 1 open"
    assert "- bonn · opera: 3 failed runs" in content["text"]
    assert "All pairs: 1 failing, 2 never run." in content["text"]


def test_texts_of_sources_are_no_markup_in_any_form() -> None:
    content = message(Decision(opened=(failing(reason=HOSTILE),)), "<b>", NOW, PLACES)

    assert "<script>" not in content["html"]
    assert "&lt;script&gt;" in content["html"]
    assert "<b>&lt;b&gt;" not in content["html"]
    assert "<!channel>" not in content["slack"]
    assert "&lt;!channel&gt;" in content["slack"]
    assert json.loads(content["json"])["pairs"][0]["reason"] == HOSTILE


def test_an_alert_names_the_section_of_the_runbook_where_no_address_is_known() -> None:
    content = message(Decision(opened=(failing(log=None),)), "night 1", NOW, Places())

    assert "http" not in content["text"]
    assert "runbook: docs/runbook.md#server" in content["text"]
    assert "runbook: docs/runbook.md#server" in content["html"]
    assert "runbook: docs/runbook.md#server" in content["slack"]


def test_a_message_of_very_many_pairs_is_cut() -> None:
    many = tuple(failing(f"city-{n}", "x" * 10_000) for n in range(300))

    content = message(Decision(opened=many), "night 1", NOW, PLACES)

    assert "Failing (300)" in content["text"]
    assert "and 275 more" in content["text"]
    assert all(len(form) < 40_000 for form in content.values())


def test_a_late_run_is_told_with_its_time() -> None:
    content = late_message("night 1", NOW - timedelta(minutes=5), NOW, PLACES)

    assert content["subject"] == "City discovery: the run is late"
    assert "It should have been over at 05:55 UTC, and is not." in content["text"]
    assert "https://docs.example/runbook#late" in content["html"]
