"""What a complete sync of everything concludes: is it as asserted, and what has vanished."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from include.discovery.health.measures import Measures, assess
from include.discovery.model import Pair, SyncStats, Window
from include.discovery.store import runs
from include.discovery.store.connection import Connection, transaction
from include.discovery.store.runs import PageResult
from include.discovery.store.withdrawals import withdraw_vanished


@dataclass(frozen=True, slots=True)
class Conclusion:
    """How many listings were withdrawn, and what a person should look at, in words."""

    withdrawn: int = 0
    warnings: tuple[str, ...] = ()


def conclude(
    conn: Connection,
    pair: Pair,
    run_id: int,
    *,
    measures: Measures,
    window: Window,
    sync_started_at: datetime,
    now: datetime,
    limit: timedelta,
    unidentified: int = 0,
    is_confirmed: bool = False,
) -> Conclusion:
    """Judge the events of a sync, withdraw what has vanished, and note both in the run's row.

    :param now: in the time zone of the pair: its day says which season it is.
    :param limit: how long each of its statements may take.
    :param unidentified: how many items were rejected without telling which they are.
    :param is_confirmed: a person has said that what is missing is gone.
    """
    monitoring = pair.source.monitoring.beneath(pair.monitoring)
    if not measures.events and monitoring.expects_empty(now.date()):
        # That nothing is listed is in order, and proves nothing of what was listed before.
        return Conclusion()
    assessment = assess(measures, monitoring.assertions_on(now.date()))
    # As with a page: the withdrawal, and the fact that it is this attempt's, are one.
    with transaction(conn, limit):
        withdrawal = withdraw_vanished(
            conn,
            pair,
            run_id,
            window=window,
            sync_started_at=sync_started_at,
            now=now,
            unidentified=unidentified,
            is_as_asserted=not assessment.failed,
            is_confirmed=is_confirmed,
        )
        told = (*assessment.warnings, withdrawal.warning)
        warnings = tuple(warning for warning in told if warning)
        result = PageResult(
            SyncStats(withdrawn=withdrawal.count),
            warnings=warnings,
            failed_assertions=assessment.failed,
        )
        runs.advance(conn, run_id, result)
    return Conclusion(withdrawal.count, warnings)
