/** Conditions, measures, assertions and seasons of pairs, in words. */

import { HEALTH } from "../shared/health.js";
import { number } from "../shared/time.js";

/** What a pair alerts for; three of them are states of its health. */
export const CONDITIONS = {
  failing: HEALTH.failing,
  stale: HEALTH.stale,
  empty: HEALTH.empty,
  doubtful: {
    label: "Doubtful",
    sign: "bang",
    palette: "up_for_retry",
    help: "Three runs in a row did not meet an assertion.",
  },
};

/** What is measured of a run's events. All but the first are shares. */
export const MEASURES = {
  events: { label: "Events", help: "How many events a complete run brings." },
  with_venue: { label: "With a venue", help: "The share of events that have one." },
  with_time: { label: "With a time", help: "The share of events whose hour is known." },
  with_price: { label: "With a price", help: "The share of events that have one." },
  at_midnight: {
    label: "At midnight",
    help: "The share of events that start at 00:00, which is what a lost hour often turns into.",
  },
  rejected: { label: "Rejected", help: "The share of items that are no usable event." },
  with_warnings: {
    label: "With warnings",
    help: "The share of events with a warning: something was unknown, repaired or guessed.",
  },
};

/** Whether a measure is a share of the events, and no number of them. */
export function isShare(measure) {
  return measure !== "events";
}

/** A share in percent, as people write it; nothing stays nothing. */
export function toPercent(share) {
  return share === null || share === undefined ? share : Number((share * 100).toPrecision(6));
}

/** The share that a percentage is. */
export function fromPercent(percent) {
  return percent === undefined ? percent : Number((percent / 100).toPrecision(6));
}

/** Bounds in words: "at least 80 %, at most 95 %". */
export function inWords(measure, assertion) {
  if (!assertion) {
    return "none";
  }
  const bound = (value) => (isShare(measure) ? `${toPercent(value)} %` : number(value));
  const parts = [
    assertion.least !== null && `at least ${bound(assertion.least)}`,
    assertion.most !== null && `at most ${bound(assertion.most)}`,
  ];
  return parts.filter(Boolean).join(", ");
}

/** Whether a day that is the last of something, in UTC, is over. */
export function isOver(day) {
  return day < today();
}

/** Today in UTC, or a day so many days from then. */
export function today(later = 0) {
  return new Date(Date.now() + later * 86_400_000).toISOString().slice(0, 10);
}

/** A season as it is written and read: "07-01 to 08-31". */
export function seasonText({ first, last }) {
  return `${first} to ${last}`;
}

const SEASON = /^(\d\d)-(\d\d)\s*(?:to|–|-)\s*(\d\d)-(\d\d)$/i;

function isDay(month, day) {
  // A leap year has every day that there is.
  const date = new Date(Date.UTC(2024, Number(month) - 1, Number(day)));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
}

/** The season that a line names; null where it is none. */
export function seasonFrom(line) {
  const [, month, day, lastMonth, lastDay] = SEASON.exec(line.trim()) ?? [];
  return isDay(month, day) && isDay(lastMonth, lastDay)
    ? { first: `${month}-${day}`, last: `${lastMonth}-${lastDay}` }
    : null;
}
