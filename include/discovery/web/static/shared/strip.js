/** The last 14 runs of a pair as marks that differ in shape as well as in colour. */

import { h } from "./host.js";
import { RUN_STATES } from "./health.js";
import { instant, number, useTimeZone } from "./time.js";

const SLOTS = 14;
const WIDTH = 6;
const GAP = 2;
const HEIGHT = 20;

/** How high a mark stands, how it is filled. */
const SHAPES = {
  success: { height: 20 },
  partial: { height: 12 },
  failed: { height: 20, crossed: true },
  running: { height: 20, hollow: true },
  planned: { height: 8, hollow: true },
  lost: { height: 8 },
};

function Mark({ run, x, zone }) {
  const { palette, label } = RUN_STATES[run.state] ?? RUN_STATES.lost;
  const { height, crossed, ...shape } = SHAPES[run.state] ?? SHAPES.lost;
  // A trial says nothing of the pair, and does not look as if it did.
  const hollow = shape.hollow || run.limited || run.dry_run;
  const colour = `var(--chakra-colors-${palette}-solid)`;
  const y = HEIGHT - height;
  const words = [
    instant(run.at, zone).text,
    label.toLowerCase() + (run.dry_run ? " (dry run)" : run.limited ? " (with a limit)" : ""),
    run.error_category ?? `${number(run.fetched)} fetched`,
  ];
  return h(
    "g",
    null,
    h("title", null, words.join(" · ")),
    h("rect", {
      x: hollow ? x + 0.75 : x,
      y: hollow ? y + 0.75 : y,
      width: hollow ? WIDTH - 1.5 : WIDTH,
      height: hollow ? height - 1.5 : height,
      rx: 1.5,
      fill: hollow ? "transparent" : colour,
      stroke: hollow ? colour : "none",
      strokeWidth: 1.5,
    }),
    crossed &&
      h("path", {
        d: `M${x + 1.5} 8l${WIDTH - 3} 4M${x + WIDTH - 1.5} 8l-${WIDTH - 3} 4`,
        stroke: "var(--chakra-colors-bg)",
        strokeWidth: 1.2,
      }),
  );
}

function summary(runs) {
  if (runs.length === 0) {
    return "No runs yet";
  }
  const counts = Object.entries(RUN_STATES)
    .map(([state, { label }]) => [
      label.toLowerCase(),
      runs.filter((run) => run.state === state).length,
    ])
    .filter(([, count]) => count > 0)
    .map(([label, count]) => `${count} ${label}`);
  return `Last ${runs.length} runs: ${counts.join(", ")}; the latest ${runs.at(-1).state}`;
}

/** @param {{runs: object[]}} props oldest first */
export function RunStrip({ runs }) {
  const zone = useTimeZone();
  const shown = runs.slice(-SLOTS);
  const first = SLOTS - shown.length;
  const step = WIDTH + GAP;
  const width = SLOTS * step - GAP;
  return h(
    "svg",
    {
      width,
      height: HEIGHT,
      viewBox: `0 0 ${width} ${HEIGHT}`,
      role: "img",
      "aria-label": summary(shown),
      style: { display: "block", minWidth: width },
    },
    Array.from({ length: first }, (_, index) =>
      h("rect", {
        key: `free-${index}`,
        x: index * step + 2,
        y: HEIGHT - 2,
        width: 3,
        height: 2,
        fill: "var(--chakra-colors-border-emphasized)",
      }),
    ),
    shown.map((run, index) =>
      h(Mark, { key: `${run.run_id} ${run.at}`, run, zone, x: (first + index) * step }),
    ),
  );
}
