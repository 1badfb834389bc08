"""Permissions: every route for every role, and requests that other sites send."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from include.discovery.store.connection import Connection
from include.discovery.web import assets
from tests.support.builders import event, stored_events, stored_pair
from tests.web.page_support import Page, keep_answer, token

WRITING = {"POST", "PUT", "DELETE", "PATCH"}
MAY_READ = {None: 401, "viewer": 200, "user": 200, "op": 200, "admin": 200}
MAY_WRITE = {None: 401, "viewer": 403, "user": 200, "op": 200, "admin": 200}

QUERIES: dict[str, dict[str, str]] = {
    "/api/pair": {"source": "theatres", "city": "krakow"},
    "/api/pairs": {"source": "theatres", "city": "krakow", "version": "99"},
    "/api/pairs/removal": {"source": "theatres", "city": "krakow"},
    "/api/pairs/enabled": {"source": "theatres", "city": "krakow"},
    "/api/cities/{slug}": {"version": "99"},
    "/api/judgements": {"first": "1", "second": "2"},
    "/api/venues/judgements": {"first": "1", "second": "2"},
    "/api/sources/{slug}": {"version": "99"},
}


def routes(app: FastAPI) -> Iterator[tuple[str, str]]:
    for route in app.routes:
        assert isinstance(route, APIRoute), f"{route} is not walked through"
        for method in route.methods:
            yield method, route.path


def concrete(path: str) -> str:
    return (
        path.replace("/city/{slug}", "/city/krakow")
        .replace("{event_id}", "1")
        .replace("{venue_id}", "1")
        .replace("{slug}", "theatres" if "source" in path else "krakow")
        .replace("{kind}", "icalendar")
        .replace("{answer_id}", "1")
        .replace("{version}", assets.content_hash())
        .replace("{name:path}", "main.js")
        .replace("{name}", "runbook.md")
    )


def body_for(method: str, path: str) -> dict[str, Any]:
    return {} if method in {"GET", "DELETE"} else {"json": {}}


@pytest.mark.parametrize("role", [None, "viewer", "user", "op", "admin"])
def test_every_route_admits_exactly_the_permitted_roles(
    page: Page, conn: Connection, role: str | None
) -> None:
    pair = stored_pair(conn)
    stored_events(conn, pair, [event()])
    keep_answer(conn, pair)
    walked = 0
    for method, path in routes(page.app):
        answer = page.ask(
            method, concrete(path), role, params=QUERIES.get(path), **body_for(method, path)
        )

        expected = (MAY_WRITE if method in WRITING else MAY_READ)[role]
        # Who may write gets to the check of what was sent: empty bodies, versions that are none.
        got = 200 if answer.status_code in {200, 409, 422} else answer.status_code
        assert got == expected, f"{role} {method} {path}: {answer.status_code} {answer.text}"
        walked += 1
    assert walked >= 28


def test_a_request_without_a_login_learns_only_that_one_is_needed(page: Page) -> None:
    answer = page.ask("GET", "/api/overview", None)

    assert answer.json() == {"detail": "Not authenticated"}


def test_a_forged_token_is_refused(page: Page) -> None:
    forged = f"{token('admin')[:-6]}AAAAAA"

    answer = page.client.get("/api/overview", headers={"Authorization": f"Bearer {forged}"})

    assert answer.status_code == 403


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", *sorted(WRITING), "PROPFIND"])
def test_a_route_that_declares_no_permission_is_refused(page: Page, method: str) -> None:
    page.app.add_api_route("/forgotten", lambda: {"secret": 1}, methods=[method])
    expected = MAY_WRITE if method in {*WRITING, "PROPFIND"} else MAY_READ

    got = {role: page.ask(method, "/forgotten", role).status_code for role in expected}

    assert got == expected


def test_a_mount_and_an_unknown_path_require_a_login(page: Page) -> None:
    page.app.mount("/mounted", page.app)

    for path in ("/mounted/api/live", "/nothing", "/api/nothing", "/", "//api/live"):
        assert page.ask("GET", path, None).status_code == 401
        assert page.ask("POST", path, "viewer").status_code == 403
    assert page.ask("GET", "/nothing").status_code == 404


def test_a_websocket_is_refused_before_it_is_open(page: Page) -> None:
    async def talk(websocket: WebSocket) -> None:
        await websocket.accept()

    page.app.add_api_websocket_route("/talk", talk)

    for role in ("viewer", "admin"):
        headers = {"Authorization": f"Bearer {token(role)}"}
        with (
            pytest.raises(WebSocketDisconnect),
            page.client.websocket_connect("/talk", headers=headers),
        ):
            pass


def test_the_cookie_of_a_login_is_enough_and_has_the_same_permissions(page: Page) -> None:
    page.client.cookies.set("_token", token("viewer"))

    assert page.ask("GET", "/api/overview", None).status_code == 200
    assert page.ask("POST", "/api/cities", None, json={}).status_code == 403


@pytest.mark.parametrize(
    ("headers", "is_allowed"),
    [
        ({}, True),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://airflow.test"}, False),
        ({"Origin": "http://airflow.test"}, True),
        ({"Origin": "http://AIRFLOW.test"}, True),
        ({"Origin": "http://airflow.test:8081"}, False),
        ({"Origin": "http://evil.test"}, False),
        ({"Origin": "null"}, False),
    ],
)
def test_a_write_from_another_site_is_refused_with_or_without_a_bearer_token(
    page: Page, headers: dict[str, str], is_allowed: bool
) -> None:
    """Where everybody is admin, Airflow itself adds a bearer to what comes from anywhere."""
    answer = page.ask("POST", "/api/cities", "admin", json={}, headers=headers)

    assert answer.status_code == (422 if is_allowed else 403)


def test_a_form_of_another_site_cannot_pass_for_json(page: Page) -> None:
    answer = page.ask(
        "POST",
        "/api/cities",
        content='{"slug": "x"}',
        headers={"Content-Type": "text/plain"},
    )

    assert answer.status_code == 422


def test_answers_forbid_scripts_and_framing(page: Page) -> None:
    for path in ("/api/overview", "/api/nothing", f"/static/{assets.content_hash()}/icon.svg"):
        headers = page.ask("GET", path).headers
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert headers["x-content-type-options"] == "nosniff"


def test_the_page_knows_the_permissions_of_its_user(page: Page) -> None:
    assert page.get("/api/overview", "viewer")["permissions"] == {
        "user": "viewer-name",
        "can_edit": False,
        "can_run": False,
    }
    assert page.get("/api/overview", "user")["permissions"]["can_edit"] is True
    assert page.get("/api/overview", "user")["permissions"]["can_run"] is True
