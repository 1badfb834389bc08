/** The audit log: who changed or triggered what, when, before and after. */

import { h, React, Chakra } from "../shared/host.js";
import { api, withQuery } from "../shared/api.js";
import { AirflowLink, PageLink } from "../shared/query.js";
import { RunBadge } from "../shared/health.js";
import { FilterBar, ORIGINS, useFilters } from "./filters.js";
import { LongCode } from "../shared/fold.js";
import { useResource } from "../shared/resource.js";
import { Empty, ErrorPanel, Loaded, TableSkeleton } from "../shared/loading.js";
import { PlainTable } from "../shared/table.js";
import { Time } from "../shared/time.js";
import { say } from "../shared/toast.js";

const { Badge, Box, Button, Heading, Stack, Table, Text } = Chakra;

const PALETTES = {
  create: "green",
  update: "blue",
  delete: "red",
  trigger: "purple",
  prune: "gray",
  merge: "teal",
  split: "orange",
  judge: "teal",
};

function shown(value) {
  return value === undefined ? "–" : JSON.stringify(value);
}

/** Characters of what was changed, in one line. */
const LONGEST_SUMMARY = 300;

const VALUE = { minW: "12rem", maxW: "24rem", whiteSpace: "normal" };

function Difference({ change }) {
  const keys = [
    ...new Set([...Object.keys(change.before ?? {}), ...Object.keys(change.after ?? {})]),
  ];
  const differing = keys.filter(
    (key) => shown(change.before?.[key]) !== shown(change.after?.[key]),
  );
  // What it is about stands in the column before.
  const about = ` ${change.entity_type} ${change.entity}`;
  const start = change.summary.indexOf(about) + about.length;
  const words = change.summary.slice(start).replace(/^[:\s]+/, "") || "all fields";
  const columns = ["Field", change.before && "Before", change.after && "After"].filter(Boolean);
  if (differing.length === 0) {
    return null;
  }
  return h(
    Box,
    { as: "details", fontSize: "xs" },
    h(
      Box,
      { as: "summary", cursor: "pointer", overflowWrap: "anywhere", minW: "16rem" },
      // What is open shows all of it.
      words.length > LONGEST_SUMMARY ? `${words.slice(0, LONGEST_SUMMARY)}…` : words,
    ),
    h(
      Table.ScrollArea,
      { mt: 2, tabIndex: 0, role: "region", "aria-label": `Change of ${change.entity}` },
      h(
        Table.Root,
        { size: "sm" },
        h(
          Table.Header,
          null,
          h(
            Table.Row,
            null,
            columns.map((text) =>
              h(Table.ColumnHeader, { key: text, scope: "col", fontSize: "xs" }, text),
            ),
          ),
        ),
        h(
          Table.Body,
          null,
          differing.map((key) =>
            h(
              Table.Row,
              { key },
              h(
                Table.Cell,
                { as: "th", scope: "row", textAlign: "start", fontWeight: "normal" },
                key,
              ),
              change.before &&
                h(Table.Cell, VALUE, h(LongCode, null, shown(change.before[key]))),
              change.after &&
                h(Table.Cell, VALUE, h(LongCode, null, shown(change.after[key]))),
            ),
          ),
        ),
      ),
    ),
  );
}

/** What an entry is about; events and runs of Airflow lead to their pages, a run says how it is. */
function What({ change }) {
  const { entity, entity_type: type, run_path: path, state } = change;
  if (type === "event") {
    return h(PageLink, { to: { view: "event", event: entity } }, `event ${entity}`);
  }
  return path
    ? h(
        React.Fragment,
        null,
        `${type} `,
        h(AirflowLink, { path: `/${path}` }, entity),
        state && h(Box, { mt: 1 }, h(RunBadge, { state })),
      )
    : `${type} ${entity}`;
}

function Entries({ first, filters }) {
  const [older, setOlder] = React.useState({ changes: [], next: undefined });
  const seen = React.useRef(new Map()).current;
  const [busy, setBusy] = React.useState(false);
  const next = older.next === undefined ? first.next_before : older.next;
  const load = async () => {
    setBusy(true);
    try {
      const page = await api.get(withQuery("changes", { ...filters, limit: 50, before: next }));
      setOlder({ changes: [...older.changes, ...page.changes], next: page.next_before });
    } catch (error) {
      say("error", "Older changes could not be loaded", error.message);
    }
    setBusy(false);
  };
  // What a refresh pushes off the first page stays: the older pages begin after it.
  for (const change of [...first.changes, ...older.changes]) {
    seen.set(change.id, change);
  }
  if (seen.size === 0) {
    return h(Empty, {
      title: Object.keys(filters).length > 0 ? "No change matches the filters" : "Nothing was changed yet",
    });
  }
  const newestFirst = [...seen.values()].sort((one, other) => other.id - one.id);
  const rows = newestFirst.map((change) => [
    change.id,
    h(Time, { value: change.changed_at }),
    change.changed_by,
    ORIGINS[change.origin],
    h(Badge, { colorPalette: PALETTES[change.action], variant: "surface" }, change.action),
    h(What, { change }),
    h(Difference, { change }),
  ]);
  return h(
    Stack,
    { gap: 2, minW: 0 },
    h(PlainTable, {
      caption: "Changes",
      heads: ["When", "Who", "From where", "Action", "What", "Before and after"],
      rows,
    }),
    next !== null &&
      h(
        Button,
        { size: "sm", variant: "outline", alignSelf: "center", loading: busy, onClick: load },
        "Older changes",
      ),
  );
}

function Triggers({ triggers, problem }) {
  if (problem) {
    return h(ErrorPanel, { title: "Triggered runs could not be read" }, problem.message);
  }
  const rows = triggers.map((each) => [
    each.run_id,
    h(Time, { value: each.at }),
    each.triggered_by,
    h(RunBadge, { state: each.state }),
    h(LongCode, { minW: "12rem" }, JSON.stringify(each.conf)),
    h(AirflowLink, { path: `/${each.run_path}` }, "Run"),
  ]);
  return h(PlainTable, {
    caption: "Triggered runs",
    heads: ["When", "Who", "State", "With", "Run"],
    rows,
  });
}

export function Changes() {
  const { filters, ...controls } = useFilters();
  const question = new URLSearchParams(filters).toString();
  const resource = useResource(withQuery("changes", { ...filters, limit: 50 }), () => 30);
  // The controls stay while another answer is on its way: somebody may be typing into one.
  const choices = React.useRef({ cities: [], sources: [] });
  if (resource.data) {
    choices.current = resource.data;
  }
  const { cities, sources } = choices.current;
  return h(
    Stack,
    { gap: 3, minW: 0 },
    h(Heading, { as: "h2", size: "lg" }, "Changes"),
    h(FilterBar, { filters, ...controls, cities, sources }),
    h(Loaded, { resource, skeleton: h(TableSkeleton) }, (data) =>
      h(
        Stack,
        { gap: 6, minW: 0 },
        // Another question is another list: what was loaded of the one before goes.
        h(Entries, { key: question, first: data, filters }),
        (data.triggers_error || data.triggers?.length > 0) &&
          h(
            Stack,
            { gap: 2, minW: 0 },
            h(Heading, { as: "h2", size: "lg" }, "Triggered runs that were not planned"),
            h(
              Text,
              { fontSize: "sm", color: "fg.muted" },
              "They wait for their turn, ended before that, or are older than the log.",
            ),
            h(Triggers, { triggers: data.triggers, problem: data.triggers_error }),
          ),
      ),
    ),
  );
}
