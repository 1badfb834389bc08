"""``python -m include.demo [--port 8765]``: serve the demo feeds until interrupted."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Sequence
from datetime import date

from include.demo.server import DEFAULT_PORT, DemoServer


def main(argv: Sequence[str] | None = None) -> int:
    """Serve in the foreground; Ctrl-C ends it with exit code 0."""
    parser = argparse.ArgumentParser(
        prog="python -m include.demo", description="Serve demo event feeds on 127.0.0.1."
    )
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="default: %(default)s")
    parser.add_argument(
        "--today",
        type=date.fromisoformat,
        metavar="YYYY-MM-DD",
        help="pretend it is this day (default: follow the clock)",
    )
    options = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    try:
        server = DemoServer(port=options.port, today=options.today)
    except OSError as error:
        parser.exit(1, f"cannot listen on 127.0.0.1:{options.port}: {error.strerror}\n")
    logging.getLogger(__name__).info("Demo feeds at %s/ (Ctrl-C ends)", server.url)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
