"""A Mobilizon instance: GraphQL at ``/api``, nodeinfo, and events of its own and of others."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from include.demo.reply import HTML_TYPE, Reply
from tests.sites.site import NOT_FOUND, FakeSite, Question

_HOME = '<!DOCTYPE html><html lang="en"><title>Mobilizon of Nowhere</title><h1>Gather</h1></html>'


class Site(FakeSite):
    """Five events, one federated from another server, one without an hour; two pages of three."""

    kind = "mobilizon"

    @property
    def settings(self) -> dict[str, Any]:
        return {"site_url": self.base, "page_size": 3}

    @property
    def titles(self) -> set[str]:
        return {"Repair café", "Choir in the yard", "Seed swap", "Open stage", "Night ride"}

    def answer(self, question: Question) -> Reply:
        if question.path == "/":
            return Reply.of_text(_HOME, content_type=HTML_TYPE)
        if question.path == "/.well-known/nodeinfo":
            href = f"{self.base}/.well-known/nodeinfo/2.1"
            return Reply.of_json({"links": [{"rel": "nodeinfo/2.1", "href": href}]})
        if question.path == "/.well-known/nodeinfo/2.1":
            return Reply.of_json({"software": {"name": "Mobilizon", "version": "5.1.0"}})
        if question.path == "/api" and question.method == "POST":
            return self._search(question.json())
        return NOT_FOUND

    def _search(self, asked: dict[str, Any]) -> Reply:
        variables = asked["variables"]
        if "searchEvents" not in asked["query"]:
            message = 'Cannot query field "nothing" on type "RootQueryType".'
            return Reply.of_json({"errors": [{"message": message}]}, status=200)
        found = [one for one in self._events() if one["beginsOn"] >= variables["beginsOn"]]
        page, limit = variables["page"], variables["limit"]
        shown = found[(page - 1) * limit : page * limit]
        return Reply.of_json({"data": {"searchEvents": {"total": len(found), "elements": shown}}})

    def _events(self) -> list[dict[str, Any]]:
        federated = "https://gather.elsewhere.example/events/77"
        return [
            self._event(1, "Repair café", 2),
            self._event(2, "Choir in the yard", 5, tags=[{"title": "music"}], category="MUSIC"),
            self._event(3, "Seed swap", 9, hour_known=False),
            self._event(4, "CANCELLED: Open stage", 20, status="CANCELLED"),
            self._event(5, "Night ride", 33, url=federated),
        ]

    def _event(
        self, number: int, title: str, days: int, *, hour_known: bool = True, **more: Any
    ) -> dict[str, Any]:
        begins = _moment(self.today + timedelta(days=days), time(17, 30))
        return {
            "url": f"{self.base}/events/0f0e{number}",
            "title": title,
            "beginsOn": begins,
            "endsOn": None,
            "status": "CONFIRMED",
            "category": "MEETING",
            "picture": {"url": f"{self.base}/media/{number}.jpg"},
            "tags": [],
            "physicalAddress": {
                "description": "Old Depot",
                "street": "Rynek 3",
                "postalCode": "31-042",
                "locality": "Kraków",
                "region": None,
                "country": "Polska",
                "geom": "19.9372;50.0617",
            },
            "organizerActor": {"name": "", "preferredUsername": "ola"},
            "attributedTo": {"name": "Neighbours", "preferredUsername": "neighbours"},
            "options": {
                "timezone": "Europe/Warsaw",
                "isOnline": False,
                "showStartTime": hour_known,
                "showEndTime": True,
            },
            "description": "<p>Bring <b>friends</b>.</p>",
            "language": "en",
            "updatedAt": _moment(self.today, time(8)),
            **more,
        }


def _moment(day: date, clock: time) -> str:
    return f"{datetime.combine(day, clock, UTC):%Y-%m-%dT%H:%M:%SZ}"
