"""An API that nobody has a preset for: pages by number from zero, times in seconds."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from include.demo.reply import Reply
from tests.sites.site import NOT_FOUND, FakeSite, Question


class Site(FakeSite):
    """Four events on three pages of two, the last of which is empty."""

    kind = "json_feed"

    @property
    def address(self) -> str:
        return f"{self.base}/agenda?p=0"

    @property
    def settings(self) -> dict[str, Any]:
        return {
            "url": f"{self.base}/agenda",
            "query": {"after": "{from}", "before": "{to}"},
            "paging": {"by": "page", "parameter": "p", "first": 0},
            "items": "shows",
            "fields": {
                "external_id": "code",
                "title": "name",
                "starts_at": {"path": "begins", "as": "epoch_s"},
                "ends_at": {"path": "ends", "as": "epoch_s"},
                "url": "link",
                "venue_name": "hall.name",
                "venue_coordinates": {"path": "hall.at", "order": "lon_lat"},
                "categories": {"path": "tags", "split": ","},
                "price": "admission",
            },
        }

    @property
    def titles(self) -> set[str]:
        return {"Shadow play", "Brass in the yard", "Night of maps", "Winter fair"}

    def answer(self, question: Question) -> Reply:
        if question.path != "/agenda":
            return NOT_FOUND
        page = int(question.query["p"])
        return Reply.of_json({"shows": self._shows()[page * 2 : page * 2 + 2]})

    def _shows(self) -> list[dict[str, Any]]:
        return [
            self._show("s1", "Shadow play", 1),
            self._show("s2", "Brass in the yard", 6, admission="free"),
            self._show("s3", "Night of maps", 15),
            self._show("s4", "Winter fair", 50, hall=None),
        ]

    def _show(self, code: str, name: str, days: int, **more: Any) -> dict[str, Any]:
        begins = datetime.combine(self.today + timedelta(days=days), time(17), UTC)
        return {
            "code": code,
            "name": name,
            "begins": int(begins.timestamp()),
            "ends": int((begins + timedelta(hours=2)).timestamp()),
            "link": f"/shows/{code}",
            "hall": {"name": "Old Depot", "at": "19.94;50.06"},
            "tags": "theatre, family",
            "admission": "20 zł",
            **more,
        }
