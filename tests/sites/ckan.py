"""An open data portal of CKAN with a table of public events, in French."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from include.demo.reply import HTML_TYPE, Reply
from tests.sites.site import NOT_FOUND, FakeSite, Question

RESOURCE = "0f0e2f3a-1b2c-4d5e-8f90-a1b2c3d4e5f6"
_PAGE = f"/dataset/evenements/resource/{RESOURCE}"


class Site(FakeSite):
    """Five rows of events to come, two of one page, and one that is over; two a page."""

    kind = "ckan"

    @property
    def settings(self) -> dict[str, Any]:
        paging = {"by": "offset", "size": 2}
        return {"portal": self.base, "resource": RESOURCE, "paging": paging}

    @property
    def address(self) -> str:
        return f"{self.base}{_PAGE}"

    @property
    def titles(self) -> set[str]:
        return {"Atelier de reliure", "Marché des fées", "Ciné-parc", "Lecture à distance"}

    def answer(self, question: Question) -> Reply:
        if question.path == _PAGE:
            return Reply.of_text("<!DOCTYPE html><title>Données</title>", content_type=HTML_TYPE)
        if question.path != "/api/3/action/datastore_search":
            return NOT_FOUND
        if question.query.get("resource_id") != RESOURCE:
            error = {"__type": "Not Found Error", "message": "Not found: Resource was not found."}
            return Reply.of_json({"success": False, "error": error}, status=404)
        rows = self._rows()
        offset, limit = int(question.query.get("offset", 0)), int(question.query.get("limit", 100))
        result = {
            "resource_id": RESOURCE,
            "fields": [{"id": "_id", "type": "int"}, {"id": "titre", "type": "text"}],
            "records": rows[offset : offset + limit],
            "total": len(rows),
            "limit": limit,
        }
        return Reply.of_json({"success": True, "help": "", "result": result})

    def _rows(self) -> list[dict[str, Any]]:
        rows = [
            self._row("ancien-bal", "Ancien bal", -40),
            self._row("reliure", "Atelier de reliure", 2),
            self._row("reliure", "Atelier de reliure", 9),
            self._row("fees", "Marché des fées", 12, last=3, cout="Gratuit"),
            self._row("cine", "Ciné-parc", 25, lat="", long=None, code_postal=""),
            self._row(
                "lecture", "Lecture à distance", 40,
                emplacement="En ligne", titre_adresse="", adresse_principale="",
                lat=None, long=None, arrondissement="", code_postal=None,
            ),
        ]  # fmt: skip
        return [{"_id": number, **row} for number, row in enumerate(rows, 1)]

    def _row(
        self, page: str, title: str, days: int, *, last: int = 0, **more: Any
    ) -> dict[str, Any]:
        day = self.today + timedelta(days=days)
        return {
            "titre": title,
            "url_fiche": f"{self.base}/evenements/{page}",
            "description": "Pour petits &amp; grands.",
            "date_debut": f"{day}",
            "date_fin": f"{day + timedelta(days=last)}",
            "type_evenement": "Atelier",
            "public_cible": "Adultes, Aînés",
            "emplacement": "En salle",
            "inscription": "Obligatoire",
            "cout": "12 $",
            "arrondissement": "Rivière-aux-Loutres",
            "titre_adresse": "Bibliothèque du Castor",
            "adresse_principale": "14, rue du Barrage",
            "adresse_secondaire": "",
            "code_postal": "H2X 1Y4",
            "lat": "45.51",
            "long": "-73.57",
            **more,
        }
