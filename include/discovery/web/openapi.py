"""The OpenAPI document, with addresses that hold where Airflow serves the page."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI


def document(app: FastAPI, root_path: str) -> dict[str, Any]:
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
