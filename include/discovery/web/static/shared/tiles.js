/** Figures on top of a view, and the choice of their window. */

import { h, Chakra } from "./host.js";
import { Select } from "./fields.js";
import { Help } from "./help.js";
import { useQuery } from "./query.js";

const { Box, Text } = Chakra;

export const DEFAULT_DAYS = 30;

/** The window of the counters, in days, as the URL says. */
export function useDays() {
  const [query, change] = useQuery();
  const days = /^[1-9]\d{0,3}$/.test(query.days) ? Number(query.days) : DEFAULT_DAYS;
  return [days, (value) => change({ days: Number(value) === DEFAULT_DAYS ? null : value })];
}

/** The choice of the window; longer ones than the installation allows are left out. */
export function WindowSelect({ maxDays = 90 }) {
  const [days, setDays] = useDays();
  const allowed = [7, 30, 90].filter((each) => each <= maxDays || each === days);
  const choices = allowed.includes(days) ? allowed : [...allowed, days];
  return h(Select, {
    label: "Counted over",
    value: String(days),
    onChange: setDays,
    options: choices.map((each) => [String(each), `Last ${each} days`]),
  });
}

/** Tiles side by side, as many as fit. */
export function TileRow({ children }) {
  return h(
    Box,
    {
      display: "grid",
      gap: { base: 2, md: 3 },
      gridTemplateColumns: { base: "1fr 1fr", md: "repeat(auto-fit, minmax(150px, 1fr))" },
      gridAutoFlow: "row dense",
    },
    children,
  );
}

/**
 * One figure with its name.
 * @param {{term: object, label?: string, value: any, note?: any, isLong?: boolean}} props `term` says
 *   what the number is; `label` names it where that depends on more; one whose note is long takes the
 *   whole width of a phone
 */
export function Tile({ term, label = term.label, value, note, isLong = false, children }) {
  return h(
    Box,
    {
      borderWidth: 1,
      borderRadius: "md",
      p: { base: 2, md: 3 },
      minW: 0,
      gridColumn: isLong ? { base: "1 / -1", md: "auto" } : undefined,
      "data-tile": label,
    },
    h(Text, { fontSize: { base: "xs", md: "sm" }, color: "fg.muted" }, label, h(Help, { term })),
    h(
      Box,
      {
        fontSize: { base: "sm", md: "xl" },
        fontWeight: "semibold",
        fontVariantNumeric: "tabular-nums",
      },
      value,
    ),
    note && h(Text, { as: "div", fontSize: "xs", color: "fg.muted", mt: { md: 1 } }, note),
    children,
  );
}

/** Names and values: below each other, or side by side where they are few and short. */
export function Facts({ facts, sideBySide = false }) {
  const layout = sideBySide
    ? { display: "flex", flexWrap: "wrap", columnGap: 8, rowGap: 2 }
    : { display: "grid", rowGap: 1 };
  const fact = sideBySide
    ? {}
    : {
        display: "grid",
        gridTemplateColumns: { base: "7rem minmax(0, 1fr)", md: "minmax(7rem, 12rem) minmax(0, 1fr)" },
        gap: 4,
      };
  return h(
    Box,
    { as: "dl", fontSize: "sm", ...layout },
    facts
      .filter(Boolean)
      .map(([name, value]) =>
        h(
          Box,
          { key: name, ...fact },
          h(Box, { as: "dt", color: "fg.muted", overflowWrap: "anywhere" }, name),
          h(Box, { as: "dd", minW: 0, overflowWrap: "anywhere" }, value),
        ),
      ),
  );
}
