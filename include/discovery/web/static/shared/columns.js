/** Columns that tables of pairs share. */

import { h, Chakra } from "./host.js";
import { AirflowLink, PageLink } from "./query.js";
import { HealthBadge, severity } from "./health.js";
import { RunStrip } from "./strip.js";
import { Fold } from "./loading.js";
import { Time, duration, number, plural } from "./time.js";

const { Badge, Box, Text } = Chakra;

function sum(rows, value) {
  return number(rows.reduce((total, row) => total + (value(row) ?? 0), 0));
}

function count(key, label, help) {
  const value = (pair) => pair.last_run?.counts[key];
  return {
    key,
    label,
    help,
    numeric: true,
    value,
    cell: (pair) => number(value(pair)),
    total: (rows) => sum(rows, value),
  };
}

/** Mark of a source that covers more than one city. */
export function ScopeMark({ scope }) {
  return scope === "city"
    ? null
    : h(
        Badge,
        {
          variant: "outline",
          size: "sm",
          title: "One pair covers several cities: its numbers are not one city's alone.",
        },
        scope === "country" ? "Country source" : "Regional source",
      );
}

/** The text of an error, its category first, with the way to its log. */
export function ErrorCell({ error, logPath, at }) {
  return h(
    Box,
    { maxW: "18rem", minW: "11rem", fontSize: "xs" },
    h(
      Text,
      { fontWeight: "semibold" },
      error.category.replaceAll("_", " "),
      at &&
        h(
          "span",
          { style: { fontWeight: "normal" } },
          " · ",
          h(Time, { value: at, relative: "narrow" }),
        ),
    ),
    h(
      Fold,
      { text: error.message, color: "fg.muted" },
      logPath && h(AirflowLink, { path: `/${logPath}`, fontSize: "xs" }, "Log"),
    ),
  );
}

/** The newest failure that is known of a pair: its last run's, else the window's. */
export function lastError(pair) {
  const { last_run: run, statistics } = pair;
  if (run?.error) {
    return { ...run.error, at: run.finished_at, logPath: run.log_path };
  }
  const error = statistics?.last_error;
  return error ? { ...error, logPath: error.log_path } : null;
}

export const COLUMNS = {
  city: {
    key: "city",
    label: "City",
    value: (pair) => pair.city_name,
    cell: (pair) =>
      pair.city
        ? h(PageLink, { to: { view: "city", city: pair.city } }, pair.city_name)
        : h(ScopeMark, { scope: pair.scope }),
    total: (rows) => plural(rows.length, "pair"),
  },
  source: {
    key: "source",
    label: "Source",
    isHeader: true,
    value: (pair) => pair.source_name,
    cell: (pair) =>
      h(
        Box,
        { minW: "7rem", maxW: "10rem", overflowWrap: "anywhere" },
        h(
          PageLink,
          { to: { view: "pair", city: pair.city, source: pair.source } },
          pair.source_name,
        ),
        h(Text, { fontSize: "xs", color: "fg.muted" }, pair.source),
      ),
  },
  health: {
    key: "health",
    label: "Health",
    help: "Worst first",
    value: (pair) => severity(pair.health.state),
    cell: (pair) =>
      h(Box, { minW: "8rem", maxW: "12rem" }, h(HealthBadge, { health: pair.health, lines: 3 })),
  },
  recent: {
    key: "recent",
    label: "Last 14 runs",
    help: "Sorted by how many of them failed",
    value: (pair) =>
      pair.recent.filter(({ state }) => state === "failed" || state === "lost").length,
    cell: (pair) => h(RunStrip, { runs: pair.recent }),
  },
  success: {
    key: "success",
    label: "Last success",
    value: (pair) => pair.last_success_at,
    cell: (pair) => h(Time, { value: pair.last_success_at, relative: "narrow", empty: "never" }),
  },
  fetched: count("fetched", "Fetched", "Items that the source sent in the last run"),
  inserted: count("inserted", "New"),
  updated: count("updated", "Updated"),
  rejected: count("rejected", "Rejected", "Items of the last run that were no usable events"),
  duration: {
    key: "duration",
    label: "Duration",
    numeric: true,
    value: (pair) => pair.last_run?.duration_seconds,
    cell: (pair) => duration(pair.last_run?.duration_seconds),
  },
  error: {
    key: "error",
    label: "Last error",
    value: (pair) => lastError(pair)?.category,
    cell: (pair) => {
      const error = lastError(pair);
      return error ? h(ErrorCell, { error, logPath: error.logPath, at: error.at }) : "–";
    },
  },
  next: {
    key: "next",
    label: "Next due",
    help: "The next scheduled run that takes the pair; runs by hand leave it as it is",
    value: (pair) => (pair.active ? (pair.next_due_at ?? "0") : null),
    cell: (pair) =>
      pair.next_due_at
        ? h(Time, { value: pair.next_due_at, relative: "narrow" })
        : pair.is_due
          ? h("span", { title: "The DAG is paused, or has no next run" }, "next run")
          : "–",
  },
};

/** How many of a pair's runs within the window succeeded. */
export function rateColumn(days) {
  return {
    key: "rate",
    label: `Success ${days} d`,
    numeric: true,
    help: `Runs that succeeded, of all in the last ${days} days; sorted by their share`,
    value: (pair) => pair.statistics?.success_rate,
    cell: (pair) =>
      pair.statistics
        ? `${number(pair.statistics.succeeded)} of ${number(pair.statistics.runs)}`
        : "–",
    total: (rows) => {
      const known = rows.map(({ statistics }) => statistics).filter(Boolean);
      const sumOf = (key) => known.reduce((total, each) => total + each[key], 0);
      return known.length > 0 ? `${number(sumOf("succeeded"))} of ${number(sumOf("runs"))}` : "–";
    },
  };
}

/** Runs, successes and errors within the window; dashes while they cannot be read. */
export function statisticsColumns(days) {
  const column = (key, label) => ({
    key,
    label,
    numeric: true,
    help: `In the last ${days} days`,
    value: (pair) => pair.statistics?.[key],
    cell: (pair) => number(pair.statistics?.[key]),
    total: (rows) => sum(rows, (pair) => pair.statistics?.[key]),
  });
  return [column("runs", "Runs"), column("succeeded", "Success"), column("failed", "Errors")];
}
