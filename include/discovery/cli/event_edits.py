"""``edit``: what a person says of an event in place of its sources."""

from __future__ import annotations

import argparse

from pydantic import ValidationError

from include.discovery.cli.database import open_database, user
from include.discovery.cli.terminal import Commands, complain, row_id
from include.discovery.event_edits import EventEdit
from include.discovery.model import EventField
from include.discovery.store.audit import Author
from include.discovery.store.connection import reported
from include.discovery.store.event_edits import edit_event


def add_commands(commands: Commands) -> None:
    """Add ``edit``."""
    edit = commands.add_parser(
        "edit",
        help="correct what the sources say of an event",
        description="Gives an event values that take precedence over all its sources until they are"
        " taken back.",
    )
    edit.add_argument("event", type=row_id, metavar="EVENT", help="an event's id")
    edit.add_argument(
        "values",
        nargs="?",
        default="{}",
        metavar="JSON",
        help='values by field, such as {"title": "Tosca", "organizer": null}; time is an object'
        " with local_date, local_time, ends_local and timezone",
    )
    edit.add_argument(
        "--take-back",
        action="append",
        default=[],
        choices=[field.value for field in EventField],
        metavar="FIELD",
        help="use the sources' value of this field again; may be repeated",
    )
    edit.add_argument("--reason", required=True, metavar="TEXT", help="why; kept with the edit")
    edit.set_defaults(run=_edit)


def _edit(options: argparse.Namespace) -> int:
    try:
        values = EventEdit.model_validate_json(options.values)
    except ValidationError as error:
        faults = (
            ": ".join(filter(None, (".".join(map(str, fault["loc"])), fault["msg"])))
            for fault in error.errors(include_url=False)
        )
        return complain("; ".join(faults), 2)
    back = [EventField(name) for name in options.take_back]
    if not values.model_fields_set and not back:
        return complain("no value to set and none to take back: give JSON, or --take-back FIELD", 2)
    with open_database() as conn, reported():
        change = edit_event(
            conn,
            options.event,
            values,
            take_back=back,
            author=Author(user(), "cli"),
            reason=options.reason,
        )
    print(change)
    return 0
