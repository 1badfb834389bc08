"""What a source sent, without the secrets of its connection.

Some sources echo the key in their data: in the links of events, in the address of the next page, in
an error that stands among the items. What a page holds is stored and shown, so the secrets go. What
tells events apart is masked alike everywhere, so that they stay apart.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from pydantic import TypeAdapter

from include.discovery.model import EventRecord, Identity, Reject, with_texts
from include.discovery.record_warnings import SourceWarning
from include.discovery.redaction.masking import MASK, Redaction, redact

_RECORDS = TypeAdapter(list[EventRecord])


def reject_without_secrets(reject: Reject, secrets: Collection[str]) -> Reject:
    """Mask the secrets in what is said of an item, and in what it is known by."""
    return replace(
        reject,
        reason=redact(reject.reason, secrets),
        item=redact(reject.item, secrets),
        detail=reject.detail and redact(reject.detail, secrets),
        url=reject.url and _without_masked_parameters(redact(reject.url, secrets)),
        excerpt=reject.excerpt and redact(reject.excerpt, secrets),
        identity=_identity_without_secrets(reject.identity, Redaction(secrets)),
    )


def records_without_secrets(
    records: Sequence[EventRecord], secrets: Collection[str]
) -> Sequence[EventRecord]:
    """Mask the secrets in events; those that held one say so in a warning."""
    if not secrets:
        return records
    redaction = Redaction(secrets)
    written = _RECORDS.dump_json(list(records))
    if MASK.encode() not in written and redaction.in_data(text := written.decode()) == text:
        return records  # nearly always, and found out at once for all of them
    return [_record_without_secrets(record, redaction) for record in records]


def _identity_without_secrets(identity: Identity | None, redaction: Redaction) -> Identity | None:
    if identity is None:
        return None
    return Identity(
        identity.external_id and redaction.in_data(identity.external_id),
        identity.series_id and redaction.in_data(identity.series_id),
    )


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
    warnings = [SourceWarning.KEY_MASKED.said(field=name) for name in changed if name != "warnings"]
    changed["warnings"] = (*changed.get("warnings", record.warnings), *warnings)
    return record.model_copy(update=changed)


def _without_masked_parameters(url: str) -> str:
    """Leave out the parameters of a link that held a secret: it is to be followed by others."""
    if MASK not in url:
        return url
    parts = urlsplit(url)
    kept = [pair for pair in parts.query.split("&") if MASK not in pair]
    return parts._replace(query="&".join(kept)).geturl()
