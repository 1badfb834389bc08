"""The Discovery System's part in Airflow's own processes."""

from __future__ import annotations

import sys

from airflow.plugins_manager import AirflowPlugin

from include.discovery.orchestration.preload import preload_where_tasks_are_forked


class DiscoveryPlugin(AirflowPlugin):
    """Prepares the processes that fork tasks; costs the others nothing."""

    name = "discovery"


preload_where_tasks_are_forked(sys.argv)
