"""SeatGeek: its shop, and its API with a client id in the query, pages by number and a total."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from include.demo.reply import HTML_TYPE, Reply
from tests.sites.site import NOT_FOUND, FakeSite, Question

_HOME = (
    '<!DOCTYPE html><html lang="en"><head><title>Tickets</title>'
    '<meta property="og:site_name" content="SeatGeek"></head></html>'
)


class Site(FakeSite):
    """Five events, one whose hour is unknown; two a page."""

    kind = "seatgeek"
    key = "client-id-of-the-tests"

    @property
    def settings(self) -> dict[str, Any]:
        paging = {"by": "page", "parameter": "page", "size_parameter": "per_page", "size": 2}
        return {"url": f"{self.base}/2/events", "paging": paging}

    @property
    def titles(self) -> set[str]:
        return {"The Gravel Choir", "Otters at Herons", "Owls on Ice", "Comets (game 7)", "Opera"}

    def answer(self, question: Question) -> Reply:
        if question.path == "/":
            return Reply.of_text(_HOME, content_type=HTML_TYPE)
        if question.path != "/2/events":
            return NOT_FOUND
        if question.query.get("client_id") != self.key:
            message = "You must pass a valid client_id."
            return Reply.of_json({"status": "error", "message": message}, status=403)
        first = question.query.get("datetime_local.gte", "")
        end = question.query.get("datetime_local.lt", "9999")
        found = [event for event in self._events() if first <= event["datetime_local"] < end]
        page = int(question.query.get("page", 1))
        size = int(question.query.get("per_page", 10))
        meta = {"total": len(found), "took": 7, "page": page, "per_page": size, "geolocation": None}
        return Reply.of_json(
            {"meta": meta, "events": found[(page - 1) * size : page * size], "in_hand": {}}
        )

    def _events(self) -> list[dict[str, Any]]:
        return [
            self._event(801, "The Gravel Choir", 3),
            self._event(802, "Otters at Herons", 4, "03:30:00", time_tbd=True),
            self._event(803, "Owls on Ice", 8, status="postponed"),
            self._event(804, "Comets (game 7)", 15, conditional=True),
            self._event(805, "Opera", 50, stats={"lowest_price": None, "highest_price": None}),
        ]

    def _event(
        self, number: int, title: str, days: int, clock: str = "19:30:00", **more: Any
    ) -> dict[str, Any]:
        day = self.today + timedelta(days=days)
        return {
            "id": number,
            "title": title,
            "short_title": title,
            "type": "concert",
            "url": f"https://seatgeek.com/e/{number}",
            "datetime_local": f"{day}T{clock}",
            "datetime_utc": f"{day}T17:30:00",
            "enddatetime_utc": None,
            "datetime_tbd": False,
            "date_tbd": False,
            "time_tbd": False,
            "status": "normal",
            "conditional": False,
            "is_open": False,
            "description": "",
            "taxonomies": [{"id": 2000000, "name": "concert", "parent_id": None, "rank": 0}],
            "performers": [
                {"id": 1, "name": "Guests", "primary": False, "image": None},
                {
                    "id": 2,
                    "name": title,
                    "primary": True,
                    "image": f"https://seatgeek.com/images/{number}/huge.jpg",
                    "genres": [{"id": 452, "name": "Pop", "primary": True}],
                },
            ],
            "venue": {
                "id": 77,
                "name": "Slate Arena",
                "address": "1 Quarry Road",
                "extended_address": "Kraków, Poland",
                "city": "Kraków",
                "state": None,
                "country": "Poland",
                "postal_code": "31-042",
                "timezone": "Europe/Warsaw",
                "location": {"lat": 50.0617, "lon": 19.9373},
                "capacity": 0,
            },
            "stats": {"listing_count": 6, "lowest_price": 42, "average_price": 60,
                      "median_price": 55, "highest_price": 120},
            **more,
        }  # fmt: skip
