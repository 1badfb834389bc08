"""Every parser survives damaged payloads; the command tells those apart that do not."""

from __future__ import annotations

import logging
import signal
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from random import Random

import pytest

from include.discovery.connectors import kinds
from include.discovery.model import Reject
from include.discovery.parsed import Parsed
from tests.fuzz import __main__ as command
from tests.fuzz import targets as module
from tests.fuzz.mutations import MUTATIONS, mutated
from tests.fuzz.run import Failure, first_failure
from tests.fuzz.targets import Target, has_own_seeds, targets
from tests.support.amounts import amount

TARGETS = targets()
INPUTS = amount(full=150, check=15)  # the full amount: a second or two for each target


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("name", TARGETS)
def test_a_parser_survives_damaged_payloads(name: str) -> None:
    result = first_failure(TARGETS[name], seed=1, inputs=INPUTS, seconds=0)

    assert result == INPUTS, str(result)


@pytest.mark.parametrize("name", [name for name in TARGETS if has_own_seeds(name)])
def test_the_undamaged_seeds_are_read(name: str) -> None:
    """Damage to what is refused anyway would find nothing."""
    target = TARGETS[name]
    read = 0
    for seed in target.seeds:
        try:
            result = target.read(seed)
        except target.refusals:
            continue
        read += bool(result.records) if isinstance(result, Parsed) else result is not None

    assert read > 0


def test_each_kind_of_source_is_a_target() -> None:
    assert set(kinds()) <= set(TARGETS)


def test_a_new_kind_starts_from_the_seeds_of_each_format(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "kinds", lambda: ("village_board",))

    seeds = module.targets()["village_board"].seeds

    starts = {seed[:9] for seed in seeds}
    assert starts == {b"BEGIN:VCA", b'["vcalend', b'{"data": ', b"<?xml ver", b"<!doctype"}


def test_the_same_seed_makes_the_same_inputs() -> None:
    target = TARGETS["icalendar"]

    def inputs(seed: int) -> list[bytes]:
        return [mutated(Random(f"{seed} {n}"), target.seeds, target.tokens) for n in range(20)]

    assert inputs(1) == inputs(1)
    assert inputs(1) != inputs(2)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
@pytest.mark.parametrize("body", [b"", b"x", b"\xff\x00", b'{"a": [1, "b"]}', b"7"])
def test_each_mutation_accepts_any_payload(mutation: object, body: bytes) -> None:
    for number in range(20):
        assert isinstance(mutation(Random(number), body, (b"y",)), bytes)  # type: ignore[operator]


def broken(body: bytes) -> object:
    if b"\xff" in body:
        raise KeyError("a bug")
    return body


def hiding(body: bytes) -> object:
    return Parsed((), [Reject("unexpected shape", "event 1", "KeyError: 'a bug'")])


def endless(body: bytes) -> object:
    while True:
        pass


def forgetful(body: bytes) -> object:
    return (datetime.fromisoformat("2026-05-08T19:00:00"),)


def refusing(body: bytes) -> object:
    raise UnicodeError("a refusal")


SEEDS = (b"a long payload, in which \xff stands",)


def test_an_exception_is_found_and_its_input_minimised(tmp_path: Path) -> None:
    result = first_failure(Target("demo", broken, SEEDS), seed=0, inputs=100, seconds=0)

    assert isinstance(result, Failure)
    assert result.body == b"\xff"
    assert "KeyError" in str(result)
    assert "python -m tests.fuzz demo --input" in str(result)


def test_a_hidden_exception_is_found() -> None:
    result = first_failure(Target("demo", hiding, SEEDS), seed=0, inputs=100, seconds=0)

    assert "hidden exception: KeyError: 'a bug'" in str(result)


def test_a_naive_datetime_is_found() -> None:
    result = first_failure(Target("demo", forgetful, SEEDS), seed=0, inputs=100, seconds=0)

    assert "naive datetime 2026-05-08 19:00:00" in str(result)


@pytest.mark.slow
def test_a_parser_that_never_ends_is_given_up() -> None:
    before = signal.getsignal(signal.SIGALRM), signal.getitimer(signal.ITIMER_REAL)
    try:
        result = first_failure(
            Target("demo", endless, SEEDS), seed=0, inputs=1, seconds=0, patience=1
        )
    finally:  # pytest-timeout has an alarm of its own
        signal.signal(signal.SIGALRM, before[0])
        signal.setitimer(signal.ITIMER_REAL, *before[1])

    assert "did not end in 1 s" in str(result)


def test_a_refusal_of_a_parser_is_not_an_exception() -> None:
    target = Target("demo", refusing, SEEDS, refusals=(UnicodeError,))

    assert first_failure(target, seed=0, inputs=30, seconds=0) == 30


def test_the_command_counts_failures(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    demo = {"good": Target("good", len, SEEDS), "bad": Target("bad", broken, SEEDS)}
    monkeypatch.setattr(command, "targets", lambda: demo)

    assert command.main(["--inputs", "50", "--seed", "3"]) == 1
    assert "good: 50 inputs, all well" in capsys.readouterr().out


def test_the_command_knows_its_targets(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(["nothing"])

    assert "unknown target nothing; there are: " in capsys.readouterr().err
