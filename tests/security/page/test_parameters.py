"""Parameters and bodies of every route, generated from the OpenAPI document: no answer is a 5xx."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, assume, given, seed, settings
from hypothesis import strategies as st
from schemathesis import APIOperation, BaseSchema, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.applications import Starlette

from include.discovery.connectors import connector_for, kinds
from include.discovery.store.connection import Connection
from include.discovery.web import assets
from tests.support.builders import event, stored_events, stored_pair
from tests.support.serving import serving
from tests.web.page_support import CITY, SOURCE, Page, token

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
KNOWN: dict[str, Any] = {
    "name": "krakow", "slug": "krakow", "city": "krakow", "source": "theatres", "run": "run",
    "first": "1", "second": "2",
}  # fmt: skip
"""What the database holds: half of the cases ask for it."""

bounded = settings(
    max_examples=15,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def described(page: Page, conn: Connection, monkeypatch: pytest.MonkeyPatch) -> BaseSchema:
    """Return the document as the mounted app gives it to a client."""
    stored_events(conn, stored_pair(conn, settings=SOURCE["settings"]), [event()])
    (listed,) = conn.execute("SELECT id FROM discovery.events").fetchone() or (0,)
    monkeypatch.setitem(KNOWN, "event_id", listed)
    (venue,) = conn.execute("SELECT id FROM discovery.venues").fetchone() or (0,)
    monkeypatch.setitem(KNOWN, "venue_id", venue)
    outer = Starlette()
    outer.mount("/discovery", page.app)
    return schemathesis.openapi.from_asgi("/discovery/api/openapi.json", outer, headers=_login())


def _login() -> dict[str, str]:
    return {"Authorization": f"Bearer {token('admin')}"}


def operations(described: BaseSchema) -> Iterator[APIOperation[Any, Any, Any, Any]]:
    for found in described.get_all_operations():
        yield found.ok()


def ask(case: Case, is_known: bool) -> None:
    """Send a case, about what is there if it is to be known, and check the answer."""
    if is_known:
        for holder in (case.path_parameters, case.query, case.body):
            if isinstance(holder, dict):
                holder.update({name: KNOWN[name] for name in holder.keys() & KNOWN.keys()})
    # A path with a line feed is no route of a mounted app: whoever mounts it answers.
    assume("%0A" not in case.formatted_path)
    case.call_and_validate(headers=_login(), checks=CHECKS)


def test_any_request_to_any_route_is_answered_as_documented(described: BaseSchema) -> None:
    walked = []
    for operation in operations(described):
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            if mode is GenerationMode.NEGATIVE and not _can_be_wrong(operation):
                continue

            @seed(1)
            @bounded
            @given(operation.as_strategy(mode), st.booleans())
            def fuzz(case: Case, is_known: bool) -> None:
                ask(case, is_known)

            fuzz()
        walked.append(operation.label)
    assert len(walked) >= 22


def _can_be_wrong(operation: APIOperation[Any, Any, Any, Any]) -> bool:
    return bool(operation.path_parameters or operation.query or operation.body)


PLAUSIBLE = [
    "https://example.org/events?page={page}", "http://[::1", "//", "{", "{page", "%", "$.items[*]",
    "items[?", "(a+)+$", "[", "2026-02-30", "Europe/Warsaw", "Europe", "../..", "%Y-%m-%d %", "PL",
    "0", "-1", "ISO", "GET", "json", "Authorization: Bearer x", "a\r\nb: c", "\N{SNOWMAN}",
]  # fmt: skip
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False)
    | st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
    | st.sampled_from(PLAUSIBLE),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(PLAUSIBLE) | st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("kind", kinds())
def test_settings_of_any_shape_are_checked_by_their_kind(kind: str) -> None:
    names = sorted(connector_for(kind).settings_model.model_fields)

    @seed(1)
    @settings(bounded, max_examples=100)
    @given(st.dictionaries(st.sampled_from(names), json_values, max_size=5))
    def fuzz(given_settings: dict[str, Any]) -> None:
        for fault in connector_for(kind).settings_faults(given_settings):
            assert fault.message

    fuzz()


BEYOND = [
    "9223372036854775807", "9223372036854775808", "-9223372036854775809", "1" * 5_000, "0", "-1",
    "1e400", "NaN", "Infinity", "1.5", "", " ", "٣", "0x10", "true", "null", "a\x00b", "%00",
    "\ud800".encode("utf-8", "surrogatepass"), "krakow\n", "../../etc/passwd", "a" * 10_000, "💥",
]  # fmt: skip


def test_no_parameter_reaches_the_database_beyond_its_bounds(page: Page, conn: Connection) -> None:
    stored_pair(conn)
    for value in BEYOND:
        _send_everywhere(page, value)


def _send_everywhere(page: Page, value: str | bytes) -> None:
    for path, item in page.get("/api/openapi.json")["paths"].items():
        for method, operation in item.items():
            for parameter in operation.get("parameters", ()):
                query = {**_needed(operation), parameter["name"]: value}
                if parameter["in"] == "path":
                    address, query = _at(path, _quoted(value)), _needed(operation)
                else:
                    address = _at(path, "krakow")
                answer = page.ask(
                    method.upper(), address, params=query,
                    **({"json": {}} if "requestBody" in operation else {}),
                )  # fmt: skip

                assert answer.status_code < 500, f"{method} {path} {parameter['name']}={value!r}"


def _at(path: str, value: str) -> str:
    return re.sub(r"\{\w+\}", value, path)


def _needed(operation: dict[str, Any]) -> dict[str, str]:
    known = {**KNOWN, "version": "1"}
    return {
        p["name"]: known[p["name"]]
        for p in operation["parameters"]
        if p["in"] == "query" and p["required"]
    }


def _quoted(value: str | bytes) -> str:
    data = value if isinstance(value, bytes) else value.encode()
    return "".join(f"%{byte:02X}" for byte in data)


@pytest.mark.parametrize("name", ["%00", "..%2f..%2fapp.py", "%ff", "a" * 5_000, "main.js%00", ""])
def test_a_static_file_with_an_unknown_or_malformed_name_is_not_found(
    page: Page, name: str
) -> None:
    answer = page.ask("GET", f"/static/{assets.content_hash()}/{name}")

    assert answer.status_code in {400, 404}


def test_the_openapi_document_leads_to_the_routes_wherever_airflow_is_served(page: Page) -> None:
    for base in ("", "/team-a/airflow"):
        with (
            serving(page.app, root_path=base) as served,
            httpx.Client(headers=_login(), base_url=f"http://127.0.0.1:{served.port}") as client,
        ):
            document = client.get(f"{served.url}/api/openapi.json").json()
            (server,) = document["servers"]
            schema = schemathesis.openapi.from_url(
                f"{served.url}/api/openapi.json", headers=_login()
            )
            reached = client.get(f"{server['url'].rstrip('/')}/discovery/api/live")

            assert set(document["paths"]) == {
                f"/discovery{route.path}"
                for route in page.app.routes
                if getattr(route, "include_in_schema", False)
            }
            assert server["url"] == (base or "/")
            assert reached.status_code == 200
            # A client that is made of the document reaches every route that needs no more.
            for found in schema.get_all_operations():
                operation = found.ok()
                if operation.method == "get" and not operation.path_parameters:
                    known = {parameter.name for parameter in operation.query}
                    needed = {"source": "none", "name": "nowhere", "run": "none"}
                    case = operation.Case(query={n: v for n, v in needed.items() if n in known})
                    assert case.call(headers=_login()).status_code in {200, 404}
                    assert case.call().status_code == 401


def test_an_added_city_is_answered_as_the_example_of_the_openapi_document(page: Page) -> None:
    page.ask("POST", "/api/cities", json={**CITY, "slug": "krakow"})

    (parameter, *_) = page.get("/api/openapi.json")["paths"]["/api/city/{slug}"]["get"][
        "parameters"
    ]
    assert page.ask("GET", f"/api/city/{parameter['schema']['examples'][0]}").status_code == 200
