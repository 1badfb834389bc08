"""An ASGI app behind a real server, mounted as Airflow mounts a plugin's."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.support.stack import wait_for


@dataclass
class Served:
    """A running server: where it is, and what the app took in of the requests' bodies."""

    port: int
    prefix: str
    bytes_taken: list[int] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.prefix}"


@contextmanager
def serving(app: ASGIApp, prefix: str = "/discovery", root_path: str = "") -> Iterator[Served]:
    """Serve an app on loopback, in a thread.

    :param root_path: the path of ``[api] base_url``, if Airflow is served below one.
    """
    served = Served(0, root_path + prefix)

    async def counting(scope: Scope, receive: Receive, send: Send) -> None:
        async def count() -> Message:
            message = await receive()
            served.bytes_taken.append(len(message.get("body", b"")))
            return message

        await app(scope, count, send)

    outer = FastAPI(root_path=root_path, openapi_url=None)
    outer.mount(prefix, counting)
    server = uvicorn.Server(
        uvicorn.Config(
            outer, host="127.0.0.1", port=0, log_level="warning", lifespan="off"
        )
    )  # fmt: skip
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        wait_for(lambda: server.started, "the start of the server", 30)
        served.port = server.servers[0].sockets[0].getsockname()[1]
        yield served
    finally:
        server.should_exit = True
        thread.join(30)
