/** Filters of the table of pairs. They live in the URL, so that a filtered view can be shared. */

import { h, React, Chakra } from "../shared/host.js";
import { lastError } from "../shared/columns.js";
import { Select } from "../shared/fields.js";
import { HEALTH } from "../shared/health.js";
import { useQuery } from "../shared/query.js";
import { TextFilter } from "../shared/text-filter.js";
import { plural } from "../shared/time.js";

const { Button, Flex, Text } = Chakra;

/** What stands in the URL for the pairs of sources of a wider scope. */
export const NO_CITY = "(none)";
const NAMES = ["city", "source", "health", "enabled", "error", "text"];

const TESTS = {
  city: (pair, value) => (pair.city ?? NO_CITY) === value,
  source: (pair, value) => pair.source === value,
  health: (pair, value) => pair.health.state === value,
  enabled: (pair, value) => String(pair.active) === value,
  error: (pair, value) => lastError(pair)?.category === value,
  text: (pair, value) => {
    const parts = [
      pair.label,
      pair.city_name,
      pair.source_name,
      pair.kind,
      pair.health.reason,
      lastError(pair)?.message,
    ];
    const hay = parts.filter(Boolean).join("\n").toLowerCase();
    return value
      .toLowerCase()
      .split(/\s+/)
      .every((word) => hay.includes(word));
  },
};

/** A change of the filters that takes all of them away. */
const NONE = Object.fromEntries(NAMES.map((name) => [name, null]));

/** The pairs that pass the filters of the URL, the filters, and a function that changes some. */
export function useFilters(all) {
  const [query, change] = useQuery();
  const filters = Object.fromEntries(
    NAMES.filter((name) => query[name]).map((name) => [name, query[name]]),
  );
  const key = JSON.stringify(filters);
  const pairs = React.useMemo(
    () =>
      all.filter((pair) =>
        Object.entries(filters).every(([name, value]) => TESTS[name](pair, value)),
      ),
    [all, key],
  );
  const set = (changes, options) => change({ ...changes, page: null }, options);
  return { pairs, filters, set, isFiltered: Object.keys(filters).length > 0 };
}

/** What there is to choose from: what the rows have, and `more` that no row has yet. */
function distinct(rows, name, more = []) {
  const known = more.map(({ slug, name: text }) => [slug, text]);
  const found = new Map([...known, ...rows.map(name).filter(Boolean)]);
  return [...found].sort(([, a], [, b]) => a.localeCompare(b));
}

/** The row of filters; `children` stand at its end. */
export function FilterBar({ all, cities, sources, filters, set, children }) {
  const choose = (name, label, options, empty = "All") =>
    h(Select, {
      key: name,
      label,
      empty,
      options,
      value: filters[name] ?? "",
      onChange: (value) => set({ [name]: value }),
      width: { base: "calc(50% - 0.5rem)", sm: "7rem" },
    });
  const states = Object.entries(HEALTH).map(([state, { label }]) => [state, label]);
  return h(
    Flex,
    { gap: 3, align: "end", flexWrap: "wrap", role: "search", "aria-label": "Filter pairs" },
    h(TextFilter, {
      label: "Text",
      placeholder: "Name or error",
      width: { base: "100%", sm: "10rem" },
      value: filters.text ?? "",
      onChange: (text, options) => set({ text }, options),
    }),
    choose(
      "city",
      "City",
      distinct(all, (pair) => [pair.city ?? NO_CITY, pair.city_name ?? "Several cities"], cities),
    ),
    choose(
      "source",
      "Source",
      distinct(all, (pair) => [pair.source, pair.source_name], sources),
    ),
    choose("health", "Health", states),
    choose("enabled", "Enabled", [
      ["true", "Yes"],
      ["false", "No"],
    ]),
    choose(
      "error",
      "Error category",
      distinct(all, (pair) => {
        const category = lastError(pair)?.category;
        return category && [category, category.replaceAll("_", " ")];
      }),
    ),
    children,
  );
}

/** The way back to all pairs. */
export function ClearFilters({ set, ...look }) {
  return h(Button, { size: "xs", ...look, onClick: () => set(NONE) }, "Clear filters");
}

/** How many pairs pass the filters, and the way back to all of them. */
export function FilterSummary({ all, shown, filters, set }) {
  return h(
    Flex,
    { gap: 2, align: "center", minH: 8 },
    h(
      Text,
      { fontSize: "sm", color: "fg.muted", role: "status", "data-testid": "shown" },
      shown === all.length
        ? plural(all.length, "pair")
        : `${shown} of ${plural(all.length, "pair")}`,
    ),
    Object.keys(filters).length > 0 && h(ClearFilters, { set, variant: "ghost" }),
  );
}
