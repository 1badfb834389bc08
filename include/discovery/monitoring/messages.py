"""What an alert says: one message for a run, as plain text, as HTML, for Slack and as data. Pure.

Texts come from sources, too: each form escapes what would be markup in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any, Final

from include.discovery.health.alerts import (
    Closed,
    Condition,
    Decision,
    Opened,
    Standing,
    runbook_section,
)
from include.discovery.health.verdict import HealthState
from include.discovery.links import RUNBOOK, log_path, pair_path, run_path, runbook_link
from include.discovery.text.wording import moment_in_words

_MOST_LINES: Final = 25
"""Of a section; the page shows all."""
_LONGEST_REASON: Final = 300

_TITLES: Final = {
    Condition.FAILING: "Failing",
    Condition.STALE: "Stale",
    Condition.EMPTY: "Empty",
    Condition.DOUBTFUL: "Not as asserted",
    Condition.APPROVAL: "Awaiting approval",
}


@dataclass(frozen=True, slots=True)
class Places:
    """Where links lead."""

    base_url: str = ""
    """Airflow's base address; without one, messages have no links to pages and logs."""
    runbook_url: str = ""
    """Where the runbook is published; without one, our page serves it."""

    def page(self, path: str) -> str | None:
        """Return the address of a path of Airflow's."""
        return f"{self.base_url.rstrip('/')}/{path}" if self.base_url else None

    def runbook(self, anchor: str) -> str:
        """Return the address of a part of the runbook."""
        if not self.runbook_url and not self.base_url:
            return f"{RUNBOOK}#{anchor}"
        return runbook_link(anchor, self.runbook_url, self.base_url)


@dataclass(frozen=True, slots=True)
class _Line:
    pair: str
    text: str
    links: tuple[tuple[str, str], ...] = ()
    data: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class _Section:
    title: str
    lines: Sequence[_Line]

    @property
    def heading(self) -> str:
        return f"{self.title} ({len(self.lines)})"

    @property
    def shown(self) -> Sequence[_Line]:
        return self.lines[:_MOST_LINES]

    @property
    def rest(self) -> str:
        more = len(self.lines) - _MOST_LINES
        return f"and {more} more" if more > 0 else ""


def message(
    decision: Decision,
    run_id: str,
    now: datetime,
    places: Places,
    *,
    states: Mapping[HealthState, int] | None = None,
    unconfirmed: Sequence[str] = (),
) -> dict[str, str]:
    """Write the message of a run.

    :param states: of all pairs, for a digest: it says also what was told before.
    :param unconfirmed: subjects of earlier messages of which it is not known whether they arrived.
    :return: ``subject``, ``text``, ``html``, ``slack`` and ``json``, ready to be stored.
    """
    sections = [*_wrong(decision.told, places), *_well_again(decision.recovered, now, places)]
    sections += _muted(decision.muted)
    if states is not None:
        sections += _still(decision.still_open, places)
    notes = [f"An earlier message may not have arrived: {subject}." for subject in unconfirmed[:5]]
    if states is not None:
        counts = ", ".join(f"{n} {state.replace('_', ' ')}" for state, n in states.items() if n)
        notes.append(f"All pairs: {counts or 'none'}.")
    elif decision.still_open:
        notes.append(f"Told before and still so: {len(decision.still_open)}.")
    subject = f"City discovery: {_subject(decision, is_digest=states is not None)}"
    run = (f"Run {run_id}", places.page(run_path(run_id)))
    return {
        "subject": subject,
        "text": _as_text(run, sections, notes),
        "html": _as_html(run, sections, notes),
        "slack": _as_slack(subject, run, sections, notes),
        "json": _as_json(subject, run_id, sections, notes),
    }


def late_message(
    run_id: str, planned_end: datetime, now: datetime, places: Places
) -> dict[str, str]:
    """Write the message of a run that is not over when it should be."""
    subject = "City discovery: the run is late"
    words = f"It should have been over at {moment_in_words(planned_end, now)}, and is not."
    run = (f"Run {run_id}", places.page(run_path(run_id)))
    notes = [words, f"What to do: {places.runbook('late')}"]
    return {
        "subject": subject,
        "text": _as_text(run, (), notes),
        "html": _as_html(run, (), notes),
        "slack": _as_slack(subject, run, (), notes),
        "json": _as_json(subject, run_id, (), notes),
    }


def _subject(decision: Decision, *, is_digest: bool) -> str:
    counts = {
        condition.value: sum(each.condition is condition for each in decision.told)
        for condition in Condition
    }
    counts["recovered"] = len(decision.recovered)
    parts = [f"{n} {what}" for what, n in counts.items() if n]
    if is_digest:
        open_now = len(decision.told) + len(decision.still_open)
        parts.append(f"daily digest, {open_now} open")
    return ", ".join(parts)


def _wrong(opened: Iterable[Opened], places: Places) -> list[_Section]:
    by_condition: dict[Condition, list[_Line]] = {condition: [] for condition in Condition}
    for each in opened:
        by_condition[each.condition].append(_line(each, places))
    return [
        _Section(_TITLES[condition], lines) for condition, lines in by_condition.items() if lines
    ]


def _line(opened: Opened, places: Places) -> _Line:
    standing, condition = opened.standing, opened.condition
    reason = _short(opened.reason)
    is_failure = condition is Condition.FAILING and standing.category
    category = f" [{standing.category}]" if is_failure else ""
    stats = standing.stats
    counts = (
        f"last run: {stats.fetched} fetched, {stats.inserted} new, {stats.updated} updated, "
        f"{stats.rejected_total} rejected"
    )
    runbook = places.runbook(runbook_section(condition, standing.category))
    return _Line(
        standing.label,
        f"{reason}{category}; {counts}",
        (*_links(standing, places), ("runbook", runbook)),
        {
            "city": standing.city,
            "source": standing.source,
            "condition": condition.value,
            "reason": reason,
            "category": standing.category if is_failure else None,
            "fetched": stats.fetched,
            "rejected": stats.rejected_total,
        },
    )


def _links(standing: Standing, places: Places) -> tuple[tuple[str, str], ...]:
    paths = [("page", pair_path(standing.city, standing.source))]
    log = log_path(*standing.log) if standing.log else None
    if log:
        paths.append(("log", log))
    return tuple((name, found) for name, path in paths if (found := places.page(path)))


def _well_again(closed: Iterable[Closed], now: datetime, places: Places) -> list[_Section]:
    lines = [
        _Line(
            each.standing.label,
            f"was {each.alert.condition} since {moment_in_words(each.alert.opened_at, now)}; "
            f"{_short(each.standing.verdict.reason)}",
            _links(each.standing, places),
            {
                "city": each.standing.city,
                "source": each.standing.source,
                "condition": "recovered",
                "was": each.alert.condition.value,
            },
        )
        for each in closed
    ]
    return [_Section("Recovered", lines)] if lines else []


def _muted(muted: Iterable[Opened]) -> list[_Section]:
    lines = [
        _Line(
            each.standing.label,
            f"{each.condition}, muted until {each.standing.mute.until:%Y-%m-%d}",
            (("issue", each.standing.mute.issue),),
            {
                "city": each.standing.city,
                "source": each.standing.source,
                "condition": "muted",
                "until": each.standing.mute.until.isoformat(),
                "issue": each.standing.mute.issue,
            },
        )
        for each in muted
        if each.standing.mute is not None
    ]
    return [_Section("Muted", lines)] if lines else []


def _still(opened: Iterable[Opened], places: Places) -> list[_Section]:
    lines = [_line(each, places) for each in opened]
    return [_Section("Told before and still so", lines)] if lines else []


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_REASON else f"{text[: _LONGEST_REASON - 1]}…"


_Run = tuple[str, str | None]


def _as_text(run: _Run, sections: Iterable[_Section], notes: Iterable[str]) -> str:
    lines = [" ".join(filter(None, run))]
    for section in sections:
        lines += ["", section.heading]
        for line in section.shown:
            lines.append(f"- {line.pair}: {line.text}")
            lines += [f"  {name}: {address}" for name, address in line.links]
        lines += [section.rest] if section.rest else []
    lines += ["", *notes] if notes else []
    return "\n".join(lines) + "\n"


def _as_html(run: _Run, sections: Iterable[_Section], notes: Iterable[str]) -> str:
    parts = [f"<p>{_html_link(*run)}</p>"]
    for section in sections:
        parts.append(f"<h3>{escape(section.heading)}</h3><ul>")
        for line in section.shown:
            links = " ".join(_html_link(name, address) for name, address in line.links)
            parts.append(f"<li><b>{escape(line.pair)}</b>: {escape(line.text)} {links}</li>")
        parts.append(f"</ul>{escape(section.rest)}")
    parts += [f"<p>{escape(note)}</p>" for note in notes]
    return "\n".join(parts)


def _html_link(name: str, address: str | None) -> str:
    if address is None or not address.startswith(("http://", "https://")):
        return escape(name if address is None else f"{name}: {address}")
    return f'<a href="{escape(address)}">{escape(name)}</a>'


def _as_slack(subject: str, run: _Run, sections: Iterable[_Section], notes: Iterable[str]) -> str:
    lines = [f"*{_slack_text(subject)}*", _slack_link(*run)]
    for section in sections:
        lines.append(f"*{_slack_text(section.heading)}*")
        for line in section.shown:
            links = " ".join(_slack_link(name, address) for name, address in line.links)
            lines.append(f"• {_slack_text(line.pair)}: {_slack_text(line.text)} {links}")
        lines += [section.rest] if section.rest else []
    lines += [_slack_text(note) for note in notes]
    return "\n".join(lines)


def _slack_text(text: str) -> str:
    """Escape what Slack takes for mentions and links."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _slack_link(name: str, address: str | None) -> str:
    if address is None or not address.startswith(("http://", "https://")):
        return _slack_text(name if address is None else f"{name}: {address}")
    return f"<{_slack_text(address).replace('|', '%7C')}|{_slack_text(name)}>"


def _as_json(subject: str, run_id: str, sections: Iterable[_Section], notes: Sequence[str]) -> str:
    document = {
        "subject": subject,
        "run_id": run_id,
        "pairs": [
            {"pair": line.pair, **(line.data or {}), "links": dict(line.links)}
            for section in sections
            for line in section.shown
        ],
        "notes": list(notes),
    }
    return json.dumps(document, ensure_ascii=False)
