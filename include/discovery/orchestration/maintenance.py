"""The body of the maintenance DAG's task."""

from __future__ import annotations

import logging
import os
from contextlib import closing

from include.discovery.orchestration.connection import open_discovery_db
from include.discovery.settings import Settings
from include.discovery.store.audit import Author
from include.discovery.store.connection import reported
from include.discovery.store.migrate import check_schema
from include.discovery.store.retention import prune

log = logging.getLogger(__name__)


def prune_history() -> dict[str, int]:
    """Delete what is older than the settings say; return how many rows of each kind."""
    settings = Settings.from_environment(os.environ)
    with closing(open_discovery_db()) as conn, reported():
        check_schema(conn)
        done = prune(conn, settings, Author("discovery_maintenance", "dag"))
    for each in done:
        kind = each.kind.capitalize()
        if each.kept_for is None:
            log.info("%s are kept forever.", kind)
        else:
            log.info("%s, kept for %d days: %d deleted.", kind, each.kept_for.days, each.count)
    return {each.kind: each.count for each in done}
