"""A site made with Squarespace: a page of events, another one in pages, and its home page."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from include.demo.reply import HTML_TYPE, Reply
from tests.sites.site import NOT_FOUND, FakeSite, Question

CHICAGO = ZoneInfo("America/Chicago")
_HOME = (
    "<!DOCTYPE html><html><!-- This is Squarespace. --><title>The Shed</title><nav>"
    '<a href="/about">About</a> <a class="item" href="/upcoming-events">Events</a></nav></html>'
)
_NOWHERE = {
    "mapZoom": 12, "mapLat": 40.7207559, "mapLng": -74.0007613, "markerLat": 40.7207559,
    "markerLng": -74.0007613, "addressTitle": "", "addressLine1": "", "addressLine2": "",
    "addressCountry": "",
}  # fmt: skip


class Site(FakeSite):
    """Four events that are to come and one that is over; ``/archive`` has them in pages of two."""

    kind = "squarespace"

    @property
    def settings(self) -> dict[str, Any]:
        return {"events_url": f"{self.base}/upcoming-events"}

    @property
    def titles(self) -> set[str]:
        return {"Barn dance", "Soup & songs", "Pottery open day", "Fiddle camp"}

    def answer(self, question: Question) -> Reply:
        if question.query.get("format") != "json":
            known = question.path in {"/", "/about", "/upcoming-events", "/archive"}
            return Reply.of_text(_HOME, content_type=HTML_TYPE) if known else NOT_FOUND
        if question.path == "/upcoming-events":
            return self._collection(upcoming=self._events(), past=[self._over()])
        if question.path == "/archive":
            return self._pages(int(question.query.get("offset", "0")))
        if question.path in {"/", "/about"}:
            return self._collection(typeName="page")
        return NOT_FOUND

    def _pages(self, offset: int) -> Reply:
        events = self._events()
        following = f"/archive?offset={offset + 2}"
        pagination = {"nextPage": True, "nextPageUrl": following, "nextPageOffset": offset + 2}
        is_last = offset + 2 >= len(events)
        return self._collection(
            items=events[offset : offset + 2],
            pagination={"prevPage": True} if is_last else pagination,
        )

    def _collection(self, typeName: str = "events", **more: Any) -> Reply:  # noqa: N803
        return Reply.of_json(
            {
                "website": {"id": "5f00", "siteTitle": "The Shed", "timeZone": "America/Chicago"},
                "collection": {"id": "5f01", "typeName": typeName},
                **more,
            }
        )

    def _over(self) -> dict[str, Any]:
        return self._event("5f0a", "Last year's supper", -300)

    def _events(self) -> list[dict[str, Any]]:
        return [
            self._event("5f0b", "Barn dance", 2),
            self._event("5f0c", "Soup &amp; songs", 4, location=_NOWHERE),
            self._event("5f0d", "Pottery open day", 9, assetUrl="https://static1.example/s/5f/"),
            self._event("5f0e", "Fiddle camp", 58),
        ]

    def _event(self, number: str, title: str, days: int, **more: Any) -> dict[str, Any]:
        start = _milliseconds(self.today + timedelta(days=days), time(19))
        return {
            "id": number,
            "title": title,
            "urlId": number,
            "fullUrl": f"/upcoming-events/{number}",
            "startDate": start + 849,
            "endDate": start + 2 * 3_600_000,
            "updatedOn": start - 10**9,
            "location": {
                "mapZoom": 12.0,
                "mapLat": 41.8827,
                "mapLng": -87.6233,
                "markerLat": 40.7207559,
                "markerLng": -74.0007613,
                "addressTitle": "The Shed",
                "addressLine1": "12 Plank Street",
                "addressLine2": "Chicago, IL, 60601",
                "addressCountry": "United States",
            },
            "body": '<div class="sqs-layout"><p>Boots <b>welcome</b>.</p></div>',
            "excerpt": "<p>Boots.</p>",
            "assetUrl": f"https://static1.example/s/{number}/poster.jpg",
            "categories": ["Dance"],
            "tags": ["live", "Dance"],
            "workflowState": 1,
            **more,
        }


def _milliseconds(day: date, clock: time) -> int:
    return int(datetime.combine(day, clock, CHICAGO).timestamp()) * 1000
