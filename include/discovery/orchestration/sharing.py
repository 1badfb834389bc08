"""Syncs the pairs that share a mapped task: one fails, or waits for its turn, and the others go on.

Each pair has its own attempt, with its own row, time limit, error and metrics. What becomes of the
task is decided when all had their turn: it is tried again as long as that may help any of its
pairs, and only those are synced then.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from airflow.sdk.exceptions import AirflowRescheduleException

from include.discovery.errors import (
    DatabaseUnavailable,
    Defect,
    PairBusy,
    PairsFailed,
    PairsFailedForGood,
)
from include.discovery.failures import failure_of
from include.discovery.model import Pair
from include.discovery.settings import Settings
from include.discovery.store.plans import PlannedPair
from include.discovery.sync.stopping import OutOfTime, limited
from include.discovery.text.wording import some_of

log = logging.getLogger(__name__)


def sync_share(
    read: Callable[[], Sequence[PlannedPair]],
    sync: Callable[[Pair], None],
    try_number: int,
    settings: Settings,
) -> None:
    """Sync the pairs of a task that are due in this try, one after the other.

    :param read: tells what has become of the task's pairs.
    :param sync: syncs one of them.
    :raises AirflowRescheduleException: when some wait for their turn, and all others had it.
    :raises PairsFailed: when some have failed.
    :raises DatabaseUnavailable: at once, since it would fail all others, too.
    """
    share = read()
    due = [planned.pair for planned in share if _is_due(planned, try_number)]
    log.info("%d of %d pairs are to be synced: %s.", len(due), len(share), _names(due))
    longest = timedelta()
    turns = []
    for pair in due:
        try:
            with limited(settings.sync_timeout):
                sync(pair)
        except AirflowRescheduleException as later:
            turns.append(later.reschedule_date)
        except (Exception, OutOfTime) as error:
            failure = failure_of(error)
            if isinstance(failure, DatabaseUnavailable):
                raise
            defect = error if isinstance(failure, Defect) else None
            log.error("%s failed: %s", pair.label, failure, exc_info=defect)  # noqa: TRY400
            wait = failure.asked_wait(datetime.now(UTC))
            # Who asks for a longer one is parked.
            longest = max(longest, wait) if wait <= settings.longest_wait else longest
    if turns:
        raise AirflowRescheduleException(min(turns))  # type: ignore[no-untyped-call]
    _judge(read(), longest)


def _is_due(planned: PlannedPair, try_number: int) -> bool:
    """Say whether a pair is to be synced in a try, which may have begun before it had its turn."""
    if planned.state != "failed":
        return not planned.has_succeeded
    waits_for_its_turn = planned.error_category == PairBusy.category
    return planned.may_retry and (planned.try_number < try_number or waits_for_its_turn)


def _judge(share: Sequence[PlannedPair], longest: timedelta) -> None:
    """Raise unless all pairs have succeeded.

    :param longest: how long any of their sources asks to wait.
    """
    failed = [planned for planned in share if not planned.has_succeeded]
    if not failed:
        return
    names = (
        f"{planned.pair.label} ({planned.error_category or 'not begun'}"
        f"{'' if planned.may_retry else ', for good'})"
        for planned in failed
    )
    may_help = any(planned.may_retry for planned in failed)
    raised = PairsFailed if may_help else PairsFailedForGood
    raise raised(
        f"{len(failed)} of {len(share)} pairs failed: {some_of(names)}",
        retry_after=longest.total_seconds(),
    )


def _names(pairs: Sequence[Pair]) -> str:
    return some_of(pair.label for pair in pairs) or "none"
