"""The page's app with users of every role, as tests talk to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response

from include.discovery.web.services import Services

ROLES = ("viewer", "user", "op", "admin")


def token(role: str) -> str:
    """Return what a user of a role sends, from Airflow's own simple auth manager."""
    user = SimpleAuthManagerUser(username=f"{role}-name", role=role.upper())
    return str(get_auth_manager().generate_jwt(user, expiration_time_in_seconds=600))


@dataclass(frozen=True)
class Page:
    """The running app."""

    app: FastAPI
    client: TestClient
    services: Services

    def ask(self, method: str, path: str, role: str | None = "admin", **more: Any) -> Response:
        """Send a request as a user of a role, or as nobody."""
        headers = more.pop("headers", {})
        if role is not None:
            headers = {**headers, "Authorization": f"Bearer {token(role)}"}
        return self.client.request(method, path, headers=headers, **more)

    def get(self, path: str, role: str | None = "admin", **query: Any) -> Any:
        answer = self.ask("GET", path, role, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()
