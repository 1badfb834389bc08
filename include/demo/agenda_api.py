"""The records interface of an Opendatasoft portal (explore, version 2.1) over one data set.

It serves records that are rendered elsewhere: at most 100 at a time, none beyond the first 10,000.
Conditions are comparisons of columns joined by AND, which is all that its client uses.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from include.demo.model import JsonObject
from include.demo.reply import Reply

DATASET = "que-faire-a-paris-demo"
RECORDS_PATH = f"api/explore/v2.1/catalog/datasets/{DATASET}/records"
MAX_LIMIT = 100
REACH = 10_000

_DATASETS_PATH = "api/explore/v2.1/catalog/datasets/"
_DEFAULT_LIMIT = 10
_CONDITION = re.compile(r"(\w+) ?(>=|<=|>|<|=) ?\"([^\"]*)\"")
_COMPARE: Mapping[str, Callable[[str, str], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
}


class _Refused(ValueError):
    """A request that the portal refuses: the code of the error and its message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Portal:
    """A portal with one data set."""

    records: Sequence[JsonObject]

    def answer(self, path: str, params: Mapping[str, str]) -> Reply | None:
        """Answer a path within the portal, without a slash at its end; ``None`` if it has none."""
        if path != RECORDS_PATH:
            return _no_dataset(path) if path.startswith(_DATASETS_PATH) else None
        try:
            limit = _number(params, "limit", _DEFAULT_LIMIT)
            offset = _number(params, "offset", 0)
            _check_reach(limit, offset)
            found = self._selected(params.get("where", ""))
            found.sort(key=lambda record: self._order(record, params.get("order_by", "")))
        except _Refused as refused:
            return _error(400, refused.code, str(refused))
        return Reply.of_json({"total_count": len(found), "results": found[offset : offset + limit]})

    def _selected(self, where: str) -> list[JsonObject]:
        conditions = [_condition(part) for part in where.split(" AND ")] if where else []
        return [
            record
            for record in self.records
            if all(
                isinstance(value := record.get(self._column(column)), str) and compare(value, bound)
                for column, compare, bound in conditions
            )
        ]

    def _order(self, record: JsonObject, order_by: str) -> list[str]:
        columns = [part.strip() for part in order_by.split(",") if part.strip()]
        return [str(record.get(self._column(column)) or "") for column in columns]

    def _column(self, name: str) -> str:
        if not any(name in record for record in self.records):
            raise _Refused("ODSQLError", f"ODSQL query is malformed: Unknown field: {name}.")
        return name


def _condition(text: str) -> tuple[str, Callable[[str, str], bool], str]:
    """Read a comparison; moments are compared as the texts that they are, all in UTC."""
    match = _CONDITION.fullmatch(text.strip())
    if match is None:
        raise _Refused("ODSQLError", f"ODSQL query is malformed: {text!r} is not understood.")
    return match[1], _COMPARE[match[2]], match[3]


def _check_reach(limit: int, offset: int) -> None:
    if limit > MAX_LIMIT:
        raise _Refused(
            "InvalidRESTParameterError",
            f"Invalid value for limit API parameter: {limit} was found but -1 <= limit <="
            f" {MAX_LIMIT} is expected.",
        )
    if limit + offset > REACH:
        raise _Refused(
            "InvalidRESTParameterError",
            f"Invalid value for sum of offset + limit API parameter: {limit + offset} was found"
            f" but <= {REACH} is expected.",
        )


def _number(params: Mapping[str, str], name: str, default: int) -> int:
    text = params.get(name, str(default))
    if not text.isdecimal():
        message = f"Invalid value for {name} API parameter: {text!r} is no integer."
        raise _Refused("InvalidRESTParameterError", message)
    return int(text)


def _no_dataset(path: str) -> Reply:
    name = path.removeprefix(_DATASETS_PATH).partition("/")[0]
    return _error(404, "UnknownDatasetError", f"The requested dataset {name} does not exist.")


def _error(status: int, code: str, message: str) -> Reply:
    return Reply.of_json({"error_code": code, "message": message}, status=status)
