"""Sources on the page: the list with the forms of their kinds, and their edits."""

from __future__ import annotations

from typing import Any

import pytest

from include.discovery.store.connection import Connection
from tests.support.builders import source, stored_pair
from tests.web.page_support import SOURCE, Page, paths, without


def test_each_source_comes_with_the_data_sheet_and_form_of_its_kind(
    page: Page, conn: Connection
) -> None:
    stored_pair(conn)

    answer = page.get("/api/sources")

    (theatres,) = answer["sources"]
    assert (theatres["pairs"], theatres["active_pairs"]) == (1, 1)
    kinds = {row["kind"]: row for row in answer["connectors"]}
    assert kinds["icalendar"]["sources"] == ["theatres"]
    assert kinds["ticketmaster"]["needs_connection"] == "required"
    url = kinds["icalendar"]["settings_schema"]["properties"]["url"]
    assert url["description"].startswith("URL of the feed")
    for row in kinds.values():
        assert row["summary"]
        assert [section["title"] for section in row["data_sheet"]] == [
            "Provides", "Endpoint", "Auth", "Rate limit", "External id", "Time zone",
            "Known quirks",
        ]  # fmt: skip
        assert all(section["text"] for section in row["data_sheet"])


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (SOURCE | {"kind": "telepathy"}, "kind"),
        (SOURCE | {"trust": 101}, "trust"),
        (SOURCE | {"homepage": "javascript:alert(1)"}, "homepage"),
        (SOURCE | {"name": "x" * 201}, "name"),
        (SOURCE | {"name": "\x00"}, "name"),
    ],
)
def test_the_kind_settings_and_slug_of_a_source_are_checked(
    page: Page, body: dict[str, Any], path: str
) -> None:
    answer = page.ask("POST", "/api/sources", json=body)

    assert answer.status_code == 422
    assert paths(answer) == {path}


def test_a_source_may_not_be_changed_to_break_its_pairs(page: Page, conn: Connection) -> None:
    stored_pair(conn, source=source(settings=SOURCE["settings"]))  # type: ignore[arg-type]
    body = without(SOURCE, "slug") | {"version": 1}

    broken = page.ask("PUT", "/api/sources/theatres", json=body | {"settings": {}})
    wider = page.ask("PUT", "/api/sources/theatres", json=body | {"scope": "country"})
    fine = page.ask("PUT", "/api/sources/theatres", json=body | {"trust": 70})

    assert paths(broken) == {"settings.url"}
    assert "krakow · theatres" in broken.json()["errors"][0]["message"]
    assert paths(wider) == {"scope"}
    assert fine.status_code == 200
