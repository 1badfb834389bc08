"""The health of the page's parts, and its OpenAPI document."""

from __future__ import annotations

from include.discovery import __version__
from include.discovery.store.connection import Connection
from include.discovery.store.migrate import migrations
from tests.web.page_support import Page


def test_a_database_without_schema_says_what_to_run(page: Page, conn: Connection) -> None:
    conn.execute("DROP SCHEMA discovery CASCADE")

    answer = page.ask("GET", "/api/overview")

    assert answer.status_code == 503
    assert "include.discovery migrate" in answer.json()["detail"]
    assert page.get("/api/health")["discovery_db"] == "not_migrated"


def test_the_health_check_knows_the_schema_and_the_version(page: Page) -> None:
    answer = page.get("/api/health", "viewer")

    assert answer["discovery_db"] == answer["metadata_db"] == "ok"
    assert answer["schema_version"] == migrations()[-1].name
    assert answer["version"] == __version__


def test_the_openapi_document_needs_the_permission_to_read(page: Page) -> None:
    document = page.get("/api/openapi.json", "viewer")

    assert "/api/overview" in document["paths"]
