"""A register of LinkedEvents: language maps, next links, deleted events, dates without hours."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from include.demo.reply import Reply
from tests.sites.site import NOT_FOUND, FakeSite, Question

_HELSINKI = ZoneInfo("Europe/Helsinki")


class Site(FakeSite):
    """Five events, a super event and a deleted one, three a page."""

    kind = "linkedevents"

    @property
    def settings(self) -> dict[str, Any]:
        paging = {
            "by": "next_url", "path": "meta.next", "size_parameter": "page_size", "size": 3,
        }  # fmt: skip
        return {"api_url": f"{self.base}/v1", "paging": paging, "timezone": "Europe/Helsinki"}

    @property
    def address(self) -> str:
        return f"{self.base}/v1/"

    @property
    def titles(self) -> set[str]:
        return {"Lukupiiri", "Jazzilta", "Puistotanssit", "Syysmarkkinat", "Only in English"}

    def answer(self, question: Question) -> Reply:
        if question.path == "/v1/":
            kinds = ("keyword", "place", "event", "search", "organization")
            return Reply.of_json({kind: f"{self.base}/v1/{kind}/" for kind in kinds})
        if question.path == "/v1/event/":
            return self._listing(dict(question.query))
        return NOT_FOUND

    def _listing(self, query: dict[str, str]) -> Reply:
        found = self._events()
        if "show_deleted" not in query:
            found = [event for event in found if not event["deleted"]]
        if since := query.get("last_modified_since"):
            found = [event for event in found if event["last_modified_time"] >= since]
        page, size = int(query.get("page", 1)), min(100, int(query.get("page_size", 20)))
        shown = found[(page - 1) * size : page * size]
        if not shown and page > 1:
            return Reply.of_json({"detail": "Sivu ei kelpaa."}, status=404)
        following = None
        if page * size < len(found):
            following = f"{self.base}/v1/event/?{urlencode({**query, 'page': page + 1})}"
        meta = {"count": len(found), "next": following, "previous": None}
        return Reply.of_json({"meta": meta, "data": shown})

    def _events(self) -> list[dict[str, Any]]:
        return [
            self._event("a1", {"fi": "Lukupiiri", "sv": "Läsecirkel"}, 2),
            self._event("a2", {"fi": "Jazzilta", "en": "Jazz night"}, 5,
                        event_status="EventCancelled"),
            self._event("a3", {"fi": "Puistotanssit"}, 8, has_start_time=False),
            self._event("a4", {"fi": "Syysmarkkinat"}, 20, date_only=True),
            self._event("a5", {"en": "Only in English"}, 31,
                        super_event={"@id": f"{self.base}/v1/event/system:a6/"}),
            self._event("a6", {"fi": "Sarja"}, 31, super_event_type="recurring",
                        sub_events=[{"@id": f"{self.base}/v1/event/system:a5/"}]),
            self._event("a7", {"fi": "Poistettu"}, 9, deleted=True),
        ]  # fmt: skip

    def _event(
        self,
        number: str,
        name: dict[str, str],
        days: int,
        *,
        has_start_time: bool = True,
        date_only: bool = False,
        **more: Any,
    ) -> dict[str, Any]:
        day = self.today + timedelta(days=days)
        hour = 18 if has_start_time else 0
        start = datetime(day.year, day.month, day.day, hour, tzinfo=_HELSINKI)
        end = start + timedelta(hours=2) if has_start_time else None
        return {
            "id": f"system:{number}",
            "name": name,
            "short_description": {"fi": "Tule mukaan."},
            "description": {"fi": "<p>Tule mukaan, <b>kaikki</b> ovat tervetulleita.</p>"},
            "info_url": {"fi": f"https://tapahtumat.example/{number}"},
            "start_time": f"{day}" if date_only else _utc(start),
            "end_time": None if date_only or end is None else _utc(end),
            "has_start_time": has_start_time and not date_only,
            "has_end_time": False if date_only else has_start_time,
            "event_status": "EventScheduled",
            "publication_status": "public",
            "super_event": None,
            "super_event_type": None,
            "sub_events": [],
            "location": {
                "id": "tprek:1",
                "name": {"fi": "Kirjasto"},
                "street_address": {"fi": "Lukutie 3"},
                "address_locality": {"fi": "Helsinki"},
                "postal_code": "00100",
                "position": {"type": "Point", "coordinates": [24.94, 60.17]},
            },
            "keywords": [{"id": "yso:p1", "name": {"fi": "lukeminen", "en": "reading"}}],
            "offers": [{"is_free": False, "price": {"fi": "8 €"}, "info_url": None}],
            "images": [{"url": "https://kuvat.example/1.jpg"}],
            "in_language": [],
            "provider": {"fi": "Kirjaston ystävät"},
            "last_modified_time": f"{_before(self.today)}T10:00:00.123456Z",
            "deleted": False,
            "replaced_by": None,
            **more,
        }


def _before(day: date) -> date:
    return day - timedelta(days=1)


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(ZoneInfo('UTC')):%Y-%m-%dT%H:%M:%SZ}"
