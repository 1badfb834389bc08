/** One city: its switch, its sources and everything that can be changed about them. */

import { h, React, Chakra } from "../shared/host.js";
import { withQuery } from "../shared/api.js";
import { Charts } from "../shared/charts.js";
import { cityColumns } from "./columns.js";
import { EditCity } from "./form.js";
import { GroupHealth } from "../shared/health.js";
import { noRuns } from "../pair/buttons.js";
import { AddByUrl } from "../probe/dialog.js";
import { AddPair, EditPair, RemovePair } from "../pair/forms.js";
import { LivePanel, pace, useProgress } from "../shared/progress.js";
import { useOpenQuestions } from "../review/count.js";
import { PageLink, useQuery } from "../shared/query.js";
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
import { Facts, WindowSelect, useDays } from "../shared/tiles.js";
import { number } from "../shared/time.js";
import { Toggle } from "../shared/toggle.js";
import { RemoveCity } from "./list.js";

const { Button, Flex, Heading, HStack, Stack, Text } = Chakra;

function Head({ data, open }) {
  const { city, permissions } = data;
  const hasSource = data.pairs.some(({ active }) => active);
  const questions = useOpenQuestions(city.slug);
  return h(
    Stack,
    { gap: 3 },
    h(
      Flex,
      { justify: "space-between", align: "center", gap: 3, flexWrap: "wrap" },
      h(
        HStack,
        { gap: 4, flexWrap: "wrap" },
        h(Heading, { as: "h2", size: "lg" }, city.name),
        h(Toggle, {
          path: `cities/${encodeURIComponent(city.slug)}/enabled`,
          version: city.version,
          name: city.name,
          label: city.enabled ? "Discovery enabled" : "Discovery disabled",
          enabled: city.enabled,
          canEdit: permissions.can_edit,
        }),
      ),
      h(
        HStack,
        { gap: 2, flexWrap: "wrap" },
        permissions.can_edit &&
          h(
            Button,
            { size: "sm", variant: "outline", onClick: () => open({ editCity: true }) },
            "Edit city",
          ),
        permissions.can_edit &&
          h(
            Button,
            { size: "sm", variant: "outline", onClick: () => open({ removeCity: true }) },
            "Remove city",
          ),
        permissions.can_edit &&
          h(
            Button,
            { size: "sm", variant: "outline", onClick: () => open({ byUrl: true }) },
            "Add by URL",
          ),
        permissions.can_edit &&
          h(
            Button,
            {
              size: "sm",
              variant: "outline",
              disabled: data.available_sources.length === 0,
              title:
                data.available_sources.length === 0
                  ? "Every source of scope city is here already"
                  : undefined,
              onClick: () => open({ add: true }),
            },
            "Add source",
          ),
        h(
          Button,
          {
            size: "sm",
            colorPalette: "brand",
            disabled: !permissions.can_run || !city.enabled || !hasSource,
            title:
              noRuns(permissions) ??
              (!city.enabled
                ? "The city is disabled"
                : hasSource
                  ? undefined
                  : "None of its sources is enabled"),
            onClick: () => open({ run: {} }),
          },
          "Run city now",
        ),
      ),
    ),
    h(Facts, {
      sideBySide: true,
      facts: [
        city.health && ["Health", h(GroupHealth, { health: city.health, pairs: { city: city.slug } })],
        ["Country", `${city.country_name} (${city.country})`],
        ["Time zone", city.timezone],
        ["Place", `${city.latitude}, ${city.longitude}, within ${city.radius_km} km`],
        [
          "Events upcoming",
          h(PageLink, { to: { view: "events", city: city.slug } }, number(city.events_upcoming)),
        ],
        [
          "Duplicates",
          h(
            PageLink,
            { to: { view: "events", city: city.slug, duplicates: "true" } },
            "events with several listings",
          ),
        ],
        questions?.open > 0 && [
          "To review",
          h(
            PageLink,
            { to: { view: "review", city: city.slug } },
            `${questions.text} ${questions.open === 1 ? "pair" : "pairs"} of listings`,
          ),
        ],
        city.alternate_names.length > 0 && ["Other names", city.alternate_names.join(", ")],
      ],
    }),
  );
}

function Dialogs({ dialog, data, close }) {
  const { city } = data;
  const [, change] = useQuery();
  return [
    dialog.byUrl && h(AddByUrl, { key: "url", city: city.slug, onClose: close }),
    dialog.add &&
      h(AddPair, { key: "add", city, available: data.available_sources, onClose: close }),
    dialog.edit && h(EditPair, { key: "edit", pair: dialog.edit, onClose: close }),
    dialog.editCity && h(EditCity, { key: "city", city: dialog.editCity, onClose: close }),
    dialog.remove && h(RemovePair, { key: "remove", pair: dialog.remove, onClose: close }),
    dialog.removeCity &&
      h(RemoveCity, {
        key: "remove-city",
        city: dialog.removeCity,
        onClose: close,
        onDone: () => change({ view: "cities", city: null }),
      }),
    dialog.run &&
      h(RunNow, {
        key: "run",
        what: dialog.run.label ?? city.name,
        cities: dialog.run.label && !dialog.run.city ? [] : [city.slug],
        sources: dialog.run.source ? [dialog.run.source] : [],
        onClose: close,
      }),
  ];
}

function Content({ data, reload, live }) {
  const [days] = useDays();
  const [dialog, setDialog] = React.useState(null);
  const { permissions } = data;
  const columns = React.useMemo(
    () => cityColumns(data, days, setDialog),
    [days, permissions.can_edit, permissions.can_run, data.listings_here],
  );
  const openFrozen = (what) =>
    // What a dialog starts from is what was on the screen, not what a refresh brings meanwhile.
    setDialog(
      what.editCity || what.removeCity
        ? Object.fromEntries(Object.keys(what).map((key) => [key, data.city]))
        : what,
    );
  return h(
    Stack,
    { gap: 4, minW: 0 },
    h(DagNotice, { dag: data.dag, problem: data.dag_error }),
    h(StatisticsPanel, { problem: data.statistics_error, onRetry: reload }),
    h(LivePanel, { live, dag: data.dag }),
    h(Head, { data, open: openFrozen }),
    h(
      Flex,
      { justify: "space-between", align: "center" },
      h(Heading, { as: "h3", size: "md" }, "Sources"),
      h(WindowSelect, { maxDays: data.window.max_days }),
    ),
    data.pairs.length === 0
      ? h(
          Empty,
          { title: "This city has no sources yet" },
          permissions.can_edit ? "Add one: until then, runs skip it." : null,
        )
      : h(DataTable, {
          caption: `Sources of ${data.city.name}`,
          rows: data.pairs,
          rowKey: (pair) => pair.label,
          columns,
          initial: "health",
          canChoose: true,
          summary: h(SelectionBar, { permissions }),
        }),
    h(Charts, { city: data.city.slug }),
    dialog && h(Dialogs, { dialog, data, close: () => setDialog(null) }),
  );
}

export function City() {
  const [query] = useQuery();
  const [days] = useDays();
  const live = useProgress();
  const resource = useResource(
    withQuery(`city/${encodeURIComponent(query.city ?? "")}`, { days }),
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
      h(PageLink, { to: { view: "cities" }, textDecoration: "underline" }, "Cities"),
      ` / ${resource.data?.city.name ?? query.city}`,
    ),
    h(Loaded, { resource, skeleton }, (data) =>
      h(Content, { data, reload: resource.reload, live }),
    ),
  );
}
