/** The columns of a pair's runs and of its newest events. */

import { h, Chakra } from "../shared/host.js";
import { RunBadge } from "../shared/health.js";
import { EventTime } from "../shared/event-time.js";
import { AirflowLink, OutLink, PageLink } from "../shared/query.js";
import { Fold } from "../shared/fold.js";
import { Time, duration, number } from "../shared/time.js";

const { HStack, Text } = Chakra;

export const ATTEMPT_COLUMNS = [
  {
    key: "started",
    label: "Started",
    isHeader: true,
    value: (attempt) => attempt.started_at,
    cell: (attempt) => h(Time, { value: attempt.started_at }),
  },
  {
    key: "state",
    label: "State",
    value: (attempt) => attempt.state,
    cell: (attempt) =>
      h(
        HStack,
        { gap: 1 },
        h(RunBadge, { state: attempt.state }),
        attempt.dry_run && h(Text, { fontSize: "xs" }, "dry run"),
        attempt.limit && h(Text, { fontSize: "xs" }, `limit ${number(attempt.limit)}`),
      ),
  },
  {
    key: "try",
    label: "Try",
    numeric: true,
    value: (attempt) => attempt.try_number,
    cell: (attempt) => attempt.try_number,
  },
  ...["fetched", "inserted", "updated", "rejected"].map((key) => ({
    key,
    label: { fetched: "Fetched", inserted: "New", updated: "Updated", rejected: "Rejected" }[key],
    numeric: true,
    value: (attempt) => attempt.counts[key],
    cell: (attempt) => number(attempt.counts[key]),
  })),
  {
    key: "expected",
    label: "Expected",
    numeric: true,
    help: "How many items the source said it has",
    value: (attempt) => attempt.expected,
    cell: (attempt) => number(attempt.expected),
  },
  {
    key: "duration",
    label: "Duration",
    numeric: true,
    value: (attempt) => attempt.duration_seconds,
    cell: (attempt) => duration(attempt.duration_seconds),
  },
  {
    key: "what",
    label: "Error, gap or warning",
    value: (attempt) => attempt.error?.message ?? attempt.gaps[0] ?? attempt.warnings[0],
    cell: (attempt) => {
      const text = [
        attempt.error && `${attempt.error.category}: ${attempt.error.message}`,
        ...attempt.gaps,
        ...attempt.warnings,
      ];
      const shown = text.filter(Boolean).join("\n");
      return shown ? h(Fold, { text: shown, fontSize: "xs", maxW: "24rem", minW: "10rem" }) : "–";
    },
  },
  {
    key: "log",
    label: "Log",
    cell: (attempt) =>
      attempt.log_path
        ? h(AirflowLink, { path: `/${attempt.log_path}` }, "Log")
        : h(Text, { as: "span", fontSize: "xs", color: "fg.muted" }, "command line"),
  },
];

export const EVENT_COLUMNS = [
  {
    key: "title",
    label: "Title",
    isHeader: true,
    value: (event) => event.title,
    cell: (event) =>
      event.event_id
        ? h(
            PageLink,
            { to: { view: "event", event: event.event_id }, overflowWrap: "anywhere" },
            event.title,
          )
        : event.title,
  },
  {
    key: "link",
    label: "Link",
    cell: ({ url }) => (url ? h(OutLink, { url }, new URL(url).host) : "–"),
  },
  {
    key: "when",
    label: "When",
    help: "On the clock of the event's own place",
    value: (event) => event.starts_at ?? event.local_date,
    cell: (event) => h(EventTime, { event }),
  },
  {
    key: "venue",
    label: "Venue",
    value: (event) => event.venue,
    cell: (event) => event.venue ?? "–",
  },
  {
    key: "status",
    label: "Status",
    value: (event) => event.status,
    cell: (event) => (event.withdrawn_at ? "withdrawn" : event.status.replaceAll("_", " ")),
  },
  {
    key: "seen",
    label: "First seen",
    value: (event) => event.first_seen_at,
    cell: (event) => h(Time, { value: event.first_seen_at, relative: "long" }),
  },
];
