/** Failures that are the same, as one entry each: how often, where, and what they were about. */

import { h, React, Chakra } from "../shared/host.js";
import { AirflowLink, OutLink, PageLink } from "../shared/query.js";
import { urlOf } from "../shared/api.js";
import { copyAndSay } from "../shared/copy.js";
import { Fold, LongCode } from "../shared/fold.js";
import { Samples } from "../shared/samples.js";
import { Time, number, plural } from "../shared/time.js";
import { Bars } from "./bars.js";
import { asMarkdown } from "./markdown.js";

const { Badge, Box, Button, Flex, HStack, Link, Stack, Text } = Chakra;

const SHOWN_PAIRS = 8;

const KILO = 1024;

/** What a source answered, to be saved: it is opened nowhere near this page. */
function Answer({ answer }) {
  const size = answer.size < KILO ? `${answer.size} B` : `${number(Math.round(answer.size / KILO))} KB`;
  return h(
    Box,
    { as: "li", overflowWrap: "anywhere" },
    h(
      Link,
      { href: urlOf(`discovery/${answer.path}`).href, download: "", color: "fg.info", display: "inline" },
      `Answer of ${answer.label}`,
    ),
    ` (${answer.status} ${answer.content_type || "no type"}, ${size}`,
    answer.is_cut ? ", its beginning" : null,
    ", ",
    h(Time, { value: answer.kept_at, relative: "narrow" }),
    ")",
  );
}

function Group({ group, days }) {
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
    group.trend.length > 2 && h(Bars, { days: group.trend }),
    h(Fold, { text: group.message, lines: 3, mt: 2, fontSize: "sm" }),
    h(
      Stack,
      { gap: 1, mt: 2, fontSize: "xs", color: "fg.muted" },
      h(
        Text,
        null,
        group.actor && `Who must act: ${group.actor}. `,
        h(
          OutLink,
          { url: urlOf(group.runbook).href, fontSize: "xs", textDecoration: "underline" },
          "What to do",
        ),
      ),
      group.request &&
        h(Box, null, "Request:", h(LongCode, null, group.request)),
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
      group.answers.length > 0 &&
        h(
          Stack,
          { as: "ul", gap: 1, listStyleType: "none" },
          group.answers.map((answer) => h(Answer, { key: answer.path, answer })),
        ),
    ),
    group.samples.length > 0 &&
      h(
        Box,
        { as: "details", mt: 2, fontSize: "sm" },
        h(
          Box,
          { as: "summary", cursor: "pointer" },
          `${plural(group.samples.length, "rejected item")} as an example`,
        ),
        h(Samples, { samples: group.samples }),
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
      h(
        Button,
        {
          size: "2xs",
          variant: "outline",
          ms: "auto",
          "aria-label": `Copy this group as Markdown: ${group.category}, ${group.message.slice(0, 80)}`,
          onClick: () => copyAndSay(asMarkdown([group], days), "the group as Markdown"),
        },
        "Copy",
      ),
    ),
  );
}

/** A list of error groups. @param {{groups: object[], days: number}} props days: of the period */
export function ErrorGroups({ groups, days }) {
  return h(
    Stack,
    { as: "ul", gap: 3, minW: 0, ps: 0 },
    groups.map((group) => h(Group, { key: `${group.category} ${group.message}`, group, days })),
  );
}
