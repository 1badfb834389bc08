/** What the list of events is asked for: the filters, which live in the URL, and their controls. */

import { h, Chakra } from "../shared/host.js";
import { DateFilter } from "../shared/date-filter.js";
import { Select } from "../shared/fields.js";
import { useQuery } from "../shared/query.js";
import { TextFilter } from "../shared/text-filter.js";

const { Button, Flex } = Chakra;

const NAMES = [
  "text",
  "city",
  "source",
  "category",
  "when",
  "from",
  "to",
  "status",
  "changed",
  "duplicates",
];

const WHEN = [
  ["past", "Past, latest first"],
  ["any", "Any date"],
  ["undated", "Without a date"],
];

const STATUS = [
  "scheduled",
  "tentative",
  "rescheduled",
  "postponed",
  "moved_online",
  "cancelled",
  "withdrawn",
].map((status) => [status, status.replaceAll("_", " ")]);

const CHANGED = [
  ["1", "Last 24 hours"],
  ["7", "Last 7 days"],
  ["30", "Last 30 days"],
];

const HOUR_MS = 3_600_000;

/** Since when "changed in the last days" looks back: to the hour, so that the question stays one. */
function changedSince(days) {
  const hours = Math.floor(Date.now() / HOUR_MS) - 24 * days;
  return new Date(hours * HOUR_MS).toISOString();
}

/** The filters of the URL, what they ask the API, and a function that changes some. */
export function useFilters() {
  const [query, change] = useQuery();
  const filters = Object.fromEntries(
    NAMES.filter((name) => query[name]).map((name) => [name, query[name]]),
  );
  const { changed, ...asked } = filters;
  const days = CHANGED.some(([each]) => each === changed) ? Number(changed) : null;
  const set = (changes, options) => change({ ...changes, after: null }, options);
  return {
    filters,
    set,
    clear: () => set(Object.fromEntries(NAMES.map((name) => [name, null]))),
    question: { ...asked, changed_since: days && changedSince(days), after: query.after },
  };
}

/**
 * The row of filters.
 * @param {{filters: object, set: Function, clear: Function, cities: object[], sources: object[]}} props
 */
export function FilterBar({ filters, set, clear, cities, sources }) {
  const half = { base: "calc(50% - 0.5rem)", sm: "9rem" };
  const choose = (name, label, options, empty = "All") =>
    h(Select, {
      key: name,
      label,
      empty,
      options,
      value: filters[name] ?? "",
      onChange: (value) => set({ [name]: value }),
      width: half,
    });
  const named = (all) => all.map(({ slug, name }) => [slug, name]);
  // A range of dates may lie in the past: it is not kept to what is upcoming.
  const range = (name, label) =>
    h(DateFilter, {
      label,
      value: filters[name] ?? "",
      onChange: (value) => set({ [name]: value, when: value ? "any" : filters.when }),
      width: half,
    });
  return h(
    Flex,
    { gap: 3, align: "end", flexWrap: "wrap", role: "search", "aria-label": "Find events" },
    h(TextFilter, {
      label: "Search",
      placeholder: "Title, venue or performer",
      value: filters.text ?? "",
      maxLength: 200,
      onChange: (text, options) => set({ text }, options),
      width: { base: "100%", sm: "16rem" },
    }),
    choose("city", "City", named(cities)),
    choose("source", "Source", named(sources)),
    h(TextFilter, {
      label: "Category",
      placeholder: "Exact label",
      value: filters.category ?? "",
      maxLength: 200,
      onChange: (category, options) => set({ category }, options),
      width: half,
    }),
    choose("when", "When", WHEN, "Upcoming"),
    range("from", "From"),
    range("to", "To"),
    choose("status", "Status", STATUS),
    choose("changed", "Changed", CHANGED, "Any time"),
    choose("duplicates", "Listings", [["true", "More than one"]], "Any number"),
    Object.keys(filters).length > 0 &&
      h(Button, { size: "sm", variant: "ghost", onClick: clear }, "Clear filters"),
  );
}
