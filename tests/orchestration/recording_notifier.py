"""A notifier of somebody's own, as a deployment may have one: it keeps what it is given."""

from __future__ import annotations

from typing import Any

from airflow.sdk import BaseNotifier

TAKEN: list[tuple[str, str]] = []


class RecordingNotifier(BaseNotifier):
    """Keeps its templated title and the text of the alert; fails when it is told to."""

    template_fields = ("title",)

    def __init__(self, title: str = "", fails: str = "") -> None:
        super().__init__()
        self.title = title
        self.fails = fails

    def notify(self, context: Any) -> None:
        if self.fails:
            raise RuntimeError(self.fails)
        TAKEN.append((self.title, context["alert"]["text"]))
