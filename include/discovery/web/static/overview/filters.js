/** Filters of the table of pairs. They live in the URL, so that a filtered view can be shared. */

import { h, Chakra } from "../shared/host.js";
import { Select } from "../shared/fields.js";
import { HEALTH } from "../shared/health.js";
import { PageLink, useQuery } from "../shared/query.js";
import { TextFilter } from "../shared/text-filter.js";
import { number, plural } from "../shared/time.js";

const { Button, Flex, Text } = Chakra;

/** What stands in the URL for the pairs of sources of a wider scope. */
export const NO_CITY = "(none)";
const NAMES = ["city", "source", "health", "enabled", "error", "text"];

/** A change of the filters that takes all of them away. */
const NONE = Object.fromEntries(NAMES.map((name) => [name, null]));

function filtersOf(query) {
  return Object.fromEntries(
    NAMES.filter((name) => query[name]).map((name) => [name, query[name].slice(0, 200)]),
  );
}

/** What of the URL says which pairs are shown, for the server: filters, order and page. */
export function useAsked() {
  const [query] = useQuery();
  const { sort, page } = query;
  return {
    ...filtersOf(query),
    sort: sort?.slice(0, 50),
    page: /^[1-9]\d{0,5}$/.test(page) ? page : undefined,
  };
}

/** The filters of the URL, and a function that changes some. */
export function useFilters() {
  const [query, change] = useQuery();
  const filters = filtersOf(query);
  const set = (changes, options) => change({ ...changes, page: null }, options);
  return { filters, set, isFiltered: Object.keys(filters).length > 0 };
}

function byName(choices) {
  return choices
    .map(({ slug, name }) => [slug, name])
    .sort(([, a], [, b]) => a.localeCompare(b));
}

/** The row of filters; `children` stand at its end. */
export function FilterBar({ choices, filters, set, children }) {
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
    choose("city", "City", [
      ...byName(choices.cities),
      ...(choices.has_wider ? [[NO_CITY, "Several cities"]] : []),
    ]),
    choose("source", "Source", byName(choices.sources)),
    choose("health", "Health", states),
    choose("enabled", "Enabled", [
      ["true", "Yes"],
      ["false", "No"],
    ]),
    choose(
      "error",
      "Error category",
      choices.errors.map((category) => [category, category.replaceAll("_", " ")]),
    ),
    children,
  );
}

/** The way back to all pairs. */
export function ClearFilters({ set, ...look }) {
  return h(Button, { size: "xs", ...look, onClick: () => set(NONE) }, "Clear filters");
}

/** How many pairs pass the filters, the way back to all of them, and the alerts of any. */
export function FilterSummary({ tiles, shown, filters, set }) {
  const { pairs: all, alerts, muted } = tiles;
  const told = [alerts > 0 && plural(alerts, "open alert"), muted > 0 && `${number(muted)} muted`];
  return h(
    Flex,
    { gap: 2, align: "center", minH: 8 },
    h(
      Text,
      { fontSize: "sm", color: "fg.muted", role: "status", "data-testid": "shown" },
      shown === all ? plural(all, "pair") : `${shown} of ${plural(all, "pair")}`,
    ),
    Object.keys(filters).length > 0 && h(ClearFilters, { set, variant: "ghost" }),
    told.some(Boolean) &&
      h(PageLink, { to: { view: "alerts" }, fontSize: "sm" }, told.filter(Boolean).join(", ")),
  );
}
