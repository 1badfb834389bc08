/** Columns that tables of pairs share. */

import { h, Chakra } from "./host.js";
import { AirflowLink, PageLink } from "./query.js";
import { severity } from "./health.js";
import { HealthAndRun } from "./run-mark.js";
import { RunStrip } from "./strip.js";
import { Fold } from "./fold.js";
import { NUMBERS, WORDS } from "./terms.js";
import { Time, duration, number, plural } from "./time.js";

const { Badge, Box, Text } = Chakra;

function sum(rows, value) {
  return number(rows.reduce((total, row) => total + (value(row) ?? 0), 0));
}

function count(key, more = {}) {
  const value = (pair) => pair.last_run?.counts[key];
  return {
    key,
    label: NUMBERS[key].label,
    help: NUMBERS[key].text,
    numeric: true,
    value,
    cell: (pair) => number(value(pair)),
    total: (rows, sums) => (sums ? number(sums[key]) : sum(rows, value)),
    ...more,
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
    { maxW: { md: "16rem" }, minW: { md: "9rem" }, fontSize: "xs" },
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
    isInCard: true,
    value: (pair) => pair.city_name,
    cell: (pair) =>
      pair.city
        ? h(PageLink, { to: { view: "city", city: pair.city } }, pair.city_name)
        : h(ScopeMark, { scope: pair.scope }),
    total: (rows, sums) => plural(sums?.pairs ?? rows.length, "pair"),
  },
  source: {
    key: "source",
    label: "Source",
    help: WORDS.pair.text,
    isHeader: true,
    value: (pair) => pair.source_name,
    cell: (pair) =>
      h(
        Box,
        { minW: "6.5rem", maxW: { md: "10rem" }, overflowWrap: "anywhere" },
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
    help: "How the pair is doing, and why. Sorted worst first.",
    isInCard: true,
    value: (pair) => severity(pair.health.state),
    cell: (pair) =>
      h(
        Box,
        { minW: "7.5rem", maxW: { md: "12rem" } },
        h(HealthAndRun, { pair, lines: 3 }),
      ),
  },
  recent: {
    key: "recent",
    label: NUMBERS.recent.label,
    help: NUMBERS.recent.text,
    value: (pair) =>
      pair.recent.filter(({ state }) => state === "failed" || state === "lost").length,
    cell: (pair) => h(RunStrip, { runs: pair.recent }),
  },
  success: {
    key: "success",
    label: NUMBERS.last_success.label,
    help: NUMBERS.last_success.text,
    isInCard: true,
    value: (pair) => pair.last_success_at,
    cell: (pair) => h(Time, { value: pair.last_success_at, relative: "narrow", empty: "never" }),
  },
  fetched: count("fetched"),
  inserted: count("inserted"),
  updated: count("updated", { isOptional: true }),
  rejected: count("rejected"),
  duration: {
    key: "duration",
    label: NUMBERS.duration.label,
    help: NUMBERS.duration.text,
    isOptional: true,
    numeric: true,
    value: (pair) => pair.last_run?.duration_seconds,
    cell: (pair) => duration(pair.last_run?.duration_seconds),
  },
  error: {
    key: "error",
    label: NUMBERS.last_error.label,
    help: NUMBERS.last_error.text,
    isInCard: true,
    value: (pair) => lastError(pair)?.category,
    cell: (pair) => {
      const error = lastError(pair);
      return error ? h(ErrorCell, { error, logPath: error.logPath, at: error.at }) : "–";
    },
  },
  next: {
    key: "next",
    label: NUMBERS.next_due.label,
    help: NUMBERS.next_due.text,
    value: (pair) => (pair.active ? (pair.next_due_at ?? "0") : null),
    cell: (pair) =>
      pair.next_due_at
        ? h(Time, { value: pair.next_due_at, relative: "narrow" })
        : pair.is_due
          ? h("span", { title: "The DAG is paused, or has no next run" }, "next run")
          : "–",
  },
};

function shareOfRuns({ succeeded, failed }) {
  return `${number(succeeded)} of ${number(succeeded + failed)}`;
}

/** How many of a pair's runs within the window succeeded. */
export function rateColumn(days) {
  return {
    key: "rate",
    label: `Success ${days} d`,
    numeric: true,
    help: `${NUMBERS.success_rate.text} In the last ${days} days; sorted by their share.`,
    value: (pair) => pair.statistics?.success_rate,
    cell: (pair) => (pair.statistics ? shareOfRuns(pair.statistics) : "–"),
    total: (rows, sums) => {
      if (sums) {
        return sums.succeeded === null ? "–" : shareOfRuns(sums);
      }
      const known = rows.map(({ statistics }) => statistics).filter(Boolean);
      const sumOf = (key) => known.reduce((total, each) => total + each[key], 0);
      return known.length > 0
        ? shareOfRuns({ succeeded: sumOf("succeeded"), failed: sumOf("failed") })
        : "–";
    },
  };
}

/** Runs, successes and errors within the window; dashes while they cannot be read. */
export function statisticsColumns(days) {
  const column = (key, { label, text }) => ({
    key,
    label,
    numeric: true,
    help: `${text} In the last ${days} days.`,
    value: (pair) => pair.statistics?.[key],
    cell: (pair) => number(pair.statistics?.[key]),
    total: (rows) => sum(rows, (pair) => pair.statistics?.[key]),
  });
  return [
    column("runs", { label: "Runs", text: "Runs that had the pair, ended or not." }),
    column("succeeded", NUMBERS.succeeded),
    column("failed", NUMBERS.failed),
  ];
}
