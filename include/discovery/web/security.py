"""Who may do what on the page. All of it is here; the app denies what nothing here allows.

Airflow mounts a plugin's app outside its own authentication, so every request passes ``authorise``,
before its body is read (``gate``) and whatever route it is for:

* safe methods (static files included): read access to the DAG's task instances;
* every other method: that, and edit access to the DAG;
* to give a connection a new use (a source, an address): edit access to the connection, too;
* triggering runs is not done here: the browser asks Airflow's public API, which checks it itself.

A route that needs more than its method says so itself, as a dependency.

An unsafe request must come from this site. Airflow has no CSRF token, and its cookie alone proves
little: the simple auth manager's is set without SameSite, and a page of a sibling host counts as
the same site. The browser's word (``Sec-Fetch-Site``, else ``Origin``) decides. That a request has
an ``Authorization`` header exempts it from nothing: where everybody is admin (as the Astro CLI
starts Airflow locally), Airflow itself adds one to every request.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
from airflow.api_fastapi.auth.managers.models.resource_details import (
    ConnectionDetails,
    DagAccessEntity,
    DagDetails,
)
from airflow.api_fastapi.core_api.security import (
    GetUserDep,
    auth_manager_from_app,
    get_user,
    requires_access_dag,
)
from airflow.models.connection import Connection
from airflow.models.dag import DagModel
from fastapi import Depends, FastAPI, HTTPException, Request, status
from fastapi.concurrency import run_in_threadpool
from fastapi.security import HTTPBearer

from include.discovery.links import DAG_ID
from include.discovery.store.audit import Author
from include.discovery.web.answers import Answer

PAGE = "City Discovery"
"""What the browser's files send as X-Requested-With: it tells changes apart, and grants nothing."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def from_this_site(request: Request) -> None:
    """Refuse a request that was sent by another site's page."""
    fetch_site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if fetch_site in {"same-origin", "none"}:
        return
    if fetch_site is None:
        # No browser (curl, a script), or one on plain http, which sends Origin alone.
        if origin is None:
            return
        if urlsplit(origin).netloc.lower() == request.headers.get("host", "").lower():
            return
    raise HTTPException(
        status.HTTP_403_FORBIDDEN, "cross-site request refused: it came from another site's page"
    )


_may_read = requires_access_dag("GET", DagAccessEntity.TASK_INSTANCE, param_dag_id=DAG_ID)
_may_edit = requires_access_dag("PUT", param_dag_id=DAG_ID)
_bearer = HTTPBearer(auto_error=False)


async def authorise(request: Request) -> None:
    """Refuse a request that its sender may not make, by its method alone.

    :raises HTTPException: 401 without a valid login, 403 without the right or from another site.
    """
    user = await get_user(request, None, await _bearer(request))
    # Rights may be looked up in the metadata database.
    await run_in_threadpool(_may_read, request, user)
    if request.method not in SAFE_METHODS:
        from_this_site(request)
        await run_in_threadpool(_may_edit, request, user)


class Permissions(Answer):
    """What the user may do; the server checks again at each request."""

    user: str
    """The name under which changes are recorded."""
    can_edit: bool
    """May change cities, sources and pairs."""
    can_run: bool
    """May trigger runs of the DAG ('Run now')."""


def permissions_of(user: GetUserDep) -> Permissions:
    """Return what the user may do, for the page to show no button in vain."""
    manager = get_auth_manager()
    details = DagDetails(id=DAG_ID, team_name=DagModel.get_team_name(DAG_ID))
    return Permissions(
        user=user.get_name(),
        can_edit=manager.is_authorized_dag(method="PUT", details=details, user=user),
        can_run=manager.is_authorized_dag(
            method="POST", access_entity=DagAccessEntity.RUN, details=details, user=user
        ),
    )


UserPermissions = Annotated[Permissions, Depends(permissions_of)]


def author_of(request: Request, user: GetUserDep) -> Author:
    """Return who makes a change, as it is recorded; the page's own requests say that they are."""
    is_page = request.headers.get("x-requested-with") == PAGE
    return Author(user.get_name(), "page" if is_page else "api")


UserAuthor = Annotated[Author, Depends(author_of)]


@dataclass(frozen=True, slots=True)
class ConnectionRights:
    """Asks Airflow whether the user may edit a connection."""

    user: BaseUser

    def may_edit(self, connection_id: str) -> bool:
        """Say whether the user may change what the connection holds."""
        details = ConnectionDetails(
            conn_id=connection_id, team_name=Connection.get_team_name(connection_id)
        )
        return get_auth_manager().is_authorized_connection(
            method="PUT", details=details, user=self.user
        )

    def require(self, connection_id: str, what: str) -> None:
        """Refuse what takes the right to edit a connection to those who lack it."""
        if not self.may_edit(connection_id):
            raise HTTPException(
                status.HTTP_403_FORBIDDEN,
                f"You may not do this: {what} takes the right to edit Airflow connections, since"
                " its key goes there. Ask somebody who has it.",
            )


def connection_rights(user: GetUserDep) -> ConnectionRights:
    """Return what asks for rights to connections."""
    return ConnectionRights(user)


UserConnections = Annotated[ConnectionRights, Depends(connection_rights)]


def guard(app: FastAPI) -> None:
    """Let Airflow's dependencies find its auth manager: a mounted app has no state of Airflow's."""
    app.dependency_overrides[auth_manager_from_app] = get_auth_manager
