"""When a failed task is tried again: after 30 s, 2 min and 8 min, or not at all.

Airflow's own exponential backoff adds up to 100 % of jitter, the same for all mapped tasks of a
run, so that failed pairs come back as a herd. This policy gives the exact waits, spreads pairs by a
few seconds, honours a longer ``Retry-After``, and fails at once where waiting cannot help or the
source asks for so long a wait that its pair is parked. It is
not asked about tasks that were killed; for those the task's own ``retry_delay`` stands.
"""

from __future__ import annotations

import os
import zlib
from datetime import UTC, datetime
from typing import Any

from airflow.sdk.definitions.retry_policy import RetryDecision, RetryPolicy

from include.discovery.errors import parking_of
from include.discovery.settings import Settings

LONGEST_REASON = 500
"""What Airflow keeps of a reason, in characters."""


class PairBackoff(RetryPolicy):
    """Decides by the failure's class, the number of the try, and the pair."""

    def evaluate(
        self,
        exception: BaseException,
        try_number: int,
        max_tries: int,  # noqa: ARG002  Airflow's signature
        context: Any = None,  # noqa: ANN401  Airflow's Context, a mapping
    ) -> RetryDecision:
        """Return what Airflow is to do after the given try (from 1) has failed."""
        # Imported late: the DAG file makes a policy at every parse, and asks it once in a while.
        from include.discovery.failures import failure_of  # noqa: PLC0415
        from include.discovery.redaction.masking import redact  # noqa: PLC0415

        failure = failure_of(exception)
        # Redacted first and cut second: half a key would no longer be recognised.
        reason = redact(str(failure))[:LONGEST_REASON]
        if not failure.retryable:
            return RetryDecision.fail(reason=reason)
        settings = Settings.from_environment(os.environ)
        now = datetime.now(UTC)
        if parking_of(failure, now, settings.longest_wait):
            return RetryDecision.fail(reason=reason)
        delays = settings.retry_delays
        delay = max(delays[min(try_number, len(delays)) - 1], failure.asked_wait(now))
        return RetryDecision.retry(
            delay=delay + settings.retry_spread * _place(_name_of(context)), reason=reason
        )


def _place(name: str) -> float:
    """Give each name its fixed place between 0 and 1; crc32, since hash() differs per process."""
    return zlib.crc32(name.encode()) / 2**32


def _name_of(context: Any) -> str:  # noqa: ANN401  Airflow's Context, a mapping
    if not context:
        return ""
    kwargs = getattr(context.get("task"), "op_kwargs", None) or {}
    return f"{kwargs.get('city')} · {kwargs.get('source')}"
