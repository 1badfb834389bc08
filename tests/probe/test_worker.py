"""What the probing process answers, as the process that asked reads it."""

from __future__ import annotations

import json
import sys
from io import StringIO

import pytest

from include.discovery.errors import DiscoveryError, Forbidden
from include.discovery.probe import bounded, worker


def read_back(monkeypatch: pytest.MonkeyPatch, raised: Exception) -> DiscoveryError:
    """Let the process fail in a way, and return what its answer is read as."""

    def fail(_question: object) -> None:
        raise raised

    answer = StringIO()
    monkeypatch.setattr(worker, "_answer", fail)
    monkeypatch.setattr(worker, "_limit", lambda **_: None)
    monkeypatch.setattr(sys, "stdin", StringIO(json.dumps({"limits": {}})))
    monkeypatch.setattr(sys, "stdout", answer)
    worker.main()
    with pytest.raises(DiscoveryError) as caught:
        bounded._read(answer.getvalue().encode(), 0, bounded.Limits(), is_late=False)
    return caught.value


def test_a_failure_that_extends_the_table_keeps_its_category(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    failure = read_back(monkeypatch, Forbidden("not for us", address="https://mill.example/"))

    assert failure.category == "blocked"
    assert not failure.retryable
    assert str(failure) == "not for us (https://mill.example/)"


@pytest.mark.parametrize(
    ("raised", "category", "said"),
    [
        (KeyError("venue"), "defect", "a bug in this program: KeyError: 'venue'"),
        (RecursionError(), "parsing", "nested too deeply"),
        (ValueError("https://mill.example/?api_key=s3cr3t"), "defect", "api_key=***"),
    ],
)
def test_an_unexpected_exception_is_reported_by_its_category(
    monkeypatch: pytest.MonkeyPatch, raised: Exception, category: str, said: str
) -> None:
    failure = read_back(monkeypatch, raised)

    assert failure.category == category
    assert said in failure.message
    assert "s3cr3t" not in str(failure)
