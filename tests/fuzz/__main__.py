"""The command: ``python -m tests.fuzz [TARGET …] --seconds 60 --seed N``."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from tests.fuzz.run import Failure, first_failure, trial
from tests.fuzz.targets import targets

PATIENCE = 60
"""Seconds after which an input is given up; long, since machines are busy."""


def main(arguments: list[str] | None = None) -> int:
    """Fuzz the targets; the exit code is how many of them failed."""
    known = targets()
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("target", nargs="*", help=f"of: {', '.join(known)} (default: all)")
    parser.add_argument("--seconds", type=float, default=60, help="for each target")
    parser.add_argument("--inputs", type=int, help="a number of inputs, whatever time they take")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--input", type=Path, help="read this file once, to see a failure again")
    options = parser.parse_args(arguments)
    unknown = set(options.target) - set(known)
    if unknown:
        parser.error(f"unknown target {', '.join(sorted(unknown))}; there are: {', '.join(known)}")
    logging.disable(logging.WARNING)  # each rejected item of an unexpected shape is logged
    failed = 0
    for name in options.target or known:
        if options.input:
            error = trial(known[name], options.input.read_bytes())
            if error is not None:
                raise error
            continue
        result = first_failure(
            known[name],
            options.seed,
            inputs=options.inputs,
            seconds=options.seconds,
            patience=PATIENCE,
        )
        failed += isinstance(result, Failure)
        sys.stdout.write(
            f"{result}\n" if isinstance(result, Failure) else f"{name}: {result} inputs, all well\n"
        )
        sys.stdout.flush()
    return failed


if __name__ == "__main__":
    sys.exit(main())
