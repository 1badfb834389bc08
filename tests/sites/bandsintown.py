"""Bandsintown: the page of a city, the pages that follow, and the API for artists."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

from include.demo.reply import HTML_TYPE, Reply
from tests.sites.site import NOT_FOUND, FakeSite, Question

PATH = "/c/krakow-poland"
KEY = "app-id-of-the-tests"


class Site(FakeSite):
    """Three events on the page of the city, two on the one that follows; one artist in the API."""

    kind = "bandsintown"

    @property
    def settings(self) -> dict[str, Any]:
        return {
            "has_permission": True,
            "city_page": f"{self.base}{PATH}",
            "api_url": f"{self.base}/api",
        }

    @property
    def address(self) -> str:
        return f"{self.base}{PATH}"

    @property
    def titles(self) -> set[str]:
        return {"Ola i Wiatr", "Tour of Tours", "The Placeholders", "Late Tram", "Brass Night"}

    def answer(self, question: Question) -> Reply:
        if question.path.startswith("/c/"):  # New York, where the city is not known
            known = question.path == PATH
            return self._page("Krakow, Poland" if known else "New York, NY", known=known)
        if question.path == "/all-dates/fetch-next/upcomingEvents":
            events = self._second_page() if question.query["page"] == "2" else []
            return Reply.of_json({"events": events, "urlForNextPageOfEvents": None})
        if question.path == "/api/artists/Ola i Wiatr/events":
            return self._dates(question)
        if question.path.startswith("/api/artists/"):
            return Reply.of_json("")
        return NOT_FOUND

    def _page(self, city: str, *, known: bool) -> Reply:
        where = (19.9325, 50.0726) if known else (-74.006, 40.7128)
        events = self._first_page()
        data = {
            "templateData": {
                "canonicalAndLanguageLinkTagsData": {
                    "canonicalLinkTagHref": f"{self.base}{PATH if known else '/c/new-york-ny'}"
                },
                "jsonLdContainer": {
                    "cityJsonLd": {"@type": "City", "name": city},
                    "eventsJsonLd": [_json_ld(event) for event in events],
                },
            },
            "initialState": {
                "upcomingEvents": {
                    "urlForNextPageOfEvents": f"{self.base}/all-dates/fetch-next/upcomingEvents"
                    f"?page=2&longitude={where[0]}&latitude={where[1]}",
                    "hasMoreEvents": False,
                    "events": events,
                }
            },
        }
        html = (
            f"<!DOCTYPE html><title>{city}</title>"
            '<meta property="og:site_name" content="Bandsintown">'
            f"<script>window.__data={json.dumps(data)}</script>"
        )
        return Reply.of_text(html, content_type=HTML_TYPE)

    def _first_page(self) -> list[dict[str, Any]]:
        return [
            self._event(101, "Ola i Wiatr", 1),
            self._event(102, "Ola i Wiatr", 4, title="Tour of Tours", endsAt="23:00"),
            self._event(103, "The Placeholders", 4, locationText="Zilina, Slovakia"),
        ]

    def _second_page(self) -> list[dict[str, Any]]:
        return [self._event(104, "Late Tram", 8), self._event(105, "Brass Night", 30)]

    def _event(self, number: int, artist: str, days: int, **more: Any) -> dict[str, Any]:
        day = self.today + timedelta(days=days)
        abroad = "Slovakia" in more.get("locationText", "")
        if "endsAt" in more:
            more["endsAt"] = f"{day}T{more['endsAt']}:00"
        return {
            "artistName": artist,
            "artistImageSrc": f"https://photos.example/thumb/{number}99.jpeg",
            "eventUrl": f"{self.base}/e/{number}-a-show?came_from=257&utm_medium=web",
            "title": None,
            "venueName": "Klub Przykład",
            "locationText": "Kraków, Poland",
            "startsAt": f"{day}T20:00:00",
            "timezone": "Europe/Bratislava" if abroad else "Europe/Warsaw",
            "displayRule": "datetime",
            "streamingEvent": False,
            **more,
        }

    def _dates(self, question: Question) -> Reply:
        if question.query.get("app_id") != KEY:
            message = "User is not authorized to access this resource with an explicit deny"
            return Reply.of_json({"Message": message}, status=403)
        day: date = self.today + timedelta(days=1)
        event = {
            "id": "101",
            "url": f"{self.base}/e/101?app_id={KEY}&came_from=267",
            "datetime": f"{day}T20:00:00",
            "title": "",
            "lineup": ["Ola i Wiatr"],
            "venue": {"name": "Klub Przykład", "city": "Kraków", "country": "Poland"},
        }
        return Reply.of_json([event])


def _json_ld(event: dict[str, Any]) -> dict[str, Any]:
    return {
        "@type": "MusicEvent",
        "url": event["eventUrl"],
        "startDate": event["startsAt"],
        "endDate": event["startsAt"][:10],
        "eventStatus": "http://schema.org/EventScheduled",
        "location": {
            "@type": "Place",
            "address": {"streetAddress": "ul. Wąska 1", "postalCode": "", "addressRegion": ""},
            "geo": {"latitude": 50.06, "longitude": 19.95},
        },
    }
