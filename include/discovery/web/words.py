"""Names and words that the page's parts share."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote

from include.discovery import errors
from include.discovery.errors import DiscoveryError
from include.discovery.fetch.redact import redact_url

DAG_ID = "city_discovery"
SYNC_TASK = "sync"

_ADDRESS = re.compile(r"https?://[^\s<>\"']+")

_ACTORS = {
    error.category: error.actor
    for error in reversed(list(vars(errors).values()))
    if isinstance(error, type) and issubclass(error, DiscoveryError)
}


def actor_of(category: str) -> str | None:
    """Say who must act on failures of a category."""
    return _ACTORS.get(category)


def web_address(text: str | None) -> str | None:
    """Return an address if a browser may follow it: nothing but http and https."""
    return text if text and _ADDRESS.fullmatch(text) else None


def address_in(message: str) -> str | None:
    """Return the last address in a message, without secrets: failures end with what was asked.

    ``None`` also where a long one was shortened, which leads nowhere.
    """
    found = _ADDRESS.findall(message)
    address = redact_url(found[-1].rstrip(".,;:)")) if found else None
    return None if address is None or "…" in address else address


@lru_cache(maxsize=1024)
def run_path(run_id: str) -> str:
    """Return the path of a run's page in Airflow, relative to Airflow's base address."""
    return f"dags/{DAG_ID}/runs/{quote(run_id, safe='')}"


def log_path(run_id: str, map_index: int, try_number: int) -> str | None:
    """Return the path of a try's log in Airflow; None for what did not run in Airflow."""
    if map_index < 0:
        return None
    return f"{run_path(run_id)}/tasks/{SYNC_TASK}/mapped/{map_index}?try_number={try_number}"
