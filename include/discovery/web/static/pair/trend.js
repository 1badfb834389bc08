/** Thirty days of a pair as bars: what was fetched, and whether the attempts of the day succeeded. */

import { h, Chakra } from "../shared/host.js";
import { number, plural } from "../shared/time.js";

const { Box, HStack, Text } = Chakra;

const [WIDTH, HEIGHT, FOOT] = [20, 96, 10];

const OUTCOMES = [
  ["failed", "failed", "Failed"],
  ["partial", "up_for_retry", "Partial"],
  ["succeeded", "success", "Succeeded"],
];

const fill = (palette) => `var(--chakra-colors-${palette}-solid)`;

/** A partial attempt succeeded, too: it ended without an error. */
function outcomes({ succeeded, partial, failed }) {
  const of = partial > 0 ? ` (${number(partial)} of them partial)` : "";
  return `${number(succeeded)} succeeded${of}, ${number(failed)} failed`;
}

function words(day) {
  const outcome = `${plural(day.attempts, "attempt")}: ${outcomes(day)}`;
  return `${day.day}: ${number(day.fetched)} fetched, ${number(day.inserted)} new, ${number(day.updated)} updated, ${number(day.rejected)} rejected; ${outcome}`;
}

/** The worst that happened on a day gives its mark; a failure is also drawn taller. */
function outcomeOf(day) {
  return OUTCOMES.find(([key]) => day[key] > 0);
}

function Day({ day, index, top }) {
  const x = index * WIDTH;
  const scale = (HEIGHT - 4) / top;
  const fetched = day.fetched * scale;
  const inserted = Math.min(day.inserted, day.fetched) * scale;
  const outcome = outcomeOf(day);
  const base = HEIGHT;
  return h(
    "g",
    null,
    h("title", null, words(day)),
    h("rect", { x, y: 0, width: WIDTH, height: HEIGHT + FOOT + 4, fill: "transparent" }),
    h("rect", {
      x: x + 2,
      y: base - fetched,
      width: WIDTH - 4,
      height: fetched,
      rx: 1,
      fill: "var(--chakra-colors-border-emphasized)",
    }),
    h("rect", {
      x: x + 2,
      y: base - inserted,
      width: WIDTH - 4,
      height: inserted,
      rx: 1,
      fill: fill("brand"),
    }),
    outcome &&
      h("rect", {
        x: x + 2,
        y: base + (outcome[0] === "failed" ? 2 : 4),
        width: WIDTH - 4,
        height: outcome[0] === "failed" ? FOOT : FOOT / 2,
        rx: 1,
        fill: fill(outcome[1]),
      }),
  );
}

function Legend() {
  const entry = (colour, text) =>
    h(
      HStack,
      { key: text, gap: 1 },
      h(Box, { boxSize: 3, borderRadius: "xs", style: { background: colour } }),
      h(Text, null, text),
    );
  return h(
    HStack,
    { gap: 4, flexWrap: "wrap", fontSize: "xs", color: "fg.muted", mt: 2 },
    entry(fill("brand"), "New events"),
    entry("var(--chakra-colors-border-emphasized)", "Fetched, known before"),
    OUTCOMES.toReversed().map(([key, palette, label]) =>
      entry(fill(palette), `${label}${key === "failed" ? " (taller mark)" : ""}`),
    ),
  );
}

/** @param {{days: object[]}} props oldest first, days without a run included */
export function Trend({ days }) {
  const highest = Math.max(0, ...days.map(({ fetched }) => fetched));
  const total = (key) => days.reduce((sum, day) => sum + day[key], 0);
  const summary =
    `${number(total("fetched"))} fetched and ${number(total("inserted"))} new in ${days.length} days; ` +
    `${plural(total("attempts"), "attempt")}: ${outcomes({
      succeeded: total("succeeded"),
      partial: total("partial"),
      failed: total("failed"),
    })}`;
  return h(
    Box,
    { borderWidth: 1, borderRadius: "md", p: 3, minW: 0 },
    h(Text, { fontSize: "sm", mb: 2 }, `${summary}.`),
    h(
      "svg",
      {
        viewBox: `0 0 ${days.length * WIDTH} ${HEIGHT + FOOT + 4}`,
        width: "100%",
        height: HEIGHT + FOOT + 24,
        preserveAspectRatio: "none",
        role: "img",
        "aria-label": `Events per day: ${summary}`,
      },
      h("line", {
        x1: 0,
        x2: days.length * WIDTH,
        y1: HEIGHT,
        y2: HEIGHT,
        stroke: "var(--chakra-colors-border)",
      }),
      days.map((day, index) => h(Day, { key: day.day, day, index, top: highest || 1 })),
    ),
    h(
      HStack,
      {
        justify: "space-between",
        fontSize: "xs",
        color: "fg.muted",
        fontVariantNumeric: "tabular-nums",
      },
      h(Text, null, days[0]?.day),
      h(Text, null, `highest: ${number(highest)} fetched`),
      h(Text, null, days.at(-1)?.day),
    ),
    h(Legend),
  );
}
