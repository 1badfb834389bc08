"""Who changed the configuration, and who triggered runs."""

from __future__ import annotations

from sqlalchemy.engine import Engine

from include.discovery.store.connection import Connection
from tests.support.builders import stored_pair
from tests.web.metadata_support import add_run
from tests.web.page_support import Page


def test_the_changes_include_manual_runs(page: Page, metadata: Engine) -> None:
    add_run(metadata, "manual__1", [], run_type="manual", who="ada", conf={"force": True})
    add_run(metadata, "scheduled__1", [])

    (trigger,) = page.get("/api/changes")["triggers"]

    assert trigger["triggered_by"] == "ada"
    assert trigger["conf"] == {"force": True}
    assert trigger["run_path"] == "dags/city_discovery/runs/manual__1"


def test_changes_have_the_values_before_and_after_and_come_in_pages(
    page: Page, conn: Connection
) -> None:
    stored_pair(conn)
    for n, enabled in enumerate((False, True, False), start=1):
        page.ask("PUT", "/api/cities/krakow/enabled", json={"enabled": enabled, "version": n})

    first = page.get("/api/changes", limit=2)
    second = page.get("/api/changes", limit=2, before=first["next_before"])

    assert first["changes"][0]["summary"] == "~ city krakow: enabled true → false"
    assert first["changes"][0]["before"]["enabled"] is True
    assert len(second["changes"]) == 1
    assert second["next_before"] is None
    assert second["triggers"] is None
