"""The gate: what every request passes before its body is read and before a route is chosen.

FastAPI reads and parses a body before it evaluates a route's dependencies, so checking rights
there would let anybody keep the server busy. The gate is middleware: it applies to every route,
present and future, and to mounts, unknown paths and unknown methods.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from fastapi import HTTPException, Request
from fastapi.responses import JSONResponse
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from include.discovery.storable import NotStorableError
from include.discovery.web import security
from include.discovery.web.answers import FieldError, Invalid
from include.discovery.web.bodies import check_body, read_body

_POLICY_VIOLATION = 1008  # RFC 6455, section 7.4.1


class Gate:
    """Lets authorised requests through, with bodies of bounded size that can be stored."""

    def __init__(
        self, app: ASGIApp, authorise: Callable[[Request], Awaitable[None]] = security.authorise
    ) -> None:
        self._app = app
        self._authorise = authorise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer requests that the app must not see."""
        if scope["type"] == "websocket":
            # The page has none; a route for one has to say here who may open it.
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
        elif scope["type"] == "http":
            await self._pass(Request(scope, receive), send)
        else:
            await self._app(scope, receive, send)

    async def _pass(self, request: Request, send: Send) -> None:
        has_body = _announces_body(request)
        unread = _closing(send) if has_body else send
        body = b""
        is_read = not has_body
        try:
            await self._authorise(request)
            _check_address(request)
            # A body is for the routes that change something: the others leave it unread.
            if has_body and request.method not in security.SAFE_METHODS:
                body = await _body(request)
                is_read = True
        except HTTPException as error:
            refusal = JSONResponse({"detail": error.detail}, error.status_code, error.headers)
            await refusal(request.scope, request.receive, unread)
        except NotStorableError as error:
            await _invalid(error)(request.scope, request.receive, send)
        except ClientDisconnect:
            pass  # there is nobody left to answer
        else:
            await self._app(
                request.scope, _replayed(body, request.receive), send if is_read else unread
            )


def _announces_body(request: Request) -> bool:
    headers = request.headers
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"


def _announced_size(request: Request) -> int | None:
    try:
        return int(request.headers.get("content-length", ""))
    except ValueError:
        return None


def _check_address(request: Request) -> None:
    query = request.scope["query_string"]
    if "\x00" in request.scope["path"] or b"%00" in query or b"\x00" in query:
        raise HTTPException(HTTPStatus.BAD_REQUEST, "The address contains a NUL character.")


async def _body(request: Request) -> bytes:
    coding = request.headers.get("content-encoding", "identity")
    if coding.lower() != "identity":
        raise HTTPException(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"Bodies are accepted as they are, not compressed ({coding[:40]}).",
        )
    body = await read_body(request.receive, _announced_size(request))
    if body and _is_json(request.headers.get("content-type", "")):
        check_body(body)
    return body


def _is_json(content_type: str) -> bool:
    media_type = content_type.partition(";")[0].strip().lower()
    return media_type.startswith("application/") and media_type.endswith(("/json", "+json"))


def _invalid(error: NotStorableError) -> JSONResponse:
    where = ".".join(map(str, error.path))
    detail = f"{where}: {error}" if where else str(error)
    errors = [FieldError(path=list(error.path), message=str(error))]
    return JSONResponse(
        Invalid(detail=detail, errors=errors).model_dump(mode="json"),
        HTTPStatus.UNPROCESSABLE_ENTITY,
    )


def _closing(send: Send) -> Send:
    """End the connection with the answer; otherwise the server would go on to receive the body."""

    async def closing(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message)["Connection"] = "close"
        await send(message)

    return closing


def _replayed(body: bytes, receive: Receive) -> Receive:
    """Give the app the body that was read; after it, the app can only receive the disconnection."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return replay
