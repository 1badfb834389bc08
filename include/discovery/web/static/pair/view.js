/** One pair in depth: trend, runs, errors, rejects, newest events. */

import { h, React, Chakra } from "../shared/host.js";
import { ScopeMark } from "../shared/columns.js";
import { Expectations } from "../alerts/expectations.js";
import { ofPair } from "../alerts/forms.js";
import { ErrorGroups } from "../errors/groups.js";
import { RunButton } from "./buttons.js";
import { EditPair, RemovePair, pairPath } from "./forms.js";
import { Configuration, Figures, Rejects } from "./parts.js";
import { HealthAndRun } from "../shared/run-mark.js";
import { ATTEMPT_COLUMNS, EVENT_COLUMNS } from "./columns.js";
import { LivePanel, pace, useProgress } from "../shared/progress.js";
import { PageLink, useQuery } from "../shared/query.js";
import { useResource } from "../shared/resource.js";
import { RunNow } from "../shared/run-now.js";
import {
  DagNotice,
  Empty,
  Loaded,
  StatisticsPanel,
  TableSkeleton,
  TilesSkeleton,
} from "../shared/loading.js";
import { DataTable } from "../shared/table.js";
import { WindowSelect, useDays } from "../shared/tiles.js";
import { Trend } from "./trend.js";

const { Box, Button, Flex, Heading, HStack, Stack, Text } = Chakra;

function Section({ title, note, children }) {
  return h(
    Box,
    { as: "section", minW: 0 },
    h(Heading, { as: "h3", size: "md", mb: 2 }, title),
    note && h(Text, { fontSize: "sm", color: "fg.muted", mb: 2 }, note),
    children,
  );
}

function Head({ data, open }) {
  const { pair, permissions } = data;
  return h(
    Flex,
    { justify: "space-between", align: "start", gap: 3, flexWrap: "wrap" },
    h(
      Stack,
      { gap: 2 },
      h(
        HStack,
        { gap: 3, flexWrap: "wrap" },
        h(Heading, { as: "h2", size: "lg" }, pair.label),
        h(ScopeMark, { scope: pair.scope }),
      ),
      h(HealthAndRun, { pair }),
    ),
    h(
      HStack,
      { gap: 2 },
      permissions.can_edit &&
        h(Button, { size: "sm", variant: "outline", onClick: () => open({ edit: pair }) }, "Edit"),
      permissions.can_edit &&
        h(
          Button,
          { size: "sm", variant: "outline", onClick: () => open({ remove: pair }) },
          "Remove",
        ),
      h(RunButton, {
        pair,
        permissions,
        size: "sm",
        colorPalette: "brand",
        onClick: () => open({ run: pair }),
      }),
    ),
  );
}

function Content({ data, reload, live }) {
  const [dialog, setDialog] = React.useState(null);
  const [, change] = useQuery();
  const { pair } = data;
  const close = () => setDialog(null);
  const nothing = (text) => h(Text, { fontSize: "sm", color: "fg.muted" }, text);
  return h(
    Stack,
    { gap: 6, minW: 0 },
    h(DagNotice, { dag: data.dag, problem: data.dag_error }),
    h(StatisticsPanel, { problem: data.statistics_error, onRetry: reload }),
    h(LivePanel, { live, dag: data.dag }),
    h(Head, { data, open: setDialog }),
    h(Figures, { pair, days: data.window.days }),
    h(Section, { title: "Trend, 30 days" }, h(Trend, { days: data.trend })),
    h(
      Section,
      { title: "Runs" },
      data.attempts.length === 0
        ? h(Empty, { title: "This pair has not run yet" })
        : h(DataTable, {
            caption: `Runs of ${pair.label}`,
            name: "runs-",
            rows: data.attempts,
            rowKey: ({ run_id: run, try_number: attempt, started_at: at }) =>
              `${run} ${attempt} ${at}`,
            columns: ATTEMPT_COLUMNS,
            initial: "-started",
          }),
    ),
    h(
      Section,
      { title: "Errors" },
      data.errors.length === 0 ? nothing("None.") : h(ErrorGroups, { groups: data.errors, days: data.trend.length }),
    ),
    h(
      Section,
      { title: "Rejected items" },
      data.rejects.length === 0 ? nothing("None.") : h(Rejects, { groups: data.rejects }),
    ),
    h(
      Section,
      {
        title: "Newest events",
        note: h(
          React.Fragment,
          null,
          h(
            PageLink,
            { to: { view: "events", city: pair.city, source: pair.source } },
            "All its upcoming events",
          ),
          ", ",
          h(
            PageLink,
            { to: { view: "events", city: pair.city, source: pair.source, duplicates: "true" } },
            "those that other sources list, too",
          ),
        ),
      },
      data.events.length === 0
        ? nothing("None.")
        : h(DataTable, {
            caption: `Newest events of ${pair.label}`,
            name: "events-",
            rows: data.events,
            rowKey: ({ title, first_seen_at: seen, starts_at: at, local_date: date }) =>
              `${title} ${seen} ${at} ${date}`,
            columns: EVENT_COLUMNS,
          }),
    ),
    h(
      Section,
      { title: "Alerts and expectations" },
      h(Expectations, {
        of: ofPair(pair),
        effective: data.effective_monitoring,
        proposals: data.proposals,
        source: pair.source,
        canEdit: data.permissions.can_edit,
      }),
    ),
    h(Section, { title: "Configuration" }, h(Configuration, { data })),
    dialog?.edit && h(EditPair, { pair: dialog.edit, onClose: close }),
    dialog?.remove &&
      h(RemovePair, {
        pair,
        onClose: close,
        onDone: () =>
          change({ view: pair.city ? "city" : null, city: pair.city ?? null, source: null }),
      }),
    dialog?.run &&
      h(RunNow, {
        what: pair.label,
        cities: pair.city ? [pair.city] : [],
        sources: [pair.source],
        onClose: close,
      }),
  );
}

export function Pair() {
  const [query] = useQuery();
  const [days] = useDays();
  const live = useProgress();
  const named = { source: query.source ?? "", city: query.city };
  const resource = useResource(pairPath("pair", named, { days }), () => pace(live));
  const skeleton = h(
    Stack,
    { gap: 4 },
    h(TilesSkeleton),
    h(TilesSkeleton, { count: 1, height: "160px" }),
    h(TableSkeleton),
  );
  return h(
    Stack,
    { gap: 4, minW: 0 },
    h(
      Flex,
      { justify: "space-between", align: "center", gap: 3, flexWrap: "wrap" },
      h(
        Text,
        { fontSize: "sm" },
        h(PageLink, { to: {}, textDecoration: "underline" }, "Overview"),
        query.city && [
          " / ",
          h(
            PageLink,
            {
              key: "city",
              to: { view: "city", city: query.city },
              textDecoration: "underline",
            },
            resource.data?.pair.city_name ?? query.city,
          ),
        ],
        ` / ${resource.data?.pair.source_name ?? query.source}`,
      ),
      h(WindowSelect, { maxDays: resource.data?.window.max_days }),
    ),
    h(Loaded, { resource, skeleton }, (data) =>
      h(Content, { data, reload: resource.reload, live }),
    ),
  );
}
