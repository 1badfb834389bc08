"""A calendar of Localist: events with their instances, a total in pages, and its home page."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from include.demo.reply import HTML_TYPE, Reply
from tests.sites.site import NOT_FOUND, FakeSite, Question

_HOME = (
    '<!DOCTYPE html><title>Campus events</title><script src="https://assets.localist.example/a.js">'
    "</script><p>Powered by the Localist Community Event Platform"
)


class Site(FakeSite):
    """Five events, one of three dates and one of whole days, two a page."""

    kind = "localist"

    @property
    def settings(self) -> dict[str, Any]:
        paging = {
            "by": "page", "parameter": "page", "size_parameter": "pp", "size": 2,
            "total_pages": "page.total",
        }  # fmt: skip
        return {"site_url": self.base, "paging": paging}

    @property
    def titles(self) -> set[str]:
        return {"Glaze workshop", "Owl walk", "Open lab", "Harvest exhibition", "Choir night"}

    def answer(self, question: Question) -> Reply:
        if question.path == "/":
            return Reply.of_text(_HOME, content_type=HTML_TYPE)
        if question.path != "/api/2/events":
            return NOT_FOUND
        first = date.fromisoformat(question.query.get("start", self.today.isoformat()))
        last = date.fromisoformat(question.query.get("end", first.isoformat()))
        size, page = int(question.query.get("pp", 10)), int(question.query.get("page", 1))
        found = [{"event": event} for event in self._events() if self._is_on(event, first, last)]
        shown = found[(page - 1) * size : page * size]
        pages = max(1, -(-len(found) // size))  # of nothing there is one page
        return Reply.of_json(
            {
                "events": shown,
                "page": {"current": page, "size": size, "total": pages},
                "date": {"first": f"{first}", "last": f"{last}"},
            }
        )

    def _is_on(self, event: dict[str, Any], first: date, last: date) -> bool:
        instances = event["event_instances"]
        days = [date.fromisoformat(one["event_instance"]["start"][:10]) for one in instances]
        return any(first <= day <= last for day in days)

    def _events(self) -> list[dict[str, Any]]:
        return [
            self._event(71, "Glaze workshop", [2, 9, 16], ticket_cost="$10 - $15"),
            self._event(72, "Owl walk", [4], free=True, status="canceled"),
            self._event(73, "Open lab", [6], experience="hybrid"),
            self._event(74, "Harvest exhibition", [20], all_day=True),
            self._event(75, "Choir night", [41], venue_id=None, location_name="", geo={}),
        ]

    def _event(
        self, number: int, title: str, days: list[int], *, all_day: bool = False, **more: Any
    ) -> dict[str, Any]:
        def instance(place: int, day: date) -> dict[str, Any]:
            hour = "00:00:00" if all_day else "18:30:00"
            return {
                "event_instance": {
                    "id": number * 100 + place,
                    "ranking": 0,
                    "event_id": number,
                    "start": f"{day}T{hour}-05:00",
                    "end": None if all_day else f"{day}T20:00:00-05:00",
                    "all_day": all_day,
                }
            }

        dates = [self.today + timedelta(days=ahead) for ahead in days]
        return {
            "event_instances": [instance(place, day) for place, day in enumerate(dates)],
            "id": number,
            "title": title,
            "url": "",
            "localist_url": f"{self.base}/event/{number}",
            "updated_at": f"{self.today}T04:06:29-05:00",
            "first_date": f"{dates[0]}",
            "last_date": f"{dates[-1]}",
            "status": "live",
            "experience": "inperson",
            "free": False,
            "private": False,
            "rejected": False,
            "ticket_cost": "",
            "venue_id": 500,
            "location_name": "Kiln Hall",
            "room_number": "12",
            "address": "5 Clay Street, Potterton",
            "geo": {
                "latitude": "41.5000", "longitude": "-72.1000", "street": "5 Clay Street",
                "city": "Potterton", "state": "CT", "country": "US", "zip": "06231",
            },
            "filters": {"event_types": [{"name": "Workshop", "id": 3}]},
            "description": "<p>Bring an apron.</p>",
            "description_text": "Bring an apron.",
            "photo_url": f"{self.base}/photos/{number}.jpg",
            **more,
        }  # fmt: skip
