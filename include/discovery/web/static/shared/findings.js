/** What speaks for two listings being one event, and what against: findings with their points. */

import { h, Chakra } from "./host.js";
import { plural } from "./time.js";

const { Box, Stack, Text } = Chakra;

function signed(points) {
  return points > 0 ? `+${points}` : String(points).replace("-", "−");
}

function List({ title, findings, color }) {
  if (findings.length === 0) {
    return null;
  }
  return h(
    Box,
    { minW: 0, flex: "1 1 16rem" },
    h(Text, { fontSize: "sm", fontWeight: "semibold", mb: 1 }, title),
    h(
      Stack,
      { as: "ul", gap: 0.5, fontSize: "sm", listStyleType: "none" },
      findings.map(({ text, points }) =>
        h(
          Box,
          {
            as: "li",
            key: text,
            display: "grid",
            gridTemplateColumns: points === null ? "1fr" : "3.25rem 1fr",
            gap: 2,
          },
          points !== null &&
            h(
              Box,
              { as: "b", color, textAlign: "end", fontVariantNumeric: "tabular-nums" },
              signed(points),
            ),
          h(Box, { as: "span", overflowWrap: "anywhere" }, text),
        ),
      ),
    ),
  );
}

/** The findings of a judgement, in two lists. */
export function Findings({ findings }) {
  return h(
    Box,
    { display: "flex", flexWrap: "wrap", columnGap: 8, rowGap: 3 },
    h(List, {
      title: "For one event",
      color: "green.fg",
      findings: findings.filter(({ points }) => points !== null && points > 0),
    }),
    h(List, {
      title: "Against",
      color: "red.fg",
      findings: findings.filter(({ points }) => points !== null && points <= 0),
    }),
    h(List, { title: "Compared", findings: findings.filter(({ points }) => points === null) }),
  );
}

/** Points, and how many it takes: "62 points, “likely, not sure”". */
export function pointsText({ points, rule }) {
  return `${plural(points, "point")}, “${rule}”`;
}
