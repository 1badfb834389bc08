/** What of the audit log is shown: the filters, which live in the URL, and their controls. */

import { h, Chakra } from "../shared/host.js";
import { urlOf } from "../shared/api.js";
import { DateFilter } from "../shared/date-filter.js";
import { Select } from "../shared/fields.js";
import { useQuery } from "../shared/query.js";
import { TextFilter } from "../shared/text-filter.js";

const { Button, Flex } = Chakra;

const NAMES = ["who", "origin", "action", "type", "city", "source", "from", "to"];

/** From where a change came, as the log names it. */
export const ORIGINS = {
  page: "Page",
  api: "API",
  apply: "File (apply)",
  cli: "Command line",
  dag: "Airflow",
};

const ACTIONS = [
  "create",
  "update",
  "delete",
  "trigger",
  "prune",
  "merge",
  "split",
  "judge",
  "confirm",
  "keep",
];
const TYPES = ["city", "source", "pair", "country", "run", "history", "event", "withdrawal", "venue"];

const same = (values) => values.map((value) => [value, value]);

/** The filters of the URL, and functions that change some of them and drop them all. */
export function useFilters() {
  const [query, change] = useQuery();
  const filters = Object.fromEntries(
    NAMES.filter((name) => query[name]).map((name) => [name, query[name]]),
  );
  return {
    filters,
    set: change,
    clear: () => change(Object.fromEntries(NAMES.map((name) => [name, null]))),
  };
}

/** @param {{filters: object, set: Function, clear: Function, cities: object[], sources: object[]}} props */
export function FilterBar({ filters, set, clear, cities, sources }) {
  const half = { base: "calc(50% - 0.5rem)", sm: "9rem" };
  const choose = (name, label, options) =>
    h(Select, {
      key: name,
      label,
      empty: "All",
      options,
      value: filters[name] ?? "",
      onChange: (value) => set({ [name]: value }),
      width: half,
    });
  const day = (name, label) =>
    h(DateFilter, {
      label,
      value: filters[name] ?? "",
      onChange: (value) => set({ [name]: value }),
      width: half,
    });
  const named = (all) => all.map(({ slug, name }) => [slug, name]);
  const file = urlOf(`discovery/api/changes.csv?${new URLSearchParams(filters)}`);
  return h(
    Flex,
    { gap: 3, align: "end", flexWrap: "wrap", role: "search", "aria-label": "Find changes" },
    h(TextFilter, {
      label: "Who",
      placeholder: "Part of the name",
      value: filters.who ?? "",
      maxLength: 200,
      onChange: (who, options) => set({ who }, options),
      width: half,
    }),
    choose("origin", "From where", Object.entries(ORIGINS)),
    choose("action", "Action", same(ACTIONS)),
    choose("type", "What", same(TYPES)),
    choose("city", "City", named(cities)),
    choose("source", "Source", named(sources)),
    day("from", "From (UTC)"),
    day("to", "To (UTC)"),
    Object.keys(filters).length > 0 &&
      h(Button, { size: "sm", variant: "ghost", onClick: clear }, "Clear filters"),
    h(
      Button,
      { asChild: true, size: "sm", variant: "outline", ms: "auto" },
      h("a", { href: file.href, download: "" }, "Export CSV"),
    ),
  );
}
