"""The page's app with users of every role, as tests talk to it."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response

from include.discovery.model import Pair, Reject, Scope, SyncStats
from include.discovery.redaction.kept_answers import kept_answer
from include.discovery.response import Response as Answered
from include.discovery.store import kept_answers, runs
from include.discovery.store.connection import Connection
from include.discovery.store.loader import Loader
from include.discovery.store.runs import Attempt, PageResult
from include.discovery.web.services import Services
from tests.support.builders import event, source

ROLES = ("viewer", "user", "op", "admin")

FRANCE = source("france", scope=Scope.COUNTRY)
CITY = {
    "slug": "gdansk",
    "name": "Gdańsk",
    "country": "PL",
    "country_name": "Poland",
    "timezone": "Europe/Warsaw",
    "latitude": 54.35,
    "longitude": 18.65,
}
SOURCE = {
    "slug": "opera",
    "name": "Opera",
    "kind": "icalendar",
    "settings": {"url": "https://opera.example/events.ics"},
}


def token(role: str) -> str:
    """Return what a user of a role sends, from Airflow's own simple auth manager."""
    user = SimpleAuthManagerUser(username=f"{role}-name", role=role.upper())
    return str(get_auth_manager().generate_jwt(user, expiration_time_in_seconds=600))


@dataclass(frozen=True)
class Page:
    """The running app."""

    app: FastAPI
    client: TestClient
    services: Services

    def ask(self, method: str, path: str, role: str | None = "admin", **more: Any) -> Response:
        """Send a request as a user of a role, or as nobody."""
        headers = more.pop("headers", {})
        if role is not None:
            headers = {**headers, "Authorization": f"Bearer {token(role)}"}
        return self.client.request(method, path, headers=headers, **more)

    def get(self, path: str, role: str | None = "admin", **query: Any) -> Any:
        answer = self.ask("GET", path, role, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()


def keep_answer(
    conn: Connection, pair: Pair, text: str = "<b>no calendar</b>", message: str = "no calendar"
) -> None:
    """Leave a failed run of a pair, with the answer that could not be read."""
    run = runs.begin(conn, pair, Attempt(f"run of {text[:10]}"))
    runs.fail(conn, run.id, category="parsing", message=message)
    response = Answered(200, {"content-type": "text/html"}, text.encode(), "https://a.example/")
    answer = kept_answer(response, len(text))
    assert answer is not None
    kept_answers.keep(conn, run.id, answer)


def sync(
    conn: Connection,
    pair: Pair,
    run: str,
    *events: str,
    complete: bool = True,
    index: int = 0,
    limit: int | None = None,
    warnings: tuple[str, ...] = (),
) -> None:
    """Sync a pair as a task does, in one page."""
    opened = runs.begin(conn, pair, Attempt(run, index), limit=limit)
    Loader(conn, pair, opened).load(
        [event(name) for name in events],
        PageResult(
            SyncStats(fetched=len(events) + 1, pages=1, rejected={"no title": 1}),
            rejects=(Reject("no title", "item 7", "<b>"),),
            gaps=() if complete else ("page 2 is missing",),
            warnings=warnings,
        ),
    )
    runs.finish(conn, opened.id, complete=complete)


def fail(conn: Connection, pair: Pair, run: str, message: str = "answered 503") -> None:
    opened = runs.begin(conn, pair, Attempt(run, 0))
    runs.fail(conn, opened.id, category="server", message=message)


def objects_held(make: Callable[[], object]) -> int:
    """Count the objects that an answer consists of, as Python's collector of garbage counts them.

    Answers of very many make it go through all that Airflow has loaded, which takes much longer
    than the answers themselves.
    """
    make()  # what is made once
    gc.collect()
    gc.disable()
    try:
        before = gc.get_count()[0]
        answer = make()
        held = gc.get_count()[0] - before
        assert answer is not None
        return held
    finally:
        gc.enable()


def row_of(answer: Any, label: str) -> Any:
    return next(row for row in answer["pairs"] if row["label"] == label)


def without(values: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}


def paths(answer: Any) -> set[str]:
    return {".".join(map(str, error["path"])) for error in answer.json()["errors"]}


def changes(page: Page) -> list[tuple[str, str, str]]:
    return [
        (change["changed_by"], change["action"], f"{change['entity_type']} {change['entity']}")
        for change in page.get("/api/changes")["changes"]
    ]
