/** One source in depth: its pairs, what its events say, runs, failures, settings and data sheet. */

import { h, React, Chakra } from "../shared/host.js";
import { withQuery } from "../shared/api.js";
import { Charts } from "../shared/charts.js";
import { Expectations } from "../alerts/expectations.js";
import { ofSource } from "../alerts/forms.js";
import { ErrorGroups } from "../errors/groups.js";
import { FilledFields, RUN_COLUMNS, pairColumns } from "./parts.js";
import { ROLES } from "../shared/form-parts.js";
import { LongCode, LongLink } from "../shared/fold.js";
import { GroupHealth } from "../shared/health.js";
import { Help } from "../shared/help.js";
import { DataSheet } from "../shared/kinds.js";
import { noRuns } from "../pair/buttons.js";
import { AddPairOfSource, EditPair } from "../pair/forms.js";
import { LivePanel, pace, useProgress } from "../shared/progress.js";
import { PageLink, useOpen, useQuery } from "../shared/query.js";
import { RemoveDialog } from "../shared/remove.js";
import { useResource } from "../shared/resource.js";
import { RunNow } from "../shared/run-now.js";
import { SelectionBar } from "../shared/selection.js";
import {
  DagNotice,
  Empty,
  Loaded,
  StatisticsPanel,
  TableSkeleton,
  TilesSkeleton,
} from "../shared/loading.js";
import { DataTable } from "../shared/table.js";
import { NUMBERS, WORDS } from "../shared/terms.js";
import { Facts, WindowSelect, useDays } from "../shared/tiles.js";
import { number } from "../shared/time.js";
import { Toggle } from "../shared/toggle.js";
import { EditSource } from "../sources/form.js";
import { Connection } from "../sources/view.js";

const { Box, Button, Flex, Heading, HStack, Stack, Text } = Chakra;

function pathOf(source, part = "") {
  return `sources/${encodeURIComponent(source.slug)}${part}`;
}

function Section({ title, term, children }) {
  return h(
    Box,
    { as: "section", minW: 0 },
    h(Heading, { as: "h3", size: "md", mb: 2 }, title, term && h(Help, { term })),
    children,
  );
}

/** Why runs would read nothing of the source now; undefined where they would. */
function idleBecause(data) {
  return (
    noRuns(data.permissions) ??
    (data.pairs.some(({ active }) => active) ? undefined : "None of its pairs is enabled")
  );
}

function Buttons({ data, open }) {
  const { source, permissions } = data;
  const isOfCity = source.scope === "city";
  const button = (label, what) =>
    h(Button, { size: "sm", variant: "outline", onClick: () => open({ [what]: source }) }, label);
  return h(
    HStack,
    { gap: 2, flexWrap: "wrap" },
    permissions.can_edit && button("Edit source", "edit"),
    permissions.can_edit && button("Remove source", "remove"),
    permissions.can_edit &&
      (isOfCity || source.pairs === 0) &&
      button(isOfCity ? "Add to city" : "Add pair", "pair"),
    h(
      Button,
      {
        size: "sm",
        colorPalette: "brand",
        disabled: idleBecause(data) !== undefined,
        title: idleBecause(data),
        onClick: () => open({ run: {} }),
      },
      "Run source now",
    ),
  );
}

function Head({ data, open }) {
  const { source, permissions } = data;
  const explained = (term) => h(React.Fragment, null, term.label, h(Help, { term }));
  return h(
    Stack,
    { gap: 3 },
    h(
      Flex,
      { justify: "space-between", align: "center", gap: 3, flexWrap: "wrap" },
      h(
        HStack,
        { gap: 4, flexWrap: "wrap" },
        h(Heading, { as: "h2", size: "lg" }, source.name),
        h(Toggle, {
          path: pathOf(source, "/enabled"),
          version: source.version,
          name: source.name,
          label: source.enabled ? "Source enabled" : "Source disabled",
          enabled: source.enabled,
          canEdit: permissions.can_edit,
        }),
      ),
      h(Buttons, { data, open }),
    ),
    data.summary && h(Text, { fontSize: "sm", color: "fg.muted" }, data.summary),
    h(Facts, {
      sideBySide: true,
      facts: [
        source.health && [
          "Health",
          h(GroupHealth, { health: source.health, pairs: { source: source.slug } }),
        ],
        [
          "Kind",
          source.kind_known ? source.kind : `${source.kind}: no such connector is installed`,
        ],
        [explained(WORDS.scope), source.scope],
        [explained(WORDS.role), ROLES[source.role]],
        [explained(WORDS.trust), source.trust],
        [
          explained(NUMBERS.active_pairs),
          `${number(source.active_pairs)} of ${number(source.pairs)}`,
        ],
        [explained(WORDS.connection), h(Connection, { need: source.connection })],
        source.homepage && ["Homepage", h(LongLink, { url: source.homepage }, source.homepage)],
        source.licence && ["Licence", source.licence],
        source.attribution && ["Attribution", source.attribution],
      ],
    }),
  );
}

function Settings({ settings }) {
  const entries = Object.entries(settings);
  return entries.length === 0
    ? h(Text, { fontSize: "sm", color: "fg.muted" }, "All settings have their defaults.")
    : h(Facts, {
        facts: entries.map(([key, value]) => [
          key,
          h(LongCode, null, typeof value === "string" ? value : JSON.stringify(value)),
        ]),
      });
}

function Dialogs({ dialog, data, connectors, close }) {
  const { source } = data;
  const open = useOpen();
  return [
    dialog.edit && h(EditSource, { key: "edit", source: dialog.edit, connectors, onClose: close }),
    dialog.pair &&
      h(AddPairOfSource, { key: "pair", source: dialog.pair, connectors, onClose: close }),
    dialog.editPair && h(EditPair, { key: "edit-pair", pair: dialog.editPair, onClose: close }),
    dialog.remove &&
      h(RemoveDialog, {
        key: "remove",
        what: source.name,
        pathOf: (part) => pathOf(source, part),
        onClose: close,
        onDone: () => open({ view: "sources" }),
      }),
    dialog.run &&
      h(RunNow, {
        key: "run",
        what: dialog.run.label ?? source.name,
        cities: dialog.run.city ? [dialog.run.city] : [],
        sources: [source.slug],
        onClose: close,
      }),
  ];
}

/** What the forms choose from is asked for when one opens. */
function DialogsWithKinds(props) {
  const { data } = useResource("sources");
  return data && h(Dialogs, { ...props, connectors: data.connectors });
}

function Content({ data, reload, live }) {
  const [days] = useDays();
  const [dialog, setDialog] = React.useState(null);
  const { source, permissions } = data;
  const columns = React.useMemo(
    () => pairColumns(permissions, days, setDialog),
    [days, permissions.can_edit, permissions.can_run],
  );
  return h(
    Stack,
    { gap: 6, minW: 0 },
    h(DagNotice, { dag: data.dag, problem: data.dag_error }),
    h(StatisticsPanel, { problem: data.statistics_error, onRetry: reload }),
    h(LivePanel, { live, dag: data.dag }),
    h(Head, { data, open: setDialog }),
    h(
      Section,
      { title: "Pairs", term: WORDS.pair },
      data.pairs.length === 0
        ? h(
            Empty,
            { title: "It is added to no city yet" },
            permissions.can_edit ? "Until it is, no run reads it." : null,
          )
        : h(DataTable, {
            caption: `Pairs of ${source.name}`,
            rows: data.pairs,
            rowKey: (pair) => pair.label,
            columns,
            initial: "health",
            totals: true,
            canChoose: true,
            summary: h(
              React.Fragment,
              null,
              h(WindowSelect, { maxDays: data.window.max_days }),
              h(SelectionBar, { permissions }),
            ),
          }),
    ),
    h(
      Section,
      { title: "What its events say", term: NUMBERS.fill_rate },
      h(FilledFields, { filled: data.filled }),
    ),
    data.errors.length > 0 &&
      h(
        Section,
        { title: `Errors, last ${data.window.days} days` },
        h(ErrorGroups, { groups: data.errors }),
      ),
    h(Charts, { source: data.source.slug }),
    h(
      Section,
      { title: "Runs", term: WORDS.attempt },
      data.attempts.length === 0
        ? h(Empty, { title: "None of its pairs has run yet" })
        : h(DataTable, {
            caption: `Runs of ${source.name}`,
            name: "runs-",
            rows: data.attempts,
            rowKey: ({ run_id: run, label, try_number: attempt, started_at: at }) =>
              `${run} ${label} ${attempt} ${at}`,
            columns: RUN_COLUMNS,
            initial: "-started",
          }),
    ),
    h(
      Section,
      { title: "Alerts and expectations" },
      h(Expectations, {
        of: ofSource(source),
        effective: source.monitoring,
        proposals: data.proposals,
        canEdit: permissions.can_edit,
      }),
    ),
    h(Section, { title: "Settings" }, h(Settings, { settings: source.settings })),
    data.data_sheet.length > 0 &&
      h(
        Section,
        { title: `Data sheet of ${source.kind}` },
        // What surprises people comes first.
        h(DataSheet, { sections: data.data_sheet.toReversed() }),
      ),
    dialog && h(DialogsWithKinds, { dialog, data, close: () => setDialog(null) }),
  );
}

export function Source() {
  const [query] = useQuery();
  const [days] = useDays();
  const live = useProgress();
  const resource = useResource(
    withQuery(`source/${encodeURIComponent(query.source ?? "")}`, { days }),
    () => pace(live),
  );
  const skeleton = h(
    Stack,
    { gap: 4 },
    h(TilesSkeleton, { count: 1, height: "160px" }),
    h(TableSkeleton, { rows: 5 }),
  );
  return h(
    Stack,
    { gap: 4, minW: 0 },
    h(
      Text,
      { fontSize: "sm" },
      h(PageLink, { to: { view: "sources" }, textDecoration: "underline" }, "Sources"),
      ` / ${resource.data?.source.name ?? query.source ?? ""}`,
    ),
    h(Loaded, { resource, skeleton }, (data) =>
      h(Content, { data, reload: resource.reload, live }),
    ),
  );
}
