"""A theatre whose home page lists tonight's play, and links to pages of the others."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from include.demo.reply import HTML_TYPE, Reply
from tests.sites.site import NOT_FOUND, FakeSite, Question

_PLAYS = {
    "/repertoire": ("The tempest", 1),
    "/event/2": ("Winter's tale", 9),
    "/event/3": ("As you like it", 20),
}


class Site(FakeSite):
    """Three plays: JSON-LD on the list and one page, microdata on the other."""

    kind = "schema_org"

    @property
    def settings(self) -> dict[str, Any]:
        return {
            "urls": [self.address],
            "discover": "links",
            "timezone": "Europe/Warsaw",
            "venue_name": "Old theatre",
        }

    @property
    def address(self) -> str:
        return f"{self.base}/repertoire"

    @property
    def titles(self) -> set[str]:
        return {title for title, _ in _PLAYS.values()}

    def answer(self, question: Question) -> Reply:
        if question.path not in _PLAYS:
            return NOT_FOUND
        title, days = _PLAYS[question.path]
        start = f"{self.today + timedelta(days=days)}T19:00:00"
        body = (
            self._microdata(title, start) if question.path == "/event/3" else _json_ld(title, start)
        )
        links = "".join(f'<a href="{path}">{path}</a>' for path in _PLAYS)
        return Reply.of_text(
            f"<!DOCTYPE html><title>Old theatre</title>{body}{links}", content_type=HTML_TYPE
        )

    @staticmethod
    def _microdata(title: str, start: str) -> str:
        return (
            '<article itemscope itemtype="https://schema.org/TheaterEvent">'
            f'<h1 itemprop="name">{title}</h1><time itemprop="startDate" datetime="{start}"></time>'
            "</article>"
        )


def _json_ld(title: str, start: str) -> str:
    node = {
        "@context": "https://schema.org",
        "@type": "TheaterEvent",
        "name": title,
        "startDate": start,
    }
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'
