"""The documentation that the page serves."""

from __future__ import annotations

import re
from inspect import getmembers, isclass
from pathlib import Path

import pytest

from include.discovery import errors
from include.discovery.errors import DiscoveryError
from include.discovery.health.alerts import Condition
from include.discovery.links import RUNBOOK, runbook_link
from include.discovery.store.connection import Connection
from include.discovery.web import documents
from tests.support.builders import stored_pair
from tests.web.page_support import Page, fail

DOCUMENTS = sorted(documents.FOLDER.glob("*.md"))
ROOT = Path(__file__).parents[2]


def anchors(html: str) -> set[str]:
    return set(re.findall(r' id="([^"]+)"', html))


def rendered(name: str) -> str:
    return bytes(documents.document(name).body).decode()


CLASSES = {
    name: found.category
    for name, found in getmembers(errors, isclass)
    if issubclass(found, DiscoveryError) and found is not DiscoveryError
}


@pytest.mark.parametrize("name", CLASSES)
def test_every_failure_class_has_its_section_in_the_runbook(name: str) -> None:
    assert CLASSES[name] in anchors(rendered("runbook.md"))


@pytest.mark.parametrize(
    "name", [*Condition, "recovered", "late", "parked", "stuck", "missing_key"]
)
def test_every_alert_and_state_to_act_on_has_its_section_in_the_runbook(name: str) -> None:
    assert name in anchors(rendered("runbook.md"))


def test_every_section_of_the_runbook_says_what_it_means_where_to_look_and_what_to_do() -> None:
    text = (ROOT / RUNBOOK).read_text("utf-8")
    sections = re.split(r"^### ", text, flags=re.MULTILINE)[1:]
    wanting = [
        section.partition("\n")[0]
        for section in sections
        if not all(f"**{part}.**" in section for part in ("Meaning", "Look", "Do"))
    ]

    assert wanting == ["recovered"]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_the_links_of_a_document_lead_to_sections_that_are_served(path: Path) -> None:
    html = rendered(path.name)
    for name, anchor in re.findall(r'href="([a-z-]+\.md)?(?:#([^"]+))?"', html):
        target = name or path.name
        assert not anchor or anchor in anchors(rendered(target)), (target, anchor)


def test_a_document_runs_nothing_and_comes_with_its_style(page: Page) -> None:
    answer = page.ask("GET", "/docs/runbook.md", "viewer")
    (style,) = re.findall(r'href="\.\.(/static/[^"]+\.css)"', answer.text)

    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"] == "default-src 'none'; style-src 'self'"
    assert page.ask("GET", style, "viewer").headers["content-type"] == "text/css; charset=utf-8"
    assert "<script" not in answer.text


@pytest.mark.parametrize(
    "name", ["none.md", "..%2Fpyproject.toml", "%2Fetc%2Fpasswd", "city-dark.png"]
)
def test_only_documents_are_served(page: Page, name: str) -> None:
    assert page.ask("GET", f"/docs/{name}").status_code == 404


def test_an_error_links_to_its_section_of_the_runbook(page: Page, conn: Connection) -> None:
    fail(conn, stored_pair(conn), "run-1")

    (group,) = page.get("/api/errors")["groups"]
    (row,) = page.get("/api/overview")["pairs"]

    assert (
        group["runbook"]
        == row["last_run"]["error"]["runbook"]
        == "discovery/docs/runbook.md#server"
    )


def test_a_runbook_that_is_published_elsewhere_is_linked_there() -> None:
    assert runbook_link("server", "https://wiki.example/runbook") == (
        "https://wiki.example/runbook#server"
    )
    assert runbook_link("server", None, "https://airflow.example/af/") == (
        "https://airflow.example/af/discovery/docs/runbook.md#server"
    )
