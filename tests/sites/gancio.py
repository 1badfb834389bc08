"""A Gancio instance: its list of events, nodeinfo with its zone, and its home page."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from include.demo.reply import HTML_TYPE, Reply
from tests.sites.site import NOT_FOUND, FakeSite, Question

ROME = ZoneInfo("Europe/Rome")
_HOME = (
    '<!DOCTYPE html><html lang="it"><title>Agenda di Nessun Luogo</title>'
    '<div id="__nuxt">Gancio 1.27</div></html>'
)


class Site(FakeSite):
    """Five events: one of several days, two dates of a recurring one, one without a place."""

    kind = "gancio"

    @property
    def settings(self) -> dict[str, Any]:
        return {"site_url": self.base, "timezone": "Europe/Rome"}

    @property
    def titles(self) -> set[str]:
        return {"Cena sociale", "Ciclofficina", "Festival delle siepi", "Radio aperta"}

    def answer(self, question: Question) -> Reply:
        if question.path == "/":
            return Reply.of_text(_HOME, content_type=HTML_TYPE)
        if question.path == "/.well-known/nodeinfo/2.0":
            return Reply.of_json(
                {
                    "metadata": {"nodeName": "Agenda", "nodeTimezone": "Europe/Rome"},
                    "software": {"name": "gancio", "version": "1.27.0"},
                    "protocols": ["activitypub"],
                    "version": "2.0",
                }
            )
        if question.path != "/api/events":
            return NOT_FOUND
        first, last = int(question.query["start"]), int(question.query.get("end", 2**31))
        return Reply.of_json(
            [
                event
                for event in self._events()
                if event["start_datetime"] <= last
                and first <= (event["end_datetime"] or event["start_datetime"])
                and (question.query.get("show_recurrent") == "true" or not event["parentId"])
            ]
        )

    def _events(self) -> list[dict[str, Any]]:
        return [
            self._event(11, "Cena sociale", 1, hours=3),
            self._event(12, "Ciclofficina", 3, parentId=9, slug="ciclofficina-3"),
            self._event(13, "Ciclofficina", 10, parentId=9, slug="ciclofficina-4"),
            self._event(14, "Festival delle siepi", 20, hours=53, multidate=True),
            self._event(
                15, "Radio aperta", 30,
                place=None, online_locations=["https://radio.example/live"], media=[], tags=[],
            ),
        ]  # fmt: skip

    def _event(
        self, number: int, title: str, days: int, *, hours: int = 0, **more: Any
    ) -> dict[str, Any]:
        start = _seconds(self.today + timedelta(days=days), time(20, 30))
        return {
            "id": number,
            "title": title,
            "slug": title.lower().replace(" ", "-"),
            "multidate": False,
            "start_datetime": start,
            "end_datetime": start + hours * 3600 if hours else None,
            "media": [{"url": f"{number}a.jpg", "name": title, "focalpoint": [0, 0]}],
            "online_locations": [],
            "updatedAt": f"{self.today}T09:00:00.000Z",
            "apUserApId": None,
            "parentId": None,
            "place": {
                "id": 4,
                "name": "Circolo dei Ricci",
                "address": "via dei Cardi 3",
                "latitude": 45.0703,
                "longitude": 7.6869,
            },
            "tags": ["cibo", "socialità"],
            **more,
        }


def _seconds(day: date, clock: time) -> int:
    return int(datetime.combine(day, clock, ROME).timestamp())
