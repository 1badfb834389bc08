"""``withdrawals``: listings that are missing in great number, to be confirmed as gone or kept."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from include.discovery.cli.database import open_database, user
from include.discovery.cli.terminal import Commands, print_json, row_id
from include.discovery.errors import InvalidSettings
from include.discovery.model import pair_label
from include.discovery.store.audit import Author
from include.discovery.store.connection import reported
from include.discovery.store.edits import EditRefusedError
from include.discovery.store.queries.withdrawals import listings_of_approval, open_approvals
from include.discovery.store.withdrawal_approvals import Decision, decide
from include.discovery.text.tables import aligned
from include.discovery.text.wording import in_words

_SAMPLED = 10


def add_commands(commands: Commands) -> None:
    """Add ``withdrawals``."""
    parser = commands.add_parser(
        "withdrawals",
        help="list withdrawals that await approval; confirm or keep",
        description="Lists the pairs that miss so many listings at once that a person has to "
        f"confirm that they are gone, each with its next {_SAMPLED} listings.",
    )
    decisions = parser.add_mutually_exclusive_group()
    decisions.add_argument(
        "--confirm", type=row_id, metavar="ID", help="withdraw what is still missing"
    )
    decisions.add_argument(
        "--keep",
        type=row_id,
        metavar="ID",
        help="keep the listings until the source has them again",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object per line")
    parser.set_defaults(run=_withdrawals)


def _withdrawals(options: argparse.Namespace) -> int:
    if options.confirm is not None:
        return _decide(options.confirm, "confirm")
    if options.keep is not None:
        return _decide(options.keep, "keep")
    now = datetime.now(UTC)
    with open_database() as conn, reported():
        found = [
            (approval, listings_of_approval(conn, approval["id"], _SAMPLED))
            for approval in open_approvals(conn)
        ]
    for approval, sample in found:
        label = pair_label(approval["city"], approval["source"])
        if options.json:
            print_json(
                {
                    "id": approval["id"],
                    "pair": label,
                    "since": approval["opened_at"].isoformat(),
                    "missing": approval["waiting"],
                    "listed": approval["listed"],
                    "sample": [
                        {
                            "date": each["local_date"] and each["local_date"].isoformat(),
                            "title": each["title"],
                            "url": each["url"],
                        }
                        for each in sample
                    ],
                }
            )
            continue
        print(
            f"{approval['id']}  {label}: {approval['waiting']} of {approval['listed']} listings are"
            f" missing; asked {in_words(now - approval['opened_at'])} ago"
        )
        shown = [(str(each["local_date"]), each["title"], each["url"] or "") for each in sample]
        print(aligned(("date", "title", "address"), shown))
    if not found and not options.json:
        print("Nothing awaits approval.")
    return 0


def _decide(approval_id: int, decision: Decision) -> int:
    author = Author(user(), "cli")
    with open_database() as conn, reported():
        try:
            decided = decide(conn, approval_id, decision, decided_by=author, now=datetime.now(UTC))
        except EditRefusedError as error:
            raise InvalidSettings(str(error)) from None
    if decided is None:
        raise InvalidSettings(f"nothing awaits approval under the id {approval_id}")
    print(decided.change)
    return 0
