"""A WordPress site with The Events Calendar: REST interface and the signs on its home page."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from include.demo.reply import HTML_TYPE, Reply
from include.demo.tribe_api import API_PATH, TribeRow, TribeSite, no_such_route
from tests.sites.site import NOT_FOUND, FakeSite, Question

_HOME = (
    '<!DOCTYPE html><title>House of culture</title><meta name="generator" content="WordPress 6.8">'
    '<meta name="tec-api-version" content="v1"><link rel="https://api.w.org/" href="{}wp-json/">'
)


class Site(FakeSite):
    """Five events on three pages of two."""

    kind = "events_calendar"

    @property
    def settings(self) -> dict[str, Any]:
        return {"site_url": self.base, "per_page": 2}

    @property
    def titles(self) -> set[str]:
        return {"Reading", "Puppet theatre", "Film club", "Guided tour", "Concert"}

    def answer(self, question: Question) -> Reply:
        wordpress = TribeSite(f"{self.base}/", self._rows(), self.today)
        path = question.path.strip("/")
        if path == f"{API_PATH}/events":
            return wordpress.events(question.query)
        if path == "wp-json":
            return wordpress.index()
        if path.startswith("wp-json/"):
            return no_such_route()
        if path == "":
            page = _HOME.format(f"{self.base}/")
            return Reply.of_text(page, content_type=HTML_TYPE, headers=wordpress.signature())
        return NOT_FOUND

    def _rows(self) -> list[TribeRow]:
        return [
            self._row(1, "Reading", 1),
            self._row(2, "Puppet theatre", 3),
            self._row(3, "Film club", 10),
            self._row(4, "Guided tour", 10),
            self._row(5, "Concert", 45),
        ]

    def _row(self, number: int, title: str, days: int) -> TribeRow:
        starts = datetime.combine(self.today + timedelta(days=days), time(18))  # a wall clock
        ends = starts + timedelta(hours=2)
        payload = {
            "id": number,
            "url": f"{self.base}/event/{number}/",
            "title": title,
            "description": "<p>Come in.</p>",
            "start_date": f"{starts}",
            "end_date": f"{ends}",
            "timezone": "Europe/Warsaw",
            "cost": "10 zł",
            "categories": [],
            "venue": {"id": 9, "venue": "Dom Kultury", "city": "Kraków", "country": "Polska"},
            "organizer": [],
        }
        return TribeRow(starts, ends, payload)
