"""# City discovery

Pulls public events from every enabled (city, source) pair that is due into the discovery database.

| task | what it does |
|---|---|
| `plan` | chooses the due pairs, by priority, then by whose turn was longest ago |
| `sync` | one mapped task a pair, named after it: fetches, parses and loads page by page |
| `report` | prints what became of every pair; fails the run when too many failed |

A failed pair is tried again after 30 s, 2 min and 8 min and goes on where it stopped. What waiting
cannot mend (a missing key, a wrong address) fails at once. Trigger it by hand to sync some cities
or sources only, to sync what is not due (`force`), or to look without writing (`dry_run`): that
costs no pair its turn in the next scheduled run.
"""

from __future__ import annotations

import os
from typing import Any

from airflow.sdk import Asset, Param, dag, get_current_context, task

from include.discovery.orchestration.retry import PairBackoff
from include.discovery.settings import Settings
from include.discovery.slugs import SLUG_LENGTH, SLUG_PATTERN

# By name alone: a URI would make every parse load the asset handlers of all providers.
EVENTS = Asset(name="discovery/events")

SETTINGS = Settings.from_environment(os.environ)

SLUGS = {
    "type": "array",
    "items": {"type": "string", "pattern": SLUG_PATTERN, "maxLength": SLUG_LENGTH},
    "uniqueItems": True,
}


@dag(
    dag_id="city_discovery",
    schedule="0 0 * * *",
    catchup=False,
    max_active_runs=1,
    max_active_tasks=16,
    default_args={
        "owner": "discovery",
        "retries": 3,
        "retry_policy": PairBackoff(),
        # For tasks that were killed: the policy is not asked about those.
        "retry_delay": SETTINGS.retry_delays[0],
        "retry_exponential_backoff": 4,
        "max_retry_delay": SETTINGS.retry_delays[-1],
    },
    params={
        "cities": Param(
            [],
            **SLUGS,
            title="Cities",
            description="Slugs of the cities to sync, one a line, as krakow. Empty: all.",
        ),
        "sources": Param(
            [],
            **SLUGS,
            title="Sources",
            description="Slugs of the sources to sync, one a line, as ticketmaster. Empty: all.",
        ),
        "limit": Param(
            None,
            type=["null", "integer"],
            minimum=1,
            maximum=1_000_000_000,
            title="Limit",
            description="Load at most so many events per pair. Empty: no limit.",
        ),
        "force": Param(
            default=False,
            type="boolean",
            title="Force",
            description="Sync pairs that are not due, too, and read all of each source, not its "
            "changes alone.",
        ),
        "dry_run": Param(
            default=False,
            type="boolean",
            title="Dry run",
            description="Fetch and parse, but write no events.",
        ),
        "withdraw_missing": Param(
            default=False,
            type="boolean",
            title="Withdraw missing",
            description="Withdraw at once all that the sources no longer list, however much it is: "
            "you have looked at them. Name the sources.",
        ),
    },
    tags=["discovery", "events"],
    doc_md=__doc__,
)
def city_discovery() -> None:
    """Wire plan → sync → report. Bodies are imported inside the tasks, so that parsing is cheap."""

    @task
    def plan() -> list[dict[str, str | None]]:
        """Choose the pairs of this run."""
        from include.discovery.orchestration.tasks import plan_run

        return plan_run(get_current_context())

    @task(
        map_index_template="{{ (task.op_kwargs['city'] ~ ' · ' if task.op_kwargs['city'] else '') "
        "~ task.op_kwargs['source'] }}",
        execution_timeout=SETTINGS.sync_timeout,
        outlets=[EVENTS],
    )
    def sync(city: str | None, source: str) -> None:
        """Sync one pair."""
        from include.discovery.orchestration.tasks import sync_mapped

        context: Any = get_current_context()
        context["outlet_events"][EVENTS].extra = sync_mapped(context, city, source)

    @task(trigger_rule="all_done")
    def report() -> None:
        """Return what became of every pair."""
        from include.discovery.orchestration.tasks import report_run

        report_run(get_current_context())

    sync.expand_kwargs(plan()) >> report()


city_discovery()
