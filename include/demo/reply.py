"""An HTTP answer as a value, so that everything above the socket is a pure function."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

JSON_TYPE = "application/json; charset=UTF-8"
HTML_TYPE = "text/html; charset=UTF-8"
TEXT_TYPE = "text/plain; charset=utf-8"
CALENDAR_TYPE = "text/calendar; charset=UTF-8"
XML_TYPE = "application/xml; charset=UTF-8"


@dataclass(frozen=True, slots=True)
class Reply:
    """Status, headers (with Content-Type, without Content-Length) and body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @classmethod
    def of_json(
        cls, payload: object, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Return a JSON answer. Non-ASCII letters are escaped, as PHP and Apigee do."""
        body = json.dumps(payload, separators=(",", ":")).encode("ascii")
        return cls(status, {"Content-Type": JSON_TYPE, **(headers or {})}, body)

    @classmethod
    def of_text(
        cls,
        text: str,
        status: int = 200,
        content_type: str = TEXT_TYPE,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Return a text answer in UTF-8: plain text, HTML or a calendar."""
        return cls(status, {"Content-Type": content_type, **(headers or {})}, text.encode("utf-8"))

    def json(self) -> dict[str, Any]:
        """Return the parsed body, for tests that read it."""
        body: dict[str, Any] = json.loads(self.body)
        return body
