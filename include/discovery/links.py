"""Where things are shown, in Airflow's pages and in ours.

Paths are relative to Airflow's base address, without a leading slash, so that they hold under any
sub-path.
"""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import quote, urlencode

DAG_ID = "city_discovery"
SYNC_TASK = "sync"


@lru_cache(maxsize=1024)
def run_path(run_id: str) -> str:
    """Return the path of a run's page in Airflow."""
    return f"dags/{DAG_ID}/runs/{quote(run_id, safe='')}"


def log_path(run_id: str, map_index: int, try_number: int) -> str | None:
    """Return the path of a try's log in Airflow; None for what did not run in Airflow."""
    if map_index < 0:
        return None
    return f"{run_path(run_id)}/tasks/{SYNC_TASK}/mapped/{map_index}?try_number={try_number}"


def pair_path(city: str | None, source: str) -> str:
    """Return the path of a pair on our page; without a city, of a source of a wider scope."""
    query = {"view": "pair", **({"city": city} if city else {}), "source": source}
    return f"plugin/discovery?{urlencode(query)}"
