"""The page's FastAPI app. Airflow's api-server mounts it under ``/discovery``."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, HTTPException, Request, Response, status
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse
from pydantic import BaseModel

from include.discovery.errors import DatabaseUnavailable
from include.discovery.field_types import DISCOVERY_DB
from include.discovery.store.edits import EditRefusedError
from include.discovery.web import api, assets, documents, security
from include.discovery.web.answers import Answer, FieldError, Invalid, Message
from include.discovery.web.editing import Conflict, FieldsInvalidError
from include.discovery.web.gate import Gate
from include.discovery.web.services import Services

log = logging.getLogger(__name__)

# Nothing here is a page of its own, but for the documentation, which says what it needs; should
# anything else be opened as such, it may load and run nothing.
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Unavailable(Answer):
    """503: the discovery database cannot be used."""

    detail: str
    connection: str
    """The Airflow connection to set: ``discovery_db``."""


_REFUSALS: dict[int | str, dict[str, Any]] = {
    **{code: {"model": Message} for code in (400, 401, 403, 413, 415)},
    422: {"model": Invalid},
    503: {"model": Unavailable},
}
"""What any request may be answered, whatever route it is for."""
_MOST_FAULTS = 50
"""So many wrong fields are named at once; a form has fewer."""
_FOREVER = "private, max-age=31536000, immutable"


def create_app(services: Services | None = None) -> FastAPI:
    """Build the app. Whatever it is asked for passes the gate first."""
    app = FastAPI(
        title="Discovery",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        responses=_REFUSALS,
        lifespan=_lifespan,
    )
    app.state.services = services or Services()
    security.guard(app)
    app.include_router(api.router)
    app.include_router(documents.router)
    app.add_api_route("/static/{version}/{name:path}", _static, include_in_schema=False)
    app.add_middleware(Gate)
    app.middleware("http")(_with_headers)
    app.exception_handler(DatabaseUnavailable)(_unavailable)
    app.exception_handler(EditRefusedError)(_refused)
    app.exception_handler(FieldsInvalidError)(_invalid_fields)
    app.exception_handler(RequestValidationError)(_invalid_request)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    app.state.services.database.close()


def _static(version: str, name: str) -> Response:
    """Serve one of the browser's files, under the current hash or an old page's."""
    path = assets.find(name)
    if path is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "There is no such file.")
    is_current = version == assets.content_hash()
    headers = {"Cache-Control": _FOREVER if is_current else "no-store"}
    media_type = assets.MEDIA_TYPES[path.suffix]
    if name == assets.ENTRY:
        return Response(assets.entry(), media_type=media_type, headers=headers)
    return FileResponse(path, media_type=media_type, headers=headers)


async def _with_headers(
    request: Request, call_next: Callable[[Request], Awaitable[Response]]
) -> Response:
    response = await call_next(request)
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def _answer(code: int, body: BaseModel) -> JSONResponse:
    return JSONResponse(body.model_dump(mode="json"), code)


async def _unavailable(_request: Request, error: Exception) -> JSONResponse:
    log.error("The page cannot be shown: %s", error)
    return _answer(503, Unavailable(detail=str(error), connection=DISCOVERY_DB))


async def _refused(_request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, EditRefusedError):
        raise error
    return _answer(409, Conflict.of(error))


async def _invalid_fields(_request: Request, error: Exception) -> JSONResponse:
    errors = error.errors if isinstance(error, FieldsInvalidError) else []
    return _answer(422, Invalid(detail=str(error), errors=errors))


async def _invalid_request(_request: Request, error: Exception) -> JSONResponse:
    faults = error.errors() if isinstance(error, RequestValidationError) else []
    errors = [
        FieldError(
            # Where it was (body, query, path) is not part of a field's name.
            path=[part for part in fault["loc"][1:] if isinstance(part, str | int)],
            message=fault["msg"].removeprefix("Value error, "),
        )
        for fault in faults
    ]
    named = [f"{'.'.join(map(str, e.path))}: {e.message}" for e in errors[:_MOST_FAULTS]]
    if len(errors) > _MOST_FAULTS:
        named.append(f"and {len(errors) - _MOST_FAULTS} more")
    detail = "; ".join(named) or "not acceptable"
    return _answer(422, Invalid(detail=detail, errors=errors[:_MOST_FAULTS]))
