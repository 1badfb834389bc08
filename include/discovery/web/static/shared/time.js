/** Instants in the user's Airflow time zone, with the UTC beside them; spans in words. */

import { h, React } from "./host.js";

const KEY = "timezone";

function chosenZone() {
  const fallback = Intl.DateTimeFormat().resolvedOptions().timeZone;
  try {
    const zone = JSON.parse(localStorage.getItem(KEY) ?? "null") ?? fallback;
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return zone;
  } catch {
    return fallback;
  }
}

function subscribe(listener) {
  // Airflow announces a change in this tab by an event of its own, other tabs by the browser's.
  const names = ["storage", "local-storage"];
  names.forEach((name) => globalThis.addEventListener(name, listener));
  return () => names.forEach((name) => globalThis.removeEventListener(name, listener));
}

/** The time zone that is chosen in Airflow's user menu. */
export function useTimeZone() {
  return React.useSyncExternalStore(subscribe, chosenZone);
}

const formats = new Map();

function format(zone, parts) {
  const key = `${zone} ${parts}`;
  if (!formats.has(key)) {
    const day = { year: "numeric", month: "2-digit", day: "2-digit" };
    const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    const options = {
      minute: { ...day, ...clock },
      second: { ...day, ...clock, second: "2-digit" },
    }[parts];
    // Swedish writes ISO 8601, which is what the Airflow UI shows in every language.
    formats.set(key, new Intl.DateTimeFormat("sv-SE", { timeZone: zone, ...options }));
  }
  return formats.get(key);
}

/** An instant to the minute, in a zone; the UTC to the second for its tooltip. */
export function instant(iso, zone) {
  const date = new Date(iso);
  return {
    text: format(zone, "minute").format(date),
    utc: `${format("UTC", "second").format(date)} UTC`,
  };
}

const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** How far an instant is from now: "3 hours ago", "in 20 minutes"; narrow: "3h ago", "in 20min". */
export function distance(iso, style = "long") {
  const seconds = (new Date(iso).getTime() - Date.now()) / 1000;
  const words = new Intl.RelativeTimeFormat("en", { numeric: "always", style });
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) {
      return words.format(Math.trunc(seconds / size), unit);
    }
  }
  return seconds > 0 ? "in a moment" : "just now";
}

/** A point in time: absolute, or relative ("long", "narrow") with it and the UTC in its tooltip. */
export function Time({ value, relative, empty = "–" }) {
  const zone = useTimeZone();
  if (!value) {
    return h("span", null, empty);
  }
  const { text, utc } = instant(value, zone);
  const title = relative ? `${text} (${zone})\n${utc}` : utc;
  const shown = relative ? distance(value, relative) : text;
  return h("time", { dateTime: value, title, style: { whiteSpace: "nowrap" } }, shown);
}

/** Seconds as "4.2 s", "3 min 05 s" or "1 h 20 min". */
export function duration(seconds) {
  if (seconds === null || seconds === undefined) {
    return "–";
  }
  if (seconds < 60) {
    return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  }
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  return hours > 0
    ? `${hours} h ${String(minutes).padStart(2, "0")} min`
    : `${minutes} min ${String(whole % 60).padStart(2, "0")} s`;
}

/** A whole number with separators, or a dash. */
export function number(value) {
  return value === null || value === undefined ? "–" : new Intl.NumberFormat("en").format(value);
}

/** A count with its noun: "1 page", "3 pages". */
export function plural(count, noun) {
  return `${number(count)} ${noun}${count === 1 ? "" : "s"}`;
}
