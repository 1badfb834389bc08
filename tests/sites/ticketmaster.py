"""The Ticketmaster Discovery API, as the demo has it, with a handful of events around Kraków."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from include.demo.reply import HTML_TYPE, Reply
from include.demo.tickets_api import DEMO_KEY, FakeDiscovery
from tests.sites.site import NOT_FOUND, FakeSite, Question

_API = "/discovery/v2"


class Site(FakeSite):
    """Three shows and a match."""

    kind = "ticketmaster"
    key = DEMO_KEY

    @property
    def settings(self) -> dict[str, Any]:
        return {"base_url": f"{self.base}{_API}"}

    @property
    def titles(self) -> set[str]:
        return {"Opera gala", "Rock night", "Derby", "Ice show"}

    def answer(self, question: Question) -> Reply:
        if question.path == "/":
            name = '<meta property="og:site_name" content="Ticketmaster">'
            return Reply.of_text(
                f"<!DOCTYPE html><title>Shop</title>{name}", content_type=HTML_TYPE
            )
        if question.path != f"{_API}/events.json":
            return NOT_FOUND
        events = [
            self._event("G5vYZ1", "Opera gala", 2),
            self._event("G5vYZ2", "Rock night", 8),
            self._event("G5vYZ3", "Derby", 8),
            self._event("G5vYZ4", "Ice show", 55),
        ]
        return FakeDiscovery(events).answer(question.query)

    def _event(self, number: str, name: str, days: int) -> dict[str, Any]:
        day = self.today + timedelta(days=days)
        return {
            "id": number,
            "name": name,
            "url": f"{self.base}/event/{number}",
            "dates": {
                "timezone": "Europe/Warsaw",
                "start": {
                    "localDate": f"{day}",
                    "localTime": "19:00:00",
                    "dateTime": f"{day}T18:00:00Z",
                    "noSpecificTime": False,
                },
                "status": {"code": "onsale"},
            },
            "_embedded": {
                "venues": [
                    {
                        "id": "V1",
                        "name": "Arena",
                        "city": {"name": "Kraków"},
                        "country": {"countryCode": "PL"},
                        "location": {"latitude": "50.0617", "longitude": "19.9373"},
                    }
                ]
            },
        }
