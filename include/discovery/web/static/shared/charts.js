/** What attempts did day by day: four small charts, and the same numbers as a table. */

import { h, React, Chakra } from "./host.js";
import { withQuery } from "./api.js";
import { Select } from "./fields.js";
import { Loaded, TilesSkeleton } from "./loading.js";
import { useResource } from "./resource.js";
import { duration, number } from "./time.js";

const { Box, Flex, HStack, SimpleGrid, Stack, Table, Text } = Chakra;

const [WIDTH, HEIGHT, GAP] = [10, 80, 1];
const WINDOWS = [
  ["30", "Last 30 days"],
  ["90", "Last 90 days"],
];

const colour = (name) => `var(--chakra-colors-${name})`;

/** Bars lie upon each other; lines do not add up. */
const CHARTS = [
  {
    title: "Events",
    format: number,
    series: [
      ["inserted", "New", "brand-solid"],
      ["updated", "Updated", "up_for_retry-solid"],
      ["withdrawn", "Withdrawn", "failed-solid"],
    ],
  },
  {
    title: "Attempts",
    format: number,
    series: [
      ["complete", "Complete", "success-solid"],
      ["partial", "Partial", "up_for_retry-solid"],
      ["failed", "Failed", "failed-solid"],
    ],
  },
  {
    title: "Duration of attempts",
    isLine: true,
    format: duration,
    series: [
      ["median_seconds", "Median", "brand-solid"],
      ["slow_seconds", "95 of 100 take at most", "up_for_retry-solid"],
    ],
  },
  { title: "Requests", format: number, series: [["requests", "Requests", "brand-solid"]] },
];

const SERIES = CHARTS.flatMap(({ series, format }) =>
  series.map(([key, label]) => ({ key, label, format })),
);

const shown = (format, value) => (value === null ? "–" : format(value));

function wordsOf(day, { series, format }) {
  const parts = series.map(([key, label]) => `${label.toLowerCase()}: ${shown(format, day[key])}`);
  return `${day.day}: ${parts.join(", ")}`;
}

function Bars({ day, index, series, scale }) {
  let base = HEIGHT;
  return series.map(([key, , fill]) => {
    const height = day[key] * scale;
    base -= height;
    return h("rect", {
      key,
      x: index * WIDTH + GAP,
      y: base,
      width: WIDTH - 2 * GAP,
      height,
      fill: colour(fill),
    });
  });
}

/** A day without a value interrupts the line; one between two such days is a dot. */
function Line({ days, name, stroke, scale }) {
  const points = days.map((day, index) =>
    day[name] === null ? null : [index * WIDTH + WIDTH / 2, HEIGHT - day[name] * scale],
  );
  const path = points
    .map((point, index) => point && `${points[index - 1] ? "L" : "M"}${point.join(",")}h0`)
    .filter(Boolean)
    .join("");
  return h("path", {
    d: path,
    fill: "none",
    stroke: colour(stroke),
    strokeWidth: 3,
    strokeLinecap: "round",
    vectorEffect: "non-scaling-stroke",
  });
}

function Legend({ series }) {
  return h(
    HStack,
    { gap: 3, flexWrap: "wrap", fontSize: "xs", color: "fg.muted", mt: 1 },
    series.map(([key, label, fill]) =>
      h(
        HStack,
        { key, gap: 1 },
        h(Box, { boxSize: 2.5, borderRadius: "xs", style: { background: colour(fill) } }),
        h(Text, null, label),
      ),
    ),
  );
}

function Chart({ chart, days }) {
  const { title, series, format, isLine } = chart;
  const of = (day) => series.map(([key]) => day[key] ?? 0);
  const highest = Math.max(
    ...days.map((day) => (isLine ? Math.max(...of(day)) : of(day).reduce((a, b) => a + b, 0))),
  );
  const scale = (HEIGHT - 2) / (highest || 1);
  return h(
    Box,
    { as: "figure", borderWidth: 1, borderRadius: "md", p: 3, m: 0, minW: 0 },
    h(
      Flex,
      { as: "figcaption", justify: "space-between", gap: 2, fontSize: "sm", mb: 2 },
      h(Text, { fontWeight: "medium" }, title),
      h(Text, { color: "fg.muted" }, `highest: ${shown(format, highest)}`),
    ),
    h(
      "svg",
      {
        viewBox: `0 0 ${days.length * WIDTH} ${HEIGHT}`,
        width: "100%",
        height: HEIGHT,
        preserveAspectRatio: "none",
        role: "img",
        "aria-label": `${title} of ${days.length} days, highest ${shown(format, highest)}; the numbers are in the table below`,
      },
      isLine
        ? series.map(([key, , stroke]) => h(Line, { key, days, name: key, stroke, scale }))
        : days.map((day, index) => h(Bars, { key: day.day, day, index, series, scale })),
      days.map((day, index) =>
        h(
          "rect",
          { key: day.day, x: index * WIDTH, y: 0, width: WIDTH, height: HEIGHT, fill: "transparent" },
          h("title", null, wordsOf(day, chart)),
        ),
      ),
    ),
    h(Legend, { series }),
  );
}

function Numbers({ days }) {
  return h(
    Box,
    { as: "details", fontSize: "sm" },
    h(Box, { as: "summary", cursor: "pointer" }, "The same as a table"),
    h(
      Table.ScrollArea,
      { maxH: "20rem", mt: 2, tabIndex: 0, role: "region", "aria-label": "Numbers of the charts" },
      h(
        Table.Root,
        { size: "sm", stickyHeader: true },
        h(
          Table.Header,
          null,
          h(
            Table.Row,
            null,
            h(Table.ColumnHeader, { scope: "col" }, "Day (UTC)"),
            SERIES.map(({ key, label }) =>
              h(Table.ColumnHeader, { key, scope: "col", textAlign: "end" }, label),
            ),
          ),
        ),
        h(
          Table.Body,
          null,
          days.toReversed().map((day) =>
            h(
              Table.Row,
              { key: day.day },
              h(Table.ColumnHeader, { scope: "row", whiteSpace: "nowrap" }, day.day),
              SERIES.map(({ key, format }) =>
                h(
                  Table.Cell,
                  { key, textAlign: "end", fontVariantNumeric: "tabular-nums" },
                  shown(format, day[key]),
                ),
              ),
            ),
          ),
        ),
      ),
    ),
  );
}

function Content({ city, source }) {
  const [days, setDays] = React.useState("30");
  const resource = useResource(withQuery("charts", { days, city, source }), () => 60);
  return h(
    Stack,
    { gap: 3, mt: 3 },
    h(Flex, null, h(Select, { label: "Days", value: days, onChange: setDays, options: WINDOWS })),
    h(Loaded, { resource, skeleton: h(TilesSkeleton, { count: 4, height: "140px" }) }, (data) =>
      h(
        Stack,
        { gap: 3 },
        h(
          SimpleGrid,
          { columns: { base: 1, md: 2 }, gap: 3 },
          CHARTS.map((chart) => h(Chart, { key: chart.title, chart, days: data.days })),
        ),
        h(Numbers, { days: data.days }),
      ),
    ),
  );
}

/** The charts of a city, of a source, or of everything; asked for when they are opened. */
export function Charts({ city, source }) {
  const [isOpen, setIsOpen] = React.useState(false);
  return h(
    Box,
    { as: "details", onToggle: (event) => setIsOpen(event.currentTarget.open) },
    h(Box, { as: "summary", cursor: "pointer", fontWeight: "medium" }, "Day by day"),
    isOpen && h(Content, { city, source }),
  );
}
