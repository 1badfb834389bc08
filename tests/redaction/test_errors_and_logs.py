"""Exceptions and log records: nothing that a handler or a traceback prints holds a secret."""

from __future__ import annotations

import json
import logging
import threading
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from pydantic import TypeAdapter, ValidationError

from include.discovery.errors import NotFound, ServerError
from include.discovery.redaction.errors_and_logs import (
    HTTP_LOGGERS,
    HiddenError,
    install_redaction,
    keeping_secret,
    without_secrets,
)
from include.discovery.redaction.masking import IN_PLAY

KEY = "aB3dE-fG7h_Kx9L"


def raised(error: Any, cause: Any = None) -> Any:
    """Return an exception as it is after it was raised, with a traceback."""
    with pytest.raises(type(error)) as caught:
        raise error from cause
    return caught.value


def said_by(error: Any) -> str:
    return "".join([str(error), repr(error), repr(error.args), *traceback.format_exception(error)])


def not_a_number() -> Any:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(int).validate_python(KEY)
    return caught.value


def undecodable() -> Any:
    with pytest.raises(UnicodeEncodeError) as caught:
        f"{KEY}ż".encode("ascii")
    return caught.value


# Tracebacks quote source lines, so that no line below may spell the key out.
ERRORS = {
    "one of ours": lambda: ServerError(f"says {KEY}", address=f"https://a.example/{KEY}"),
    "with arguments": lambda: ValueError(f"no such key: {KEY}", 7),
    "a missing name": lambda: KeyError(KEY),
    "with nested arguments": lambda: LookupError({"key": [KEY]}, KEY.encode()),
    "of a file": lambda: FileNotFoundError(2, "No such file", f"/tmp/{KEY}"),
    "of JSON": lambda: json.JSONDecodeError("Expecting value", KEY, 0),
    "of pydantic": not_a_number,
    "of an encoding": undecodable,
    "an exit": lambda: SystemExit(KEY),
    "an interrupt": lambda: KeyboardInterrupt(KEY),
    "percent-encoded": lambda: ValueError(KEY.replace("-", "%2D")),
    "a group": lambda: ExceptionGroup(KEY, [ValueError(KEY), KeyError(KEY)]),
    "a group in a group": lambda: BaseExceptionGroup(
        "x", [ExceptionGroup("y", [not_a_number()]), KeyboardInterrupt(KEY)]
    ),
}


@pytest.mark.parametrize("make", ERRORS.values(), ids=ERRORS)
@pytest.mark.parametrize("place", ["itself", "cause", "context", "deep down", "note", "group"])
def test_no_secret_is_left_in_an_exception_or_in_what_led_to_it(
    make: Callable[..., Any], place: str
) -> None:
    error = raised(make())
    if place == "cause":
        error = raised(NotFound("gone"), error)
    elif place == "context":
        outer = NotFound("gone")
        outer.__context__ = error
        error = outer
    elif place == "deep down":
        error = raised(NotFound("gone"), raised(ValueError("x"), raised(TypeError("y"), error)))
    elif place == "note":
        error = ValueError("x")
        error.add_note(f"while reading {KEY}")
    elif place == "group":
        error = ExceptionGroup("several", [raised(ValueError("x"), error)])
    kind = type(error)

    with keeping_secret([KEY]):
        free = without_secrets(error)

    assert KEY not in said_by(free)
    assert "%2D" not in said_by(free)
    assert isinstance(free, (kind, HiddenError, BaseExceptionGroup))
    if not issubclass(kind, Exception) and place == "itself":
        assert isinstance(free, kind)


def test_an_exception_without_secrets_stays_the_same_with_its_traceback_and_causes() -> None:
    cause = raised(ValueError("a", 1))
    error = raised(KeyError("x"), cause)
    before = said_by(error)

    with keeping_secret([KEY]):
        assert without_secrets(error) is error
    assert error.__cause__ is cause
    assert said_by(error) == before


def test_a_stand_in_names_the_class_and_keeps_traceback_and_causes() -> None:
    error = raised(not_a_number(), raised(ValueError("the reason")))

    with keeping_secret([KEY]):
        free = without_secrets(error)

    assert isinstance(free, HiddenError)
    said = "".join(traceback.format_exception(free))
    assert "ValidationError" in said
    assert "input_value='***'" in said
    assert "the reason" in said
    assert "in raised" in said


def test_causes_in_a_circle_are_gone_through_once() -> None:
    first, second = ValueError(KEY), ValueError("x")
    first.__context__, second.__context__ = second, first

    with keeping_secret([KEY]):
        assert without_secrets(first) is first
    assert str(first) == "***"


# Log records


class Lines(logging.Handler):
    """Keeps what a handler would print."""

    def __init__(self) -> None:
        super().__init__()
        self.lines = []

    def emit(self, record: Any) -> None:
        self.lines.append(self.format(record) + repr(vars(record)))


@pytest.fixture
def printed() -> Iterator[list[Any]]:
    handler = Lines()
    names = ["", "some.package", "httpx"]
    before = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.DEBUG)
    logging.getLogger().addHandler(handler)
    yield handler.lines
    logging.getLogger().removeHandler(handler)
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


def test_lines_of_any_logger_are_masked_while_a_secret_is_in_play(printed: list[Any]) -> None:
    with keeping_secret([KEY]):
        logging.getLogger("some.package").info("asked %s with %r", KEY, {"key": KEY})
        logging.getLogger("some.package").info(KEY)
        logging.getLogger("some.package").debug("apikey=abc", stack_info=True)
    said = "\n".join(printed)
    assert len(printed) == 3
    assert KEY not in said
    assert "apikey=***" in said


def test_tracebacks_in_log_lines_are_masked(printed: list[Any]) -> None:
    with keeping_secret([KEY]):
        try:
            raise not_a_number() from ValueError(KEY)
        except ValueError:
            logging.getLogger("some.package").exception("failed")
    said = "\n".join(printed)
    assert "ValidationError" in said
    assert KEY not in said


def test_lines_of_threads_without_the_context_of_the_task_are_masked(printed: list[Any]) -> None:
    with keeping_secret([KEY]):
        thread = threading.Thread(target=lambda: logging.getLogger("some.package").info(KEY))
        thread.start()
        thread.join()
    assert "***" in printed[0]


def test_values_are_masked_only_within_the_block(printed: list[Any]) -> None:
    with keeping_secret([KEY]), keeping_secret([KEY]):
        pass
    assert IN_PLAY.values == frozenset()
    logging.getLogger("some.package").info("%s apikey=abc", KEY)
    assert f"{KEY} apikey=abc" in printed[0]


def test_a_secret_stays_in_play_while_another_still_needs_it() -> None:
    with keeping_secret([KEY]):
        with keeping_secret([KEY, "other"]):
            pass
        assert {KEY} == IN_PLAY.values


def test_lines_of_the_http_libraries_are_masked_by_name_at_any_time(printed: list[Any]) -> None:
    install_redaction()
    logging.getLogger("httpx").info("GET %s", httpx.URL("http://h/?apikey=abc"))
    assert "GET http://h/?apikey=***" in printed[0]


def test_a_log_call_that_does_not_fit_its_format_is_masked_too(printed: list[Any]) -> None:
    with keeping_secret([KEY]):
        logging.getLogger("some.package").info("GET %s %s", KEY)  # noqa: PLE1206  on purpose
    assert "GET %s %s ('***',)" in printed[0]


def test_installing_redaction_twice_masks_once() -> None:
    install_redaction()
    factory = logging.getLogRecordFactory()
    install_redaction()
    assert logging.getLogRecordFactory() is factory


def test_every_logger_of_the_http_libraries_is_covered() -> None:
    ours = {"httpx", "httpcore"}
    loggers = logging.root.manager.loggerDict.items()
    existing = {n for n, o in loggers if n.split(".")[0] in ours and isinstance(o, logging.Logger)}
    assert existing - {"httpcore"} <= HTTP_LOGGERS
