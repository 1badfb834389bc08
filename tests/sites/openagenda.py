"""OpenAgenda's API, and the page of a town that shows one of its agendas.

A key in a header, timings, cursors of several values, and deltas.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from include.demo.reply import HTML_TYPE, Reply
from tests.sites.site import NOT_FOUND, FakeSite, Question

AGENDA = "41630001"
_HOME = (
    '<!DOCTYPE html><html lang="fr"><title>Ville du canal</title><iframe class="cibulFrame" '
    f'src="//openagenda.com/agendas/{AGENDA}/embeds/77/events"></iframe></html>'
)


class Site(FakeSite):
    """Four events, one of three timings; two a page."""

    kind = "openagenda"
    key = "oa-public-key-1"

    @property
    def settings(self) -> dict[str, Any]:
        return {
            "agenda": AGENDA,
            "url": f"{self.base}/v2/agendas/{{agenda}}/events",
            "paging": {
                "by": "cursor", "parameter": "after[]", "path": "after",
                "size_parameter": "size", "size": 2,
            },
        }  # fmt: skip

    @property
    def titles(self) -> set[str]:
        return {"Atelier vannerie", "Bal du canal", "Visite guidée", "Conférence en ligne"}

    def answer(self, question: Question) -> Reply:
        if question.path == "/":
            return Reply.of_text(_HOME, content_type=HTML_TYPE)
        if question.path != f"/v2/agendas/{AGENDA}/events":
            return NOT_FOUND
        if question.headers.get("key") != self.key:
            return Reply.of_json({"message": "A valid API key is required"}, status=403)
        events = self._events()
        if question.query.get("removed") == "null":
            gone = {"uid": 699, "updatedAt": f"{self.today}T01:00:00.000Z", "removed": True}
            events = [events[0], gone]
        size = int(question.query.get("size", 20))
        uids = [event["uid"] for event in events]
        after = question.query.get("after[]")  # the last of its values: the uid
        begin = uids.index(int(after)) + 1 if after else 0
        shown = events[begin : begin + size]
        more = begin + size < len(events)
        cursor = [1_700_000_000_000 + begin, shown[-1]["uid"]] if more else None
        return Reply.of_json(
            {"total": len(events), "events": shown, "after": cursor, "success": True}
        )

    def _events(self) -> list[dict[str, Any]]:
        return [
            self._event(601, "Atelier vannerie", [3, 4, 10]),
            self._event(602, "Bal du canal", [7], status=6),
            self._event(603, "Visite guidée", [12], conditions={"fr": "5 € / gratuit -12 ans"}),
            self._event(604, "Conférence en ligne", [25], attendanceMode=2, location=None),
        ]

    def _event(self, uid: int, title: str, days: list[int], **more: Any) -> dict[str, Any]:
        def timing(ahead: int) -> dict[str, str]:
            day = self.today + timedelta(days=ahead)
            return {"begin": f"{day}T18:00:00.000+01:00", "end": f"{day}T19:30:00.000+01:00"}

        return {
            "uid": uid,
            "slug": f"evenement-{uid}",
            "title": {"fr": title, "en": f"({title})"},
            "description": {"fr": "Une sortie."},
            "longDescription": {"fr": "Une **belle** sortie."},
            "conditions": None,
            "keywords": {"fr": ["nature", "famille"]},
            "image": {"filename": f"{uid}.jpg", "base": "https://images.example/main/"},
            "timings": [timing(ahead) for ahead in days],
            "attendanceMode": 1,
            "status": 1,
            "state": 2,
            "timezone": "Europe/Paris",
            "location": {
                "uid": 900, "name": "La Grange", "address": "2 quai Neuf", "city": "Paris",
                "postalCode": "75019", "region": "Île-de-France", "countryCode": "FR",
                "latitude": 48.89, "longitude": 2.38, "timezone": "Europe/Paris",
            },
            "originAgenda": {"uid": int(AGENDA), "title": "Sorties du canal"},
            "updatedAt": f"{self.today}T00:30:00.000Z",
            **more,
        }  # fmt: skip
