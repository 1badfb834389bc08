"""Madrid's file of events: one JSON-LD document, with an escape that JSON does not have."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from include.demo.reply import JSON_TYPE, Reply
from tests.sites.site import NOT_FOUND, FakeSite, Question

_PATH = "/egob/catalogo/206974-0-agenda-eventos-culturales-100.json"


class Site(FakeSite):
    """Four events: one evening, one on Tuesdays, an exhibition, one with a broken escape."""

    kind = "madrid"

    @property
    def address(self) -> str:
        return f"{self.base}{_PATH}"

    @property
    def settings(self) -> dict[str, Any]:
        return {"url": f"{self.base}{_PATH}"}

    @property
    def titles(self) -> set[str]:
        return {"Noche de cuentos", "Taller de tango", "Mapas del agua", "Cine d'autor"}

    def answer(self, question: Question) -> Reply:
        if question.path != _PATH:
            return NOT_FOUND
        reply = Reply.of_json({"@context": {"c": "http://cal.example#"}, "@graph": self._events()})
        broken = reply.body.replace(b"d'autor", b"d\\'autor")
        return Reply(200, {"Content-Type": JSON_TYPE}, broken)

    def _events(self) -> list[dict[str, Any]]:
        def day(ahead: int) -> date:
            return self.today + timedelta(days=ahead)

        weekly = {"days": "TU", "frequency": "WEEKLY", "interval": 1}
        daily = {"days": "MO,TU,WE,TH,FR,SA,SU", "frequency": "WEEKLY", "interval": 1}
        return [
            self._event("8001", "Noche de cuentos", day(3), "19:00:00.0", day(3)),
            self._event(
                "8002", "Taller de tango", day(1), "18:30:00.0", day(28), recurrence=weekly
            ),
            self._event("8003", "Mapas del agua", day(0), "00:00:00.0", day(40), recurrence=daily),
            self._event("8004", "Cine d'autor", day(9), "21:00:00.0", day(9), price=0),
        ]

    def _event(
        self, number: str, title: str, first: date, hour: str, last: date, **more: Any
    ) -> dict[str, Any]:
        kind = "https://datos.example/egob/kos/actividades/Musica/Jazz"
        district = (
            "https://datos.example/egob/kos/Provincia/Madrid/Municipio/Madrid/Distrito/Centro"
        )
        return {
            "@id": f"https://datos.example/{number}.json",
            "@type": kind,
            "id": number,
            "title": title,
            "description": "Entrada libre hasta completar aforo.",
            "price": 1,
            "dtstart": f"{first} {hour}",
            "dtend": f"{last} 23:59:00.0",
            "excluded-days": "",
            "uid": number,
            "link": f"https://agenda.example/{number}",
            "event-location": "Biblioteca de la Fuente",
            "address": {
                "district": {"@id": district},
                "area": {
                    "locality": "MADRID", "postal-code": "28012", "street-address": "CALLE HILO 4",
                },
            },
            "location": {"latitude": 40.41, "longitude": -3.7},
            "organization": {"organization-name": "Biblioteca de la Fuente"},
            "audience": "Niños,Familias",
            **more,
        }  # fmt: skip
