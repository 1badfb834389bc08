"""The page about itself: the health of its parts, and its OpenAPI document."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, FastAPI, Request
from sqlalchemy.exc import SQLAlchemyError

from include.discovery import __version__
from include.discovery.errors import CodeOutdated, DatabaseUnavailable, NotMigrated
from include.discovery.store.migrate import schema_version
from include.discovery.web.answers import Answer
from include.discovery.web.services import Services, Uses

router = APIRouter()

_State = Literal["ok", "unreachable", "not_migrated", "code_outdated"]
_STATES: dict[type[DatabaseUnavailable], _State] = {
    NotMigrated: "not_migrated",
    CodeOutdated: "code_outdated",
}


class ServiceHealth(Answer):
    """Whether the page's parts work; no secrets. Status 200 even when a part does not."""

    version: str
    discovery_db: _State
    discovery_db_message: str | None
    schema_version: str | None
    """Name of the newest applied migration."""
    metadata_db: Literal["ok", "unreachable"]


@router.get("/health")
def health(uses: Uses) -> ServiceHealth:
    """Say whether the page's parts work."""
    state: _State = "ok"
    message = schema = None
    try:
        with uses.database.lend() as conn:
            schema = schema_version(conn)
    except DatabaseUnavailable as error:
        message, state = str(error), _STATES.get(type(error), "unreachable")
    return ServiceHealth(
        version=__version__,
        discovery_db=state,
        discovery_db_message=message,
        schema_version=schema,
        metadata_db=_metadata_state(uses),
    )


@router.get("/openapi.json", include_in_schema=False)
def openapi(request: Request) -> dict[str, object]:
    """Return the OpenAPI document, to those who may read the page."""
    return _document(request.app, request.scope["root_path"])


def _document(app: FastAPI, root_path: str) -> dict[str, Any]:
    """Return the document of an app that is mounted.

    :param root_path: where it is mounted, as ASGI says it: ``/discovery``, with the path of
        Airflow's ``[api] base_url`` in front of it. The mount is part of the document's paths, for
        clients that know Airflow's address already; what is in front is the server's address.
    """
    made = app.openapi()
    base, _, mount = root_path.rpartition("/")
    prefix = f"/{mount}" if mount else ""
    return {
        **made,
        "servers": [{"url": base or "/"}],
        "paths": {f"{prefix}{path}": item for path, item in made["paths"].items()},
        # The gate asks for it, not a dependency that FastAPI could see.
        "security": [{"HTTPBearer": []}],
    }


def _metadata_state(uses: Services) -> Literal["ok", "unreachable"]:
    try:
        uses.metadata.ping()
    except SQLAlchemyError:
        return "unreachable"
    return "ok"
