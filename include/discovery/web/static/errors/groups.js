/** Failures that are the same, as one entry each; also as Markdown for an issue or a chat. */

import { h, React, Chakra } from "../shared/host.js";
import { AirflowLink, PageLink } from "../shared/query.js";
import { Fold } from "../shared/loading.js";
import { Time, number } from "../shared/time.js";

const { Badge, Box, Code, Flex, HStack, Stack, Text } = Chakra;

const SHOWN_PAIRS = 8;

function Group({ group }) {
  const [all, setAll] = React.useState(false);
  const pairs = all ? group.pairs : group.pairs.slice(0, SHOWN_PAIRS);
  const rest = group.pairs.length - pairs.length;
  return h(
    Box,
    { as: "li", borderWidth: 1, borderRadius: "md", p: 3, listStyleType: "none", minW: 0 },
    h(
      Flex,
      { gap: 3, justify: "space-between", flexWrap: "wrap" },
      h(
        HStack,
        { gap: 2, flexWrap: "wrap" },
        h(
          Badge,
          { colorPalette: "failed", variant: "surface" },
          group.category.replaceAll("_", " "),
        ),
        h(
          Text,
          { fontWeight: "semibold", fontVariantNumeric: "tabular-nums" },
          `${number(group.count)} ×`,
        ),
      ),
      h(
        Text,
        { as: "div", fontSize: "xs", color: "fg.muted" },
        "first ",
        h(Time, { value: group.first_seen }),
        ", last ",
        h(Time, { value: group.last_seen, relative: "narrow" }),
      ),
    ),
    h(Fold, { text: group.message, lines: 3, mt: 2, fontSize: "sm" }),
    h(
      Stack,
      { gap: 1, mt: 2, fontSize: "xs", color: "fg.muted" },
      group.actor && h(Text, null, `Who must act: ${group.actor}`),
      group.request &&
        h(Text, { overflowWrap: "anywhere" }, "Request: ", h(Code, { size: "sm" }, group.request)),
      group.example_log_path &&
        h(
          Text,
          null,
          "Example: ",
          h(
            AirflowLink,
            { path: `/${group.example_log_path}`, fontSize: "xs" },
            `log of try ${group.example_try}`,
          ),
        ),
    ),
    h(
      HStack,
      { gap: 2, mt: 2, flexWrap: "wrap", fontSize: "sm" },
      pairs.map((pair) =>
        h(
          PageLink,
          {
            key: pair.label,
            to: { view: "pair", city: pair.city, source: pair.source },
            fontSize: "sm",
          },
          `${pair.label} (${number(pair.count)})`,
        ),
      ),
      rest > 0 &&
        h(
          Chakra.Button,
          { size: "2xs", variant: "outline", onClick: () => setAll(true) },
          `${rest} more`,
        ),
    ),
  );
}

/** A list of error groups. */
export function ErrorGroups({ groups }) {
  return h(
    Stack,
    { as: "ul", gap: 3, minW: 0, ps: 0 },
    groups.map((group) => h(Group, { key: `${group.category} ${group.message}`, group })),
  );
}

/** Text that Markdown would read as markup, as code that it does not. */
function code(text) {
  const line = text.replaceAll(/\s+/g, " ");
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return longest > 0 ? `${fence} ${line} ${fence}` : `${fence}${line}${fence}`;
}

/** The groups as a Markdown list. */
export function asMarkdown(groups, days) {
  const entries = groups.map((group) =>
    [
      `- **${group.category}** × ${group.count}: ${code(group.message)}`,
      `  - first ${group.first_seen}, last ${group.last_seen}`,
      group.actor && `  - who must act: ${group.actor}`,
      group.request && `  - request: ${code(group.request)}`,
      `  - pairs: ${group.pairs.map(({ label, count }) => `${code(label)} (${count})`).join(", ")}`,
    ]
      .filter(Boolean)
      .join("\n"),
  );
  return `## City discovery: errors of the last ${days === 1 ? "24 hours" : `${days} days`}\n\n${entries.join("\n")}\n`;
}
