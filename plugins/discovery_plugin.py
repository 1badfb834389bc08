"""The Discovery System's part in Airflow's own processes."""

from __future__ import annotations

import logging
import sys
from functools import cached_property
from typing import Any

from airflow.plugins_manager import AirflowPlugin

from include.discovery.orchestration.preload import preload_where_tasks_are_forked

log = logging.getLogger(__name__)


class DiscoveryPlugin(AirflowPlugin):
    """Prepares the processes that fork tasks, and adds the Discovery page.

    The page is built when the api-server asks for it: the scheduler, the DAG processor and every
    task import this file, too, and pay for none of it.
    """

    name = "discovery"

    @cached_property
    def fastapi_apps(self) -> list[dict[str, Any]]:  # type: ignore[override]
        """The page's server side; a page that is broken is left out, and Airflow starts."""
        try:
            from include.discovery.web.app import create_app  # noqa: PLC0415

            return [{"app": create_app(), "url_prefix": "/discovery", "name": "Discovery"}]
        except Exception:
            log.exception("The Discovery page is broken, and left out.")
            return []

    @cached_property
    def react_apps(self) -> list[dict[str, Any]]:  # type: ignore[override]
        """The page's browser side: an entry of the navigation, and where its code is."""
        if not self.fastapi_apps:
            return []
        from include.discovery.web.assets import address  # noqa: PLC0415

        return [
            {
                "name": "Discovery",
                "url_route": "discovery",
                "destination": "nav",
                "nav_top_level": True,
                "bundle_url": address("main.js"),
                "icon": address("icon.svg"),
                "icon_dark_mode": address("icon-dark.svg"),
            }
        ]


preload_where_tasks_are_forked(sys.argv)
