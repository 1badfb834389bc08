"""Resident Advisor: ``POST /graphql``, listings by day, a festival listed on each of its days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from include.demo.reply import HTML_TYPE, Reply
from tests.sites.site import NOT_FOUND, FakeSite, Question

_AREA = 4711


class Site(FakeSite):
    """Four nights, one of them a festival of two days."""

    kind = "resident_advisor"

    @property
    def settings(self) -> dict[str, Any]:
        return {
            "has_permission": True,
            "area_id": _AREA,
            "site_url": self.base,
            "page_size": 2,
            "timezone": "Europe/Warsaw",
        }

    @property
    def titles(self) -> set[str]:
        return {"Basement", "Long Weekender", "Warehouse 9", "Sunrise"}

    def answer(self, question: Question) -> Reply:
        if question.path == "/":
            name = '<meta property="og:site_name" content="Resident Advisor">'
            return Reply.of_text(f"<!DOCTYPE html><title>RA</title>{name}", content_type=HTML_TYPE)
        if question.path != "/graphql" or question.method != "POST":
            return NOT_FOUND
        variables = question.json()["variables"]
        filters = variables["filters"]
        days = filters["listingDate"]
        found = [
            listing
            for listing in self._listings()
            if filters["areas"]["eq"] == _AREA
            and days["gte"] <= listing["listingDate"][:10] <= days["lte"]
        ]
        page, size = variables["page"], variables["pageSize"]
        shown = found[(page - 1) * size : page * size]
        return Reply.of_json(
            {"data": {"eventListings": {"data": shown, "totalResults": len(found)}}}
        )

    def _listings(self) -> list[dict[str, Any]]:
        festival = self._event(902, "Long Weekender", 3, hours=36, venue=None)
        return [
            self._listing(1, 1, self._event(901, "Basement", 1)),
            self._listing(2, 3, festival),
            self._listing(3, 4, festival),
            self._listing(4, 4, self._event(903, "Warehouse 9", 4, cost="40-60 zł")),
            self._listing(5, 40, self._event(904, "Sunrise", 40)),
        ]

    def _listing(self, number: int, days: int, event: dict[str, Any]) -> dict[str, Any]:
        day = self.today + timedelta(days=days)
        return {"id": str(number), "listingDate": f"{day}T00:00:00.000", "event": event}

    def _event(
        self, number: int, title: str, days: int, *, hours: int = 7, **more: Any
    ) -> dict[str, Any]:
        day: date = self.today + timedelta(days=days)
        ends = day + timedelta(days=(22 + hours) // 24)
        return {
            "id": str(number),
            "title": title,
            "date": f"{day}T00:00:00.000",
            "startTime": f"{day}T22:00:00.000",
            "endTime": f"{ends}T{(22 + hours) % 24:02}:00:00.000",
            "contentUrl": f"/events/{number}",
            "flyerFront": None,
            "cost": "",
            "images": [{"id": "1", "filename": f"{self.base}/flyer/{number}.jpg"}],
            "pick": None,
            "venue": {
                "id": "55",
                "name": "Kotłownia",
                "address": "Zabłocie 20",
                "area": {"id": str(_AREA), "name": "Kraków", "country": {"name": "Poland"}},
                "location": {"latitude": 50.0489, "longitude": 19.9612},
            },
            "promoters": [{"id": "3", "name": "Para"}],
            "artists": [{"id": "8", "name": "DJ Przykład"}],
            "genres": [{"id": "1", "name": "Techno"}],
            **more,
        }
