"""Alerts as events of Sentry, by its HTTP API: its SDK is not needed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
from airflow.sdk import BaseNotifier, Connection

from include.discovery.errors import InvalidSettings

_TIMEOUT_SECONDS = 20


class SentryNotifier(BaseNotifier):
    """Sends each message as one event; Sentry groups those of one subject.

    :param connection: an Airflow connection of type HTTP: the host of the DSN, its public key as
        the password, and its project as ``{"project": "42"}`` in the extras.
    :param level: as Sentry has them.
    """

    def __init__(self, connection: str = "discovery_sentry", level: str = "warning") -> None:
        super().__init__()
        self.connection = connection
        self.level = level

    def notify(self, context: Any) -> None:  # noqa: ANN401  Airflow's Context, a mapping
        """Send the message that stands in the context as ``alert``.

        :raises InvalidSettings: when the connection lacks a part of the DSN.
        :raises httpx.HTTPError: when Sentry does not take it.
        """
        found = Connection.get(self.connection)
        project = str(found.extra_dejson.get("project", ""))
        if not (found.host and found.password and project.isdigit()):
            raise InvalidSettings(
                f"connection {self.connection} needs the host, the password (public key) and the "
                'extra {"project": "…"} of a Sentry DSN'
            )
        alert = context["alert"]
        event_id = uuid4().hex
        event = {
            "event_id": event_id,
            "timestamp": datetime.now(UTC).isoformat(),
            "platform": "python",
            "logger": "discovery.alerts",
            "level": self.level,
            "message": {"formatted": alert["text"][:8_000]},
            "fingerprint": ["discovery", alert["subject"]],
            "tags": {"run_id": alert["run_id"][:200]},
        }
        lines = ({"event_id": event_id}, {"type": "event"}, event)
        port = f":{found.port}" if found.port else ""
        httpx.post(
            f"{found.schema or 'https'}://{found.host}{port}/api/{project}/envelope/",
            content="\n".join(json.dumps(line) for line in lines),
            headers={
                "Content-Type": "application/x-sentry-envelope",
                "X-Sentry-Auth": f"Sentry sentry_version=7, sentry_key={found.password}",
            },
            timeout=_TIMEOUT_SECONDS,
        ).raise_for_status()
