"""A portal of Opendatasoft with a data set in the shape of 'Que faire à Paris'."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from include.demo.reply import HTML_TYPE, Reply
from tests.sites.site import NOT_FOUND, FakeSite, Question

_RECORDS = "/api/explore/v2.1/catalog/datasets/sorties/records"


class Site(FakeSite):
    """Four records, one of two dates, one of which only the first and last day is known."""

    kind = "opendatasoft"

    @property
    def settings(self) -> dict[str, Any]:
        paging = {"by": "offset", "size": 3, "reach": 10000}
        return {"portal": self.base, "dataset": "sorties", "paging": paging}

    @property
    def address(self) -> str:
        return f"{self.base}/explore/dataset/sorties/table/"

    @property
    def titles(self) -> set[str]:
        return {"Bal des lampions", "Expo Papier", "Marché de nuit", "Lecture au square"}

    def answer(self, question: Question) -> Reply:
        if question.path == "/explore/dataset/sorties/table/":
            return Reply.of_text("<!DOCTYPE html><title>Sorties</title>", content_type=HTML_TYPE)
        if question.path != _RECORDS:
            return NOT_FOUND
        offset, limit = (
            int(question.query.get(name, n)) for name, n in (("offset", 0), ("limit", 10))
        )
        if offset + limit > 10_000:
            message = (
                "Invalid value for sum of offset + limit API parameter: "
                f"{offset + limit} was found but <= 10000 is expected."
            )
            error = {"error_code": "InvalidRESTParameterError", "message": message}
            return Reply.of_json(error, status=400)
        records = self._records()
        return Reply.of_json(
            {"total_count": len(records), "results": records[offset : offset + limit]}
        )

    def _records(self) -> list[dict[str, Any]]:
        return [
            self._record("501", "Bal des lampions", [2, 3], price_type="gratuit"),
            self._record("502", "Expo Papier", [], price_type="payant", price_detail="12 €"),
            self._record("503", "Marché de nuit", [11], price_type="gratuit sous condition"),
            self._record("504", "Lecture au square", [30], lat_lon=None),
        ]

    def _record(self, number: str, title: str, days: list[int], **more: Any) -> dict[str, Any]:
        def occurrence(ahead: int) -> str:
            day = self.today + timedelta(days=ahead)
            return f"{day}T19:00:00+01:00_{day}T22:00:00+01:00"

        first = self.today + timedelta(days=min(days, default=1))
        last = self.today + timedelta(days=max(days, default=40))
        return {
            "id": number,
            "event_id": int(number),
            "url": f"https://sorties.example/{number}",
            "title": title,
            "lead_text": "À ne pas manquer",
            "description": "<p>À ne pas <em>manquer</em>.</p>",
            "date_start": f"{first}T18:00:00+00:00",
            "date_end": f"{last}T21:00:00+00:00",
            "occurrences": ";".join(map(occurrence, days)) or None,
            "cover_url": f"https://sorties.example/{number}.jpg",
            "address_name": "Square du Tilleul",
            "address_street": "8 rue du Tilleul",
            "address_zipcode": "75020",
            "address_city": "Paris",
            "lat_lon": {"lon": 2.4, "lat": 48.86},
            "price_type": "gratuit",
            "price_detail": None,
            "qfap_tags": "Balade;Enfants",
            "universe_tags": None,
            "updated_at": f"{self.today}T06:00:00+00:00",
            **more,
        }
