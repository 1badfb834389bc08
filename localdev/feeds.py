"""The demo feeds, on a port that certainly belongs to them.

A port that was free a moment ago may by now belong to another run, whose feeds would answer
instead of ours. Only the server itself knows whether it got its port, so it is started and reports
it.
"""

from __future__ import annotations

from collections.abc import Callable

from localdev import ports
from localdev.errors import LocalRunError
from localdev.files import Memory
from localdev.processes import GuardedProcess

PREFERRED_PORT = 8765
ATTEMPTS = 5


def start(
    memory: Memory,
    spawn: Callable[[int], GuardedProcess],
    wait_for: Callable[[Callable[[], bool], str], None],
) -> GuardedProcess:
    """Start the feeds on the port of the last time, on the preferred one, or on any.

    :param spawn: starts them on a port; called again with another port if that one is taken.
    :param wait_for: waits for a condition; the text names it.
    :raises LocalRunError: when they end for any other reason.
    """
    for _ in range(ATTEMPTS):
        port = ports.choose(memory, "demo_port", PREFERRED_PORT)
        process = spawn(port)
        if _serves(process, port, wait_for):
            return process
        process.stop()
        if ports.is_free(port):
            break
    raise LocalRunError(
        f"the demo feeds do not start; the end of their log ({process.log}):\n{process.log_tail()}"
    )


def _serves(
    process: GuardedProcess, port: int, wait_for: Callable[[Callable[[], bool], str], None]
) -> bool:
    said = f"Demo feeds at http://{ports.HOST}:{port}/"

    def is_known() -> bool:
        return process.poll() is not None or said in process.log_tail()

    wait_for(is_known, "the demo feeds")
    return process.poll() is None
