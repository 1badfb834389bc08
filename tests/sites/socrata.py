"""An open data portal of Socrata with a data set of permitted events."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from include.demo.reply import HTML_TYPE, Reply
from tests.sites.site import NOT_FOUND, FakeSite, Question

DATASET = "ab12-cd34"
TOKEN = "token-of-the-tests"
_CONDITION = re.compile(
    r"(\w+) < '([\dT:-]+)' AND \((\w+) >= '([\dT:-]+)' OR \3 IS NULL AND \1 >= '\4'\)"
)


class Site(FakeSite):
    """Five rows, two of one permit, two a page; earlier ones are left out by the condition."""

    kind = "socrata"

    @property
    def settings(self) -> dict[str, Any]:
        paging = {"by": "offset", "parameter": "$offset", "size_parameter": "$limit", "size": 2}
        return {"domain": self.base, "dataset": DATASET, "paging": paging}

    @property
    def address(self) -> str:
        return f"{self.base}/City-Government/Permitted-Events/{DATASET}/about_data"

    @property
    def titles(self) -> set[str]:
        return {"Kite day", "Street piano", "Pumpkin regatta", "Stoop sale"}

    def answer(self, question: Question) -> Reply:
        if question.path == f"/City-Government/Permitted-Events/{DATASET}/about_data":
            return Reply.of_text("<!DOCTYPE html><title>Permits</title>", content_type=HTML_TYPE)
        if question.path != f"/resource/{DATASET}.json":
            return NOT_FOUND
        if question.headers.get("x-app-token", TOKEN) != TOKEN:
            refusal = {"code": "permission_denied", "error": True, "message": "Invalid app_token"}
            return Reply.of_json(refusal, status=403)
        rows = self._rows()
        where = question.query.get("$where")
        if where is not None:
            match = _CONDITION.fullmatch(where)
            if match is None or {match[1], match[3]} != {"start_date_time", "end_date_time"}:
                unknown = {"errorCode": "query.soql.no-such-column", "message": "No such column"}
                return Reply.of_json(unknown, status=400)
            rows = [row for row in rows if row["start_date_time"] < match[2]]
            rows = [r for r in rows if r.get("end_date_time", r["start_date_time"]) >= match[4]]
        offset, limit = (int(question.query.get(name, 0)) for name in ("$offset", "$limit"))
        return Reply.of_json(rows[offset : offset + (limit or 1000)])

    def _rows(self) -> list[dict[str, Any]]:
        ended = self._row(900, "Last winter's swim", -90)
        without_end = self._row(904, "Stoop sale", 31)
        del without_end["end_date_time"], without_end["event_location"]
        return [
            ended,
            self._row(901, "Kite day", 2),
            self._row(902, "Street piano", 3),
            self._row(902, "Street piano", 4),
            self._row(903, "Pumpkin regatta", 20),
            without_end,
        ]

    def _row(self, number: int, name: str, days: int) -> dict[str, Any]:
        day = self.today + timedelta(days=days)
        return {
            "event_id": f"{number}",
            "event_name": name,
            "start_date_time": f"{day}T11:00:00.000",
            "end_date_time": f"{day}T16:00:00.000",
            "event_agency": "Parks Department",
            "event_type": "Special Event",
            "event_borough": "Brooklyn",
            "event_location": "Heron Park: Lawn 2 ,Heron Park: Lawn 3",
            "street_closure_type": "N/A",
            "community_board": "6, ",
        }
