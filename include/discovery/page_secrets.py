"""Pages of a source without the secrets that the source put into them.

Some sources echo the key in their data: in the links of events, in the address of the next page, in
an error that stands among the items. What a page holds is stored and shown, so the secrets go.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from pydantic import TypeAdapter

from include.discovery.connectors.base import Page
from include.discovery.fetch.redact import MASK, Redaction, redact
from include.discovery.model import EventRecord, Identity, with_texts

_RECORDS = TypeAdapter(list[EventRecord])

WARNING = "the source put the key of its connection into {}, where it was masked"


def page_without_secrets(page: Page, secrets: Collection[str]) -> Page:
    """Mask the secrets in all that a page holds.

    What tells events apart is masked alike everywhere, so that they stay apart. A cursor that holds
    a secret is left out: without it the next attempt begins at the first page.
    """
    rejects = [
        replace(
            reject,
            reason=redact(reject.reason, secrets),
            item=redact(reject.item, secrets),
            detail=reject.detail and redact(reject.detail, secrets),
        )
        for reject in page.rejects
    ]
    page = replace(
        page,
        rejects=rejects,
        incomplete_reason=page.incomplete_reason and redact(page.incomplete_reason, secrets),
    )
    if not secrets:
        return page
    redaction = Redaction(secrets)
    cursor = page.cursor
    if cursor is not None and redaction.in_data(cursor) != cursor:
        cursor = None
    return replace(
        page,
        records=_without_secrets(page.records, redaction),
        rejects=[
            replace(reject, identity=_identity_without_secrets(reject.identity, redaction))
            for reject in page.rejects
        ],
        cursor=cursor,
        removed=[redaction.in_data(external_id) for external_id in page.removed],
    )


def _identity_without_secrets(identity: Identity | None, redaction: Redaction) -> Identity | None:
    if identity is None:
        return None
    return Identity(
        identity.external_id and redaction.in_data(identity.external_id),
        identity.series_id and redaction.in_data(identity.series_id),
    )


def _without_secrets(records: Sequence[EventRecord], redaction: Redaction) -> Sequence[EventRecord]:
    written = _RECORDS.dump_json(list(records))
    if MASK.encode() not in written and redaction.in_data(text := written.decode()) == text:
        return records  # nearly always, and found out at once for all of them
    return [_record_without_secrets(record, redaction) for record in records]


def _record_without_secrets(record: EventRecord, redaction: Redaction) -> EventRecord:
    changed: dict[str, Any] = {}
    for name in EventRecord.model_fields:
        value = getattr(record, name)
        masked = with_texts(value, redaction.in_data)
        if name.endswith("url") and masked is not None:
            masked = _without_masked_parameters(masked)
        if masked != value:
            changed[name] = masked
    if not changed:
        return record
    warnings = [WARNING.format(name) for name in changed if name != "warnings"]
    changed["warnings"] = (*changed.get("warnings", record.warnings), *warnings)
    return record.model_copy(update=changed)


def _without_masked_parameters(url: str) -> str:
    """Leave out the parameters of a link that held a secret: it is to be followed by others."""
    if MASK not in url:
        return url
    parts = urlsplit(url)
    kept = [pair for pair in parts.query.split("&") if MASK not in pair]
    return parts._replace(query="&".join(kept)).geturl()
