"""JSON-LD terms: prefixes, full addresses, aliases, and contexts of the document's own."""

from __future__ import annotations

import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from include.discovery.formats.schema_org.page import read_page

START = "2027-05-08T19:00:00+02:00"
VOCABULARY = "https://schema.org"


def events(*documents: Any) -> list[tuple[str, str | None]]:
    """Read a page with these documents: title and name of the place of each event."""
    scripts = "".join(
        f'<script type="application/ld+json">{json.dumps(each)}</script>' for each in documents
    )
    page = read_page(
        f"<html>{scripts}</html>".encode(),
        url="https://a.example/e",
        zone=ZoneInfo("Europe/Warsaw"),
    )
    return [(item.title, item.venue.name if item.venue else None) for item in page.records]


def written(prefix: str, **more: Any) -> dict[str, Any]:
    """Write an event whose keys have a prefix."""
    place = {"@type": f"{prefix}Place", f"{prefix}name": "Mill"}
    return {
        "@type": f"{prefix}MusicEvent",
        f"{prefix}name": "Trio",
        f"{prefix}startDate": START,
        f"{prefix}location": place,
        **more,
    }


@pytest.mark.parametrize(
    "document",
    [
        written("schema:"),
        written("schema:", **{"@context": {"schema": "http://schema.org/"}}),
        written("s:", **{"@context": {"s": "https://schema.org/"}}),
        written("sdo:", **{"@context": [VOCABULARY, {"sdo": "https://schema.org/"}]}),
        written("v:", **{"@context": {"v": {"@id": "http://schema.org/", "@prefix": True}}}),
        written("http://schema.org/"),
        written("https://schema.org/"),
        {"@context": {"schema": "http://schema.org/"}, "@graph": [written("schema:")]},
        [written("http://schema.org/")],
    ],
)
def test_keys_with_a_prefix_or_in_full_are_read(document: Any) -> None:
    assert events(document) == [("Trio", "Mill")]


def test_the_expanded_form_is_read() -> None:
    value = [{"@value": "Trio"}]
    place = [{"@type": ["http://schema.org/Place"], "http://schema.org/name": [{"@value": "Mill"}]}]
    document = {
        "@type": ["http://schema.org/Event"],
        "http://schema.org/name": value,
        "http://schema.org/startDate": [{"@type": "http://schema.org/DateTime", "@value": START}],
        "http://schema.org/location": place,
    }
    assert events([document]) == [("Trio", "Mill")]


@pytest.mark.parametrize(
    "context",
    [
        VOCABULARY,
        "http://schema.org/",
        "https://openactive.io/",
        ["https://openactive.io/", "https://openactive.io/ns-beta"],
        {"@vocab": "http://schema.org/", "type": "@type", "id": "@id"},
        {"@vocab": "https://schema.org/"},
        [VOCABULARY, {"type": "@type"}],
    ],
)
def test_type_and_id_are_keywords_where_the_context_says_so(context: Any) -> None:
    place = {"type": "Place", "id": "#mill", "name": "Mill"}
    trio = {"type": "Event", "name": "Trio", "startDate": START, "location": {"id": "#mill"}}
    assert events({"@context": context, "@graph": [trio, place]}) == [("Trio", "Mill")]


def test_terms_that_the_document_defines_are_read() -> None:
    context = {
        "schema": "http://schema.org/",
        "Konzert": "schema:MusicEvent",
        "titel": "schema:name",
        "beginn": {"@id": "schema:startDate", "@type": "schema:DateTime"},
        "ort": {"@id": "http://schema.org/location"},
        "art": "@type",
    }
    document = {
        "@context": context,
        "art": "schema:MusicEvent",
        "titel": "Trio",
        "beginn": START,
        "ort": {"art": "schema:Place", "titel": "Mill"},
    }
    assert events(document) == [("Trio", "Mill")]


def test_terms_may_be_defined_by_plain_names_of_the_vocabulary() -> None:
    context = ["https://schema.org", {"titel": "name", "beginn": {"@id": "startDate"}}]
    document = {"@context": context, "@type": "Event", "titel": "Trio", "beginn": START}
    assert [title for title, _ in events(document)] == ["Trio"]


def test_texts_by_language_are_texts() -> None:
    context = [VOCABULARY, {"name": {"@id": "schema:name", "@container": "@language"}}]
    document = {
        "@context": context,
        "@type": "Event",
        "name": {"en": "Trio", "de": "Das Trio"},
        "startDate": START,
    }
    assert events(document) == [("Trio", None)]


@pytest.mark.parametrize(
    "document",
    [
        {"@type": "Event", "name": "Trio", "type": "concert", "id": 5, "startDate": START},
        {"@type": "Event", "name": "Trio", "og:name": "Other", "startDate": START},
        {"@type": "Event", "name": "Trio", "schema:name": "Other", "startDate": START},
        {"@context": None, "@type": "Event", "name": "Trio", "startDate": START},
        {"@context": [5, {"@vocab": 7}], "@type": "Event", "name": "Trio", "startDate": START},
    ],
)
def test_what_is_no_spelling_of_schema_org_changes_nothing(document: dict[str, Any]) -> None:
    assert events(document) == [("Trio", None)]


def test_a_context_counts_below_the_node_that_has_it_and_not_beside_it() -> None:
    inside = {"@context": {"titel": "http://schema.org/name"}, "@type": "Event", "titel": "Trio"}
    document = [{**inside, "startDate": START}, {"@type": "Event", "titel": "Duo"}]
    assert events(document) == [("Trio", None)]
