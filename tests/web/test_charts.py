"""The charts of the page: what attempts did on each day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from include.discovery.store.connection import Connection
from tests.support.builders import PARIS, source, stored_pair
from tests.web.page_support import Page, fail, sync


@pytest.fixture(autouse=True)
def attempts(conn: Connection) -> None:
    """Fill two days with attempts of three pairs."""
    krakow, paris = stored_pair(conn), stored_pair(conn, PARIS)
    opera = stored_pair(conn, source=source("opera"))
    sync(conn, krakow, "before", "a", "b")
    sync(conn, opera, "before", "x", complete=False)
    conn.execute(
        "UPDATE discovery.sync_runs SET started_at = started_at - interval '3 days',"
        " finished_at = started_at - interval '3 days' + interval '10 s'"
    )
    sync(conn, krakow, "now", "a", "b", "c")
    sync(conn, paris, "now", limit=1)
    fail(conn, paris, "later")
    conn.execute("UPDATE discovery.sync_runs SET requests = 2 WHERE dag_run_id = 'now'")


def days_of(page: Page, **query: Any) -> dict[int, dict[str, Any]]:
    """Return the days that had attempts, by how many days ago they are."""
    answer = page.get("/api/charts", **query)
    days = answer["days"]
    return {
        len(days) - 1 - place: day
        for place, day in enumerate(days)
        if day["complete"] + day["partial"] + day["failed"]
    }


def test_each_day_sums_up_the_attempts_of_all_pairs_without_trials(page: Page) -> None:
    found = days_of(page)

    assert found.keys() == {0, 3}
    assert (found[3]["complete"], found[3]["partial"], found[3]["failed"]) == (1, 1, 0)
    assert (found[3]["inserted"], found[3]["median_seconds"]) == (3, 10)
    assert found[3]["slow_seconds"] == 10
    assert (found[0]["complete"], found[0]["partial"], found[0]["failed"]) == (1, 0, 1)
    assert (found[0]["inserted"], found[0]["requests"]) == (1, 2)


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ({"city": "krakow"}, {0: 1, 3: 2}),
        ({"city": "paris"}, {0: 1}),
        ({"source": "opera"}, {3: 1}),
        ({"source": "theatres"}, {0: 2, 3: 1}),
        ({"city": "krakow", "source": "opera"}, {3: 1}),
        ({"city": "nowhere"}, {}),
        ({"days": 3}, {0: 2}),
    ],
)
def test_a_chart_is_of_a_city_a_source_or_all(
    page: Page, query: dict[str, Any], wanted: dict[int, int]
) -> None:
    found = days_of(page, **query)

    assert {
        ago: day["complete"] + day["partial"] + day["failed"] for ago, day in found.items()
    } == wanted


@pytest.mark.parametrize("days", [1, 30, 90])
def test_a_chart_has_every_day_up_to_today(page: Page, days: int) -> None:
    found = [day["day"] for day in page.get("/api/charts", days=days)["days"]]
    today = datetime.now(UTC).date()

    assert found == [str(today - timedelta(days=n)) for n in reversed(range(days))]


def test_a_day_without_an_attempt_has_no_duration(page: Page) -> None:
    yesterday = page.get("/api/charts")["days"][-2]

    assert yesterday["median_seconds"] is None
    assert yesterday["inserted"] == 0


def test_a_chart_of_more_than_90_days_is_refused(page: Page) -> None:
    assert page.ask("GET", "/api/charts", params={"days": 91}).status_code == 422
