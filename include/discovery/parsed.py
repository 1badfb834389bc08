"""The items of a payload, parsed one by one, so that a bad one does not affect the others."""

from __future__ import annotations

import json
import logging
import pickle
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from itertools import islice
from typing import Any, Final, TypeVar, cast, overload

from pydantic import BaseModel, ValidationError

from include.discovery.fingerprints import Fingerprints, ReadItem, SkippedItem
from include.discovery.model import (
    NOT_LISTED,
    EventRecord,
    Identity,
    Reject,
    Window,
    with_texts,
)
from include.discovery.record_warnings import SourceWarning
from include.discovery.storable import text_fault
from include.discovery.text.cleaning import web_url
from include.discovery.text.encoding import MARK, without_marks

log = logging.getLogger(__name__)

_MOST_NAMES: Final = 3
"""How many damaged names of members a warning shows."""
SAMPLES_PER_REASON: Final = 5
"""So many rejects with the same reason are kept in full, for whoever looks into them."""
_MOST_LINES: Final = 12
"""How many members of a rejected item are shown."""
_NOTHING: Final[tuple[object, ...]] = (None, "", [], {})
_NAMES_OF_LINKS: Final = (
    "url", "link", "permalink", "eventUrl", "event_url", "website", "href", "@id", "URL", "id",
)  # fmt: skip
"""Where items name their page, most telling first."""
_MOST_LOOKED_THROUGH: Final = 1_000
"""How many members and entries of an item are looked through for damaged names."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """The contents of one payload: usable events, and the rejected items with their reasons.

    ``read`` says of items of which nothing was rejected what they became, and ``skipped`` which
    ones were not read, since they are known; both are empty for kinds without fingerprints.
    """

    records: Sequence[EventRecord] = ()
    rejects: Sequence[Reject] = ()
    read: Sequence[ReadItem] = field(default=(), kw_only=True)
    skipped: Sequence[SkippedItem] = field(default=(), kw_only=True)

    @property
    def count(self) -> int:
        """How many events and rejects it holds, those of known items included."""
        return len(self.records) + len(self.rejects) + sum(each.events for each in self.skipped)


class PackedRecords(Sequence[EventRecord]):
    """Records of a long list: all but the last hundred are packed, and unpacked on demand.

    As an object a record takes some 4 kB, several times the text that it was made of; packed with
    its neighbours a tenth of that.
    """

    _BATCH = 100

    def __init__(self, records: Iterable[EventRecord] = ()) -> None:
        self._packed: list[bytes] = []
        self._last: list[EventRecord] = []
        self._unpacked: tuple[int, list[EventRecord]] = (-1, [])
        for record in records:
            if len(self._last) == self._BATCH:
                pickled = pickle.dumps(self._last, pickle.HIGHEST_PROTOCOL)
                self._packed.append(zlib.compress(pickled, level=1))
                self._last = []
            self._last.append(record)

    def __len__(self) -> int:
        return len(self._packed) * self._BATCH + len(self._last)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # as a list

    def __iter__(self) -> Iterator[EventRecord]:
        for number in range(len(self._packed) + 1):
            yield from self._batch(number)

    @overload
    def __getitem__(self, index: int) -> EventRecord: ...

    @overload
    def __getitem__(self, index: slice) -> list[EventRecord]: ...

    def __getitem__(self, index: int | slice) -> EventRecord | list[EventRecord]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        number = index + len(self) if index < 0 else index
        if not 0 <= number < len(self):
            raise IndexError(index)
        return self._batch(number // self._BATCH)[number % self._BATCH]

    def _batch(self, number: int) -> list[EventRecord]:
        if number == len(self._packed):
            return self._last
        if self._unpacked[0] != number:
            # What was packed above, and nobody else's.
            pickled = zlib.decompress(self._packed[number])
            self._unpacked = (number, pickle.loads(pickled))  # noqa: S301
        return self._unpacked[1]


class RejectItem(Exception):
    """Raised by an item parser: this item is not a usable event, for this reason."""

    def __init__(self, reason: str, detail: object = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = None if detail is None else str(detail)[:200]


class Withheld(RejectItem):
    """Raised for an item that the source does not, or no longer, mean for the public.

    What was listed of it before counts as missing.
    """


ItemT = TypeVar("ItemT")
PartT = TypeVar("PartT")


def parse_items(
    items: Iterable[ItemT],
    parse_part: Callable[[PartT], EventRecord | None],
    describe: Callable[[int, PartT], str],
    identify: Callable[[PartT], Identity | None],
    *,
    parts_of: Callable[[int, ItemT], Iterable[PartT]] | None = None,
    members_of: Callable[[PartT], object] = lambda part: part,
    has_marks: bool = True,
    window: Window | None = None,
    fingerprints: Fingerprints | None = None,
    about: str = "",
    depends_on_day: Callable[[ItemT], bool] = lambda _: False,
) -> Parsed:
    """Parse the items one by one, so that a bad one does not affect the others.

    :param parse_part: returns a record, or None for what is rightly left out; raises
        :class:`RejectItem` or pydantic's ``ValidationError`` for a bad one.
    :param describe: names a part of an item (position of the item, part) for whoever looks for it.
    :param identify: says of a bad part what it is known by, as its record would have been; ``None``
        where it does not say so.
    :param parts_of: returns what of an item (position, item) becomes a record each, such as its
        occurrences; without it, an item is one part.
    :param members_of: returns what of a part was JSON, to find members with damaged names in.
    :param has_marks: whether damaged letters may be marked in the items; see ``encoding``.
    :param window: records outside are left out.
    :param fingerprints: by which known items are told, which are not read again; the items have to
        be JSON then, and to be read by nothing else than what the fingerprints cover.
    :param about: what else the items of this page are read by.
    :param depends_on_day: says of an item whether it becomes other records by the day of reading,
        otherwise than that some lie outside the window.
    """
    records: list[EventRecord] = []
    rejects: list[Reject] = []
    read: list[ReadItem] = []
    skipped: list[SkippedItem] = []
    shown = Counter[str]()
    for position, item in enumerate(items):
        fingerprint = fingerprints.of(item, about) if fingerprints else None
        if fingerprints and fingerprint and fingerprint in fingerprints.known:
            events = fingerprints.known[fingerprint]
            skipped.append(SkippedItem(fingerprint, events, len(records)))
            continue
        first, faults = len(records), len(rejects)
        left_out: list[EventRecord | None] = []
        for part in _parts(position, item, parts_of):
            try:
                record = parse_part(part)
            except Exception as error:  # noqa: BLE001  a hostile item must not affect the others
                reject = _reject_of(error, describe(position, part))
                shown[reject.reason] += 1
                if shown[reject.reason] <= SAMPLES_PER_REASON:
                    reject = shown_in_full(reject, members_of(part))
                identity = _identity_of_bad(part, error, identify)
                rejects.append(replace(unmarked(reject), identity=identity))
            else:
                if record is None or (window is not None and not record.is_within(window)):
                    left_out.append(record)
                    continue
                if has_marks:
                    record = told_of_damage(record, members_of(part))
                records.append(record)
        if fingerprints and fingerprint and len(rejects) == faults and not depends_on_day(item):
            good_to = fingerprints.good_to(records[first:], left_out)
            read.append(ReadItem(fingerprint, first, len(records), good_to))
    return Parsed(records, rejects, read=read, skipped=skipped)


def _parts(
    position: int, item: ItemT, parts_of: Callable[[int, ItemT], Iterable[PartT]] | None
) -> Iterable[PartT]:
    return parts_of(position, item) if parts_of else cast("tuple[PartT]", (item,))


def told_of_damage(record: EventRecord, members: object = None) -> EventRecord:
    """Take the marks of damaged letters out of a record; a warning names its fields that had some.

    See ``encoding`` for where they come from.

    :param members: the JSON that it was made of. What stands there under a damaged name is read
        as no field: another warning names it.
    """
    names = _damaged_names(members)
    unmarked: dict[str, Any] = {}
    if any(map(_is_marked, record.__dict__.values())):
        unmarked = {
            name: with_texts(value, without_marks) for name, value in record if _is_marked(value)
        }
    elif not names:
        return record
    warnings = [*unmarked.get("warnings", record.warnings)]
    if unmarked:
        fields = ", ".join(unmarked)
        warnings.append(SourceWarning.LETTERS_DAMAGED.said(fields=fields))
    if names:
        fields = f"member {', '.join(names)}"
        warnings.append(SourceWarning.LETTERS_DAMAGED.said(fields=fields))
    return record.model_copy(update={**unmarked, "warnings": tuple(warnings)})


def _damaged_names(members: object) -> list[str]:
    """Return the names in JSON that hold marks, without these; of many the first ones.

    Objects can hold each other and be endless, and items can share them: the search is bounded.
    """
    found: list[str] = []
    left = [members]
    budget = _MOST_LOOKED_THROUGH
    while left and len(found) < _MOST_NAMES:
        value = left.pop()
        if not isinstance(value, dict | list):
            continue
        budget -= len(value)
        if budget < 0:
            break
        inner: Iterable[object] = value
        if isinstance(value, dict):
            found += [excerpt(without_marks(n), 40).strip('"') for n in value if MARK in n]
            inner = value.values()
        left += [one for one in inner if isinstance(one, dict | list)]
    return found[:_MOST_NAMES]


def _is_marked(value: object) -> bool:
    kind = type(value)  # asked for each field of each record
    if kind is str:
        return MARK in value  # type: ignore[operator]  # as mypy does not see
    if kind is tuple:
        return any(map(_is_marked, value))  # type: ignore[call-overload]
    return isinstance(value, BaseModel) and any(map(_is_marked, value.__dict__.values()))


def unmarked(reject: Reject) -> Reject:
    """Take the marks of damaged letters out of a reject."""
    return replace(
        reject,
        reason=without_marks(reject.reason),
        item=without_marks(reject.item),
        detail=reject.detail and without_marks(reject.detail),
        url=reject.url and without_marks(reject.url),
        excerpt=reject.excerpt and without_marks(reject.excerpt),
    )


def shown_in_full(reject: Reject, members: object) -> Reject:
    """Add to a reject what its item holds, shortened, and its page if it names one.

    :param members: the item as the source has it, or as it was read: an object or a dataclass.
    """
    if is_dataclass(members) and not isinstance(members, type):
        members = {one.name: getattr(members, one.name) for one in fields(members)}
    if isinstance(members, str | list | int | float):
        return replace(reject, excerpt=excerpt(members))
    if not isinstance(members, dict):
        return reject
    told = {str(name)[:40]: value for name, value in members.items() if value not in _NOTHING}
    lines = [f"{name}: {excerpt(value, 120)}" for name, value in islice(told.items(), _MOST_LINES)]
    named = (members.get(name) for name in _NAMES_OF_LINKS)
    links = (web_url(value) for value in named if isinstance(value, str))
    return replace(reject, excerpt="\n".join(lines), url=next(filter(None, links), None))


def _identity_of_bad(
    part: PartT, error: Exception, identify: Callable[[PartT], Identity | None]
) -> Identity | None:
    if isinstance(error, Withheld):
        return NOT_LISTED
    try:
        return usable_identity(identify(part))
    except Exception:  # noqa: BLE001  what makes an item unusable may be its id
        return None


def usable_identity(identity: Identity | None) -> Identity | None:
    """Return an identity as records have it; ``None`` for one that no record can have."""
    if identity is None:
        return None
    ids = [
        None if each is None else without_marks(each)
        for each in (identity.external_id, identity.series_id)
    ]
    return None if any(each and text_fault(each) for each in ids) else Identity(*ids)


def _reject_of(error: Exception, item: str) -> Reject:
    if isinstance(error, RejectItem):
        return Reject(error.reason, item, error.detail)
    if isinstance(error, ValidationError):
        return _reject_of_validation(error, item)
    log.warning("Item %s has an unexpected shape.", item, exc_info=error)
    return Reject("unexpected shape", item, f"{type(error).__name__}: {error}"[:200])


def _reject_of_validation(error: ValidationError, item: str) -> Reject:
    first = error.errors(include_url=False, include_context=False)[0]
    where = ".".join(str(part) for part in first["loc"] if not isinstance(part, int))
    message = first["msg"].removeprefix("Value error, ")
    reason = f"{where}: {message}" if where else message
    return Reject(reason, item, excerpt(first.get("input")))


_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, default=str)


def excerpt(value: Any, length: int = 200) -> str:  # noqa: ANN401  any JSON-like value of a source
    """Show a value of a source in one short line, as JSON where it can be.

    No more is written than is shown: objects that refer to each other can be endless.
    """
    text = ""
    try:
        for piece in _ENCODER.iterencode(value):
            text += piece
            if len(text) > length:
                break
    except TypeError:
        text = repr(value)
    except (ValueError, RecursionError):  # an object within itself
        text += " …"
    return text if len(text) <= length else f"{text[: length - 1]}…"
