"""Where things are shown, in Airflow's pages and in ours.

Paths are relative to Airflow's base address, without a leading slash, so that they hold under any
sub-path.
"""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import quote, urlencode

RUNBOOK = "docs/runbook.md"
"""The runbook in the repository; our page serves it."""
RUNBOOK_PATH = f"discovery/{RUNBOOK}"
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


def runbook_link(section: str, published: str | None = None, base_url: str | None = None) -> str:
    """Return where the runbook says what to do about a failure category or an alert.

    :param published: where the operator has published the runbook; it comes first.
    :param base_url: Airflow's base address; without one, the link is relative to it.
    """
    page = f"{base_url.rstrip('/')}/{RUNBOOK_PATH}" if base_url else RUNBOOK_PATH
    return f"{published or page}#{quote(section)}"


def pair_path(city: str | None, source: str) -> str:
    """Return the path of a pair on our page; without a city, of a source of a wider scope."""
    query = {"view": "pair", **({"city": city} if city else {}), "source": source}
    return f"plugin/discovery?{urlencode(query)}"
