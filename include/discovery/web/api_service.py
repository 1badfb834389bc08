"""The routes about the page itself: whether its parts work, and what it offers."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Literal

from fastapi import APIRouter, Request
from sqlalchemy.exc import SQLAlchemyError

from include.discovery.errors import CodeOutdated, DatabaseUnavailable, NotMigrated
from include.discovery.store import activity
from include.discovery.web import models
from include.discovery.web.openapi import document
from include.discovery.web.services import Services, Uses

router = APIRouter()


@router.get("/health")
def health(uses: Uses) -> models.ServiceHealth:
    """Say whether the page's parts work."""
    state: Literal["ok", "unreachable", "not_migrated", "code_outdated"] = "ok"
    message = schema = None
    try:
        with uses.database.lend() as conn:
            schema = activity.schema_version(conn)
    except NotMigrated as error:
        message, state = str(error), "not_migrated"
    except CodeOutdated as error:
        message, state = str(error), "code_outdated"
    except DatabaseUnavailable as error:
        message, state = str(error), "unreachable"
    return models.ServiceHealth(
        version=_version(),
        discovery_db=state,
        discovery_db_message=message,
        schema_version=schema,
        metadata_db=_metadata_state(uses),
    )


@router.get("/openapi.json", include_in_schema=False)
def openapi(request: Request) -> dict[str, object]:
    """Return the OpenAPI document, to those who may read the page."""
    return document(request.app, request.scope["root_path"])


def _metadata_state(uses: Services) -> Literal["ok", "unreachable"]:
    try:
        uses.metadata.ping()
    except SQLAlchemyError:
        return "unreachable"
    return "ok"


def _version() -> str:
    try:
        return version("discovery-system")
    except PackageNotFoundError:
        return "development"
