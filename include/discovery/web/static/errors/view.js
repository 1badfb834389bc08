/** Failures across all pairs, grouped. */

import { h, Chakra } from "../shared/host.js";
import { withQuery } from "../shared/api.js";
import { ErrorGroups } from "./groups.js";
import { asMarkdown } from "./markdown.js";
import { copyAndSay } from "../shared/copy.js";
import { Select } from "../shared/fields.js";
import { useQuery } from "../shared/query.js";
import { useResource } from "../shared/resource.js";
import { Empty, Loaded, TableSkeleton } from "../shared/loading.js";
import { plural } from "../shared/time.js";

const { Button, Flex, Heading, Stack, Text } = Chakra;

const RANGES = [
  ["1", "Last 24 hours"],
  ["7", "Last 7 days"],
  ["30", "Last 30 days"],
];
const DEFAULT_RANGE = "7";

function Content({ data }) {
  const count = data.groups.reduce((sum, group) => sum + group.count, 0);
  if (data.groups.length === 0) {
    return h(Empty, { title: "No failures in this period" });
  }
  return h(
    Stack,
    { gap: 3, minW: 0 },
    h(
      Flex,
      { justify: "space-between", align: "center", gap: 3, flexWrap: "wrap" },
      h(
        Text,
        { fontSize: "sm", color: "fg.muted", role: "status" },
        `${plural(count, "failed attempt")} in ${plural(data.groups.length, "group")}` +
          (data.truncated ? "; only the most frequent are shown" : ""),
      ),
      h(Button, { size: "sm", variant: "outline", onClick: () => copyAndSay(asMarkdown(data.groups, data.days), "as Markdown") }, "Copy as Markdown"),
    ),
    h(ErrorGroups, { groups: data.groups, days: data.days }),
  );
}

export function Errors() {
  const [query, change] = useQuery();
  const range = RANGES.some(([days]) => days === query.days) ? query.days : DEFAULT_RANGE;
  const resource = useResource(withQuery("errors", { days: range }), () => 30);
  return h(
    Stack,
    { gap: 4, minW: 0 },
    h(
      Flex,
      { justify: "space-between", align: "center", gap: 3, flexWrap: "wrap" },
      h(Heading, { as: "h2", size: "lg" }, "Errors"),
      h(Select, {
        label: "Time",
        hideLabel: true,
        options: RANGES,
        value: range,
        onChange: (days) =>
          change({ days: days === DEFAULT_RANGE ? null : days }),
      }),
    ),
    h(Loaded, { resource, skeleton: h(TableSkeleton, { rows: 4 }) }, (data) =>
      h(Content, { data }),
    ),
  );
}
