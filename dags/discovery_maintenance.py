"""# Discovery maintenance

Deletes every day from the discovery database what is older than the settings `DISCOVERY_KEEP_…`
say: runs, rejected items, kept answers, the audit log and, only if `DISCOVERY_KEEP_PAST_EVENTS` is
set, events that are over. It works in small transactions and may be stopped at any time. What it
deleted stands in the log of its task, in the task's result, and in the audit log on the page.

To see what it would delete: `python -m include.discovery prune --dry-run`.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import dag, task


@dag(
    dag_id="discovery_maintenance",
    # Away from midnight, when pairs are synced.
    schedule="30 12 * * *",
    catchup=False,
    max_active_runs=1,
    default_args={
        "owner": "discovery",
        "retries": 2,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(hours=1),
    },
    tags=["discovery"],
    doc_md=__doc__,
)
def discovery_maintenance() -> None:
    """Wire the one task. Its body is imported in the task: parsing is cheap."""

    @task
    def prune() -> dict[str, int]:
        """Delete old rows; return how many of each kind."""
        from include.discovery.orchestration.maintenance import prune_history

        return prune_history()

    prune()


discovery_maintenance()
