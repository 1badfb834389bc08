/** Parts of the view of one source: what its events say, and the columns of its pairs and runs. */

import { h, Chakra } from "../shared/host.js";
import { COLUMNS, rateColumn } from "../shared/columns.js";
import { RowButtons } from "../pair/buttons.js";
import { ATTEMPT_COLUMNS } from "../pair/columns.js";
import { PageLink } from "../shared/query.js";
import { selectColumn } from "../shared/selection.js";
import { number, plural } from "../shared/time.js";

const { Box, HStack, Text } = Chakra;

function FilledField({ field, count, share }) {
  const percent = Math.round(share * 100);
  const words = `${percent} %, ${number(count)}`;
  return h(
    Box,
    {
      as: "li",
      listStyleType: "none",
      display: "grid",
      gridTemplateColumns: "7rem 1fr 7rem",
      gap: 3,
      alignItems: "center",
      "data-filled": field,
    },
    h(Text, { color: "fg.muted" }, field),
    h(
      Box,
      { bg: "bg.muted", borderRadius: "sm", height: 2, overflow: "hidden", "aria-hidden": true },
      h(Box, { bg: "brand.solid", height: "100%", style: { width: `${share * 100}%` } }),
    ),
    h(Text, { textAlign: "end", fontVariantNumeric: "tabular-nums" }, words),
  );
}

/** The share of a source's upcoming events that say each field. */
export function FilledFields({ filled }) {
  if (filled.events === 0) {
    return h(Text, { fontSize: "sm", color: "fg.muted" }, "It has no upcoming events.");
  }
  return h(
    Box,
    { borderWidth: 1, borderRadius: "md", p: 3, fontSize: "sm" },
    h(Text, { mb: 2 }, `Of ${plural(filled.events, "upcoming event")}:`),
    h(
      Box,
      {
        as: "ul",
        ps: 0,
        display: "grid",
        columnGap: 8,
        rowGap: 1,
        gridTemplateColumns: { base: "1fr", lg: "1fr 1fr" },
      },
      filled.fields.map((each) => h(FilledField, { key: each.field, ...each })),
    ),
    filled.warnings.length > 0 && h(Warnings, { warnings: filled.warnings }),
  );
}

/** What had to be assumed, repaired or left out, by kind of warning. */
function Warnings({ warnings }) {
  return h(
    Box,
    { mt: 3, "data-warnings": true },
    h(Text, { mb: 1 }, "With warnings:"),
    h(
      Box,
      { as: "ul", ps: 5 },
      warnings.map(({ warning, count }) =>
        h(Box, { as: "li", key: warning }, `${number(count)} × ${warning}`),
      ),
    ),
  );
}

const PAIR = {
  ...COLUMNS.city,
  label: "Pair",
  isHeader: true,
  cell: (pair) =>
    h(
      Box,
      { minW: "6.5rem" },
      h(
        PageLink,
        { to: { view: "pair", city: pair.city, source: pair.source } },
        pair.city_name ?? "All its cities",
      ),
      h(Text, { fontSize: "xs", color: "fg.muted" }, pair.label),
    ),
};

const UPCOMING = {
  key: "upcoming",
  label: "Upcoming",
  help: "Listings of the pair that are not over and not withdrawn.",
  numeric: true,
  value: (pair) => pair.events_upcoming,
  cell: (pair) => number(pair.events_upcoming),
  total: (pairs) => number(pairs.reduce((sum, pair) => sum + pair.events_upcoming, 0)),
};

/** The columns of a source's pairs. */
export function pairColumns(permissions, days, open) {
  const { health, recent, success, fetched, inserted, updated, rejected, duration, error, next } =
    COLUMNS;
  return [
    selectColumn(permissions),
    PAIR,
    health,
    recent,
    success,
    UPCOMING,
    fetched,
    inserted,
    updated,
    rejected,
    duration,
    error,
    next,
    rateColumn(days),
    {
      key: "actions",
      label: "Actions",
      isPinned: true,
      cell: (pair) =>
        h(
          HStack,
          { gap: 1 },
          h(RowButtons, {
            pair,
            permissions,
            onRun: () => open({ run: pair }),
            onEdit: () => open({ editPair: pair }),
          }),
        ),
    },
  ].filter(Boolean);
}

/** The columns of a source's runs: those of a pair's, and which pair it was. */
export const RUN_COLUMNS = [
  ATTEMPT_COLUMNS[0],
  {
    key: "pair",
    label: "Pair",
    value: (attempt) => attempt.label,
    cell: ({ city, source, label }) => h(PageLink, { to: { view: "pair", city, source } }, label),
  },
  ...ATTEMPT_COLUMNS.slice(1),
];
