"""Findings in words, for a terminal, and as plain data, for a program."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from include.discovery.model import EventRecord
from include.discovery.probe.findings import SAMPLE_SIZE, Findings, Proposal
from include.discovery.redaction.typed_secrets import without_secrets

_MOST_WARNINGS = 5


def as_data(findings: Findings) -> dict[str, Any]:
    """Return the findings as plain data, with no more of each sample than is shown."""
    return {
        "url": findings.url,
        "title": findings.title,
        "proposals": [_data_of(proposal) for proposal in findings.proposals],
        "notes": list(findings.notes),
        "tried": list(findings.tried),
    }


def _data_of(proposal: Proposal) -> dict[str, Any]:
    return {
        "kind": proposal.kind,
        "settings": without_secrets(proposal.settings),
        "evidence": list(proposal.evidence),
        "reason": proposal.reason,
        "needs_connection": proposal.connection,
        "problem": proposal.sample.problem,
        "read": len(proposal.sample.records),
        "expected": proposal.sample.expected,
        "quality": {"score": proposal.quality.score, **asdict(proposal.quality)},
        "events": [
            record.model_dump(mode="json") for record in proposal.sample.records[:SAMPLE_SIZE]
        ],
        "warnings": dict(proposal.warnings),
    }


def as_text(findings: Findings) -> str:
    """Return the findings as a report for people."""
    return "\n".join(_lines(findings))


def _lines(findings: Findings) -> Iterator[str]:
    if not findings.proposals:
        yield f"{findings.url}: nothing found."
        if findings.tried:
            yield "Tried:"
            yield from (f"  {what}" for what in findings.tried)
    for number, proposal in enumerate(findings.proposals, 1):
        yield f"{number}. {proposal.kind} – {proposal.reason}"
        yield f"   settings: {json.dumps(without_secrets(proposal.settings), ensure_ascii=False)}"
        yield from (f"   because: {why}" for why in proposal.evidence)
        yield from (f"   {line}" for line in _details(proposal))
    yield from findings.notes


def _details(proposal: Proposal) -> Iterator[str]:
    if proposal.sample.records:
        quality = asdict(proposal.quality)
        yield "present: " + ", ".join(f"{name} {share:.0%}" for name, share in quality.items())
    for record in proposal.sample.records[:SAMPLE_SIZE]:
        yield f"  {_one_line(record)}"
    for warning, count in list(proposal.warnings.items())[:_MOST_WARNINGS]:
        yield f"warning: {warning}" + (f" ({count} times)" if count > 1 else "")


def _one_line(record: EventRecord) -> str:
    if record.starts_at is not None:
        when = f"{record.starts_at:%Y-%m-%d %H:%M}"
    else:
        when = f"{record.local_date or 'no date'!s:16}"
    place = record.venue.name or record.venue.street if record.venue else None
    return " | ".join(filter(None, (when, record.title, place or record.attendance)))
