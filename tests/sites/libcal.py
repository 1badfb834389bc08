"""A library's LibCal: the list behind its public calendar, and its home page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from include.demo.reply import HTML_TYPE, Reply
from tests.sites.site import NOT_FOUND, FakeSite, Question

CALENDAR = 7001
_HOME = (
    '<!DOCTYPE html><html lang="en"><title>Elm County Library</title>'
    '<footer>Powered by <a href="https://springshare.com">Springshare</a></footer></html>'
)


class Site(FakeSite):
    """Five events, one on a whole day and one online; two a page."""

    kind = "libcal"

    @property
    def settings(self) -> dict[str, Any]:
        paging = {"by": "page", "parameter": "page", "size_parameter": "perpage", "size": 2}
        return {"site_url": self.base, "calendar": CALENDAR, "paging": paging}

    @property
    def titles(self) -> set[str]:
        return {"Rhyme time", "Book sale", "Loom basics", "Poets on the line", "Chess club"}

    def answer(self, question: Question) -> Reply:
        if question.path == "/":
            return Reply.of_text(_HOME, content_type=HTML_TYPE)
        if question.path != "/ajax/calendar/list":
            return NOT_FOUND
        is_known = question.query.get("c") in {"-1", f"{CALENDAR}"}
        found = self._events() if is_known else []
        if question.query["date"] != "0000-00-00":
            day = question.query["date"]
            found = [event for event in found if event["startdt"].startswith(day)]
        size = min(int(question.query.get("perpage", 20)), 48)
        page = int(question.query.get("page", 1))
        return Reply.of_json(
            {
                "total_results": len(found),
                "perpage": size,
                "status": 200,
                "results": found[(page - 1) * size : page * size],
            }
        )

    def _events(self) -> list[dict[str, Any]]:
        return [
            self._event(501, "Rhyme time", 1),
            self._event(502, "Book sale", 5, "00:00:00", "23:59:59", all_day=True, location=""),
            self._event(503, "Loom basics", 9, registration_cost="$5.00"),
            self._event(
                504, "Poets on the line", 12,
                online_event=True, campus="", location="Online", featured_image="",
            ),
            self._event(505, "(Canceled) Chess club", 44, campus="", location="Mill Room"),
        ]  # fmt: skip

    def _event(
        self,
        number: int,
        title: str,
        days: int,
        start: str = "10:30:00",
        end: str = "11:15:00",
        **more: Any,
    ) -> dict[str, Any]:
        day = self.today + timedelta(days=days)
        return {
            "id": number,
            "title": title,
            "description": "<p>For all who like it&nbsp;warm.</p>\n",
            "shortdesc": "",
            "start": "10:30 AM",
            "end": "11:15 AM",
            "startdt": f"{day} {start}",
            "enddt": f"{day} {end}",
            "all_day": False,
            "ymd": f"{day:%Y%m%d}",
            "url": f"{self.base}/event/{number}",
            "campus": "Elm Branch",
            "location": "Story Room",
            "locations": [],
            "calendar": "Programs",
            "audiences": [{"id": 1, "name": "Preschool"}],
            "categories_arr": [{"cat_id": 2, "name": "Story Time", "color": "#fff"}],
            "registration_enabled": False,
            "registration_cost": "",
            "seats": 0,
            "online_event": False,
            "recurring_event": False,
            "featured_image": f"{self.base}/images/{number}.jpg",
            **more,
        }
