"""When a failed task is tried again: after 30 s, 2 min and 8 min, or not at all.

Airflow's own exponential backoff adds up to 100 % of jitter, the same for all mapped tasks of a
run, so that failed pairs come back as a herd. This policy gives the exact waits, spreads pairs by a
few seconds, honours a longer ``Retry-After``, and fails at once where waiting cannot help or the
source asks for so long a wait that its pair is parked. It is not asked about tasks that were
killed; for those the task's own ``retry_delay`` stands.
"""

from __future__ import annotations

import logging
import os
import zlib
from datetime import UTC, datetime
from typing import Any

from airflow.sdk.definitions.retry_policy import RetryDecision, RetryPolicy

from include.discovery.errors import parking_of
from include.discovery.settings import Settings

log = logging.getLogger(__name__)

LONGEST_REASON = 500
"""What Airflow keeps of a reason, in characters."""


class PairBackoff(RetryPolicy):
    """Decides by the failure's class, the number of the try, and the pair."""

    def evaluate(
        self,
        exception: BaseException,
        try_number: int,
        max_tries: int,
        context: Any = None,  # noqa: ANN401  Airflow's Context, a mapping
    ) -> RetryDecision:
        """Return what Airflow is to do after the given try (from 1) has failed, and log it."""
        # Imported late: the DAG file makes a policy at every parse, and asks it once in a while.
        from include.discovery.failures import failure_of  # noqa: PLC0415
        from include.discovery.redaction.masking import redact  # noqa: PLC0415
        from include.discovery.text.wording import in_words, moment_in_words  # noqa: PLC0415

        failure = failure_of(exception)
        name = _name_of(context)
        attempt = f"{name}: attempt {try_number} of {max_tries + 1} failed"
        # Redacted first and cut second: half a key would no longer be recognised.
        reason = redact(str(failure))[:LONGEST_REASON]
        settings = Settings.from_environment(os.environ)
        now = datetime.now(UTC)
        if parking := parking_of(failure, now, settings.longest_wait):
            until = moment_in_words(now + parking.wait, now)
            log.warning("%s; the pair is parked until %s.", attempt, until)
            return RetryDecision.fail(reason=reason)
        if not failure.retryable:
            log.error("%s; another one in this run cannot help.", attempt)
            return RetryDecision.fail(reason=reason)
        delays = settings.retry_delays
        delay = max(delays[min(try_number, len(delays)) - 1], failure.asked_wait(now))
        delay += settings.retry_spread * _place(name)
        if try_number > max_tries:
            log.error("%s; it was the last one of this run.", attempt)
        else:
            at = f"{now + delay:%H:%M:%S} UTC"
            log.warning("%s; the next one starts at %s, in %s.", attempt, at, in_words(delay))
        return RetryDecision.retry(delay=delay, reason=reason)


def _place(name: str) -> float:
    """Give each name its fixed place between 0 and 1; crc32, since hash() differs per process."""
    return zlib.crc32(name.encode()) / 2**32


def _name_of(context: Any) -> str:  # noqa: ANN401  Airflow's Context, a mapping
    """Name a task by its pair, or by those that share it; by its own id, where it has none."""
    task = (context or {}).get("task")
    kwargs = getattr(task, "op_kwargs", None) or {}
    return str(kwargs.get("name") or getattr(task, "task_id", "task"))
