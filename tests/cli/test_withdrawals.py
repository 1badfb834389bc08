"""``withdrawals``: what awaits approval, and what is decided from a terminal."""

from __future__ import annotations

import getpass

import pytest

from include.discovery.store.connection import Connection
from include.discovery.store.queries.withdrawals import decided_approvals, open_approvals
from tests.cli.command_support import Run, json_lines
from tests.store.test_withdrawal_approvals import LATER, asked
from tests.store.test_withdrawals import withdrawn


def test_what_awaits_approval_is_listed_with_the_next_to_begin(
    run_db: Run, conn: Connection
) -> None:
    assert run_db("withdrawals").out == "Nothing awaits approval.\n"
    asked(conn, LATER)

    told = run_db("withdrawals").out
    (approval,) = json_lines(run_db("withdrawals", "--json").out)

    assert f"{approval['id']}  krakow · theatres: 10 of 20 listings are missing" in told
    assert "2099-12-10  Concert n0" in told
    assert (approval["pair"], approval["missing"], approval["listed"]) == (
        "krakow · theatres", 10, 20,
    )  # fmt: skip
    assert [each["date"] for each in approval["sample"][:2]] == ["2099-12-10", "2099-12-11"]


@pytest.mark.parametrize(("option", "gone"), [("--confirm", 10), ("--keep", 0)])
def test_a_decision_is_printed_and_recorded(
    run_db: Run, conn: Connection, option: str, gone: int
) -> None:
    asked(conn, LATER)
    (approval,) = open_approvals(conn)

    done = run_db("withdrawals", option, str(approval["id"]))
    again = run_db("withdrawals", option, str(approval["id"]))

    assert "withdrawal krakow · theatres: " in done.out
    assert len(withdrawn(conn)) == gone
    assert decided_approvals(conn, 1)[0]["decided_by"] == getpass.getuser()
    assert again.status == 2
    assert "was decided by" in again.err


def test_an_approval_that_is_not_there_is_refused(run_db: Run) -> None:
    refused = run_db("withdrawals", "--keep", "7")

    assert refused.status == 2
    assert "nothing awaits approval under the id 7" in refused.err
