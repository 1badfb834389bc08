"""The command line: the code that the DAG and the page call, for terminals and scripts.

Results go to standard output, as JSON where programs may read them; messages, progress and logs go
to standard error. Exit status: 0 done, 1 failed, 2 wrong usage or (``parse``) wrong kind.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import traceback
from collections.abc import Sequence

from include.discovery.cli import (
    alerts,
    configuration,
    decisions,
    event_edits,
    events,
    health,
    inventory,
    maintenance,
    matching,
    reading,
    runs,
    scaffolding,
    syncing,
    venues,
    withdrawals,
)
from include.discovery.cli.terminal import complain
from include.discovery.errors import Defect, DiscoveryError, InvalidSettings, MissingConnection
from include.discovery.sync.stopping import Terminated

_GROUPS = (
    reading,
    matching,
    syncing,
    configuration,
    inventory,
    health,
    alerts,
    withdrawals,
    events,
    venues,
    decisions,
    event_edits,
    runs,
    scaffolding,
    maintenance,
)
"""The modules of commands, in the order of the help."""

_WHERE_CONNECTIONS_ARE = (
    "a command does not see Airflow's connections: set the variable AIRFLOW_CONN_ with the"
    " connection's id in capitals"
)


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(
        level=logging.INFO if options.verbose else logging.WARNING,
        format="%(levelname)s %(message)s",
        stream=sys.stderr,
    )
    try:
        return int(options.run(options))
    except MissingConnection as error:
        return complain(f"{error}; {_WHERE_CONNECTIONS_ARE}", 2)
    except InvalidSettings as error:
        return complain(error, 2)
    except Defect as error:
        traceback.print_exception(error)
        return complain(error, 1)
    except DiscoveryError as error:
        return complain(error, 1)
    except BrokenPipeError:  # the reader of a pipe has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Terminated as asked:
        return 128 + asked.signum
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m include.discovery",
        description="Syncs public city events into PostgreSQL. The database is that of the "
        "connection discovery_db; connections are read from environment variables "
        "(AIRFLOW_CONN_DISCOVERY_DB), not from Airflow. Exit status: 0 done, 1 failed, 2 wrong "
        "usage.",
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="log each step")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for group in _GROUPS:
        group.add_commands(commands)
    return parser
