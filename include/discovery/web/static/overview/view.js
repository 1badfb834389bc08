/** The overview: how everything is doing, and every pair in one table. */

import { h, React, Chakra } from "../shared/host.js";
import { api, withQuery } from "../shared/api.js";
import { Charts } from "../shared/charts.js";
import { COLUMNS, rateColumn } from "../shared/columns.js";
import {
  ClearFilters,
  FilterBar,
  FilterSummary,
  NO_CITY,
  useAsked,
  useFilters,
} from "./filters.js";
import { EditCity } from "../city/form.js";
import { HEALTH } from "../shared/health.js";
import { HealthCounts, Tiles } from "./tiles.js";
import { RowButtons, noRuns } from "../pair/buttons.js";
import { EditPair } from "../pair/forms.js";
import { LivePanel, pace, useProgress } from "../shared/progress.js";
import { useIsNarrow } from "../shared/overflow.js";
import { PageLink } from "../shared/query.js";
import { useLast, useResource } from "../shared/resource.js";
import { RunNow } from "../shared/run-now.js";
import { SelectionBar, selectColumn } from "../shared/selection.js";
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

const { Box, Button, Code, Flex, HStack, Stack, Text } = Chakra;

function NothingYet({ permissions, onAddCity }) {
  return h(
    Empty,
    {
      title: "Nothing is configured yet",
      action:
        permissions.can_edit &&
        h(Button, { colorPalette: "brand", onClick: onAddCity }, "Add a city"),
    },
    h(
      Text,
      null,
      "First add a city, then a source under ",
      h(PageLink, { to: { view: "sources" } }, "Sources"),
      ", then the source to the city.",
    ),
    h(
      Text,
      { mt: 2 },
      "Or apply a file that has them all: ",
      h(Code, null, "python -m include.discovery apply include/config/discovery.yaml"),
    ),
    !permissions.can_edit &&
      h(
        Text,
        { mt: 2 },
        "You have read access only: ask somebody who may edit the DAG city_discovery.",
      ),
  );
}

function actionsColumn(permissions, onRun, onEdit) {
  return {
    key: "actions",
    label: "Actions",
    isPinned: true,
    cell: (pair) => h(HStack, { gap: 1 }, h(RowButtons, { pair, permissions, onRun, onEdit })),
  };
}

/** Why no pair is shown, and where to go on. */
function NoPair({ data, filters, set }) {
  const { choices } = data;
  const city = choices.cities.find(({ slug }) => slug === filters.city);
  if (city && !city.has_pairs) {
    return h(
      Empty,
      { title: `${city.name} has no sources yet` },
      "Until it has one, runs skip it: ",
      h(PageLink, { to: { view: "city", city: city.slug } }, `open ${city.name}`),
      " to add some.",
    );
  }
  const source = choices.sources.find(({ slug }) => slug === filters.source);
  if (source && !source.has_pairs) {
    return h(
      Empty,
      { title: `${source.name} has no pairs yet` },
      "Until it is added to a city, no run reads it: see ",
      h(PageLink, { to: { view: "sources" } }, "Sources"),
      ".",
    );
  }
  if (data.tiles.pairs === 0) {
    return h(
      Empty,
      { title: "No source is added to a city yet" },
      "Runs read pairs of a source and a city: go on under ",
      h(PageLink, { to: { view: "cities" } }, "Cities"),
      " or ",
      h(PageLink, { to: { view: "sources" } }, "Sources"),
      ".",
    );
  }
  const isCity = city || (filters.city === NO_CITY && choices.has_wider);
  const unknown = [
    filters.city && !isCity ? `There is no city ${filters.city}.` : null,
    filters.source && !source ? `There is no source ${filters.source}.` : null,
    filters.health && !(filters.health in HEALTH) ? `There is no health ${filters.health}.` : null,
  ];
  return h(
    Empty,
    { title: "No pair matches the filters", action: h(ClearFilters, { set, variant: "outline" }) },
    unknown.filter(Boolean).join(" ") || null,
  );
}

function Pairs({ data, filters, set, days, onRun, onEdit }) {
  const { permissions, pairs, chosen } = data;
  const columns = React.useMemo(() => {
    const {
      city,
      source,
      health,
      recent,
      success,
      fetched,
      inserted,
      updated,
      rejected,
      duration,
      error,
      next,
    } = COLUMNS;
    return [
      selectColumn(permissions),
      city,
      source,
      health,
      recent,
      success,
      fetched,
      inserted,
      updated,
      rejected,
      duration,
      error,
      next,
      rateColumn(days),
      actionsColumn(permissions, onRun, onEdit),
    ].filter(Boolean);
  }, [days, permissions.can_edit, permissions.can_run]);
  const summary = h(FilterSummary, { tiles: data.tiles, shown: chosen.pairs, filters, set });
  return pairs.length === 0
    ? h(React.Fragment, null, summary, h(NoPair, { data, filters, set }))
    : h(DataTable, {
        caption: "Pairs of city and source",
        rows: pairs,
        rowKey: (pair) => pair.label,
        columns,
        initial: "health",
        totals: true,
        canChoose: true,
        summary: h(
          React.Fragment,
          null,
          summary,
          h(SelectionBar, {
            permissions,
            total: chosen.pairs,
            readAll: () => api.get(withQuery("selection", { days, ...filters })),
          }),
        ),
        served: chosen,
      });
}

function Content({ data, isOld, reload, live }) {
  const [days] = useDays();
  const [dialog, setDialog] = React.useState(null);
  const isNarrow = useIsNarrow();
  const [isOpen, setIsOpen] = React.useState(false);
  const { isFiltered, filters, set } = useFilters();
  const close = () => setDialog(null);
  const onRun = React.useCallback((pair) => setDialog({ run: pair }), []);
  const onEdit = React.useCallback((pair) => setDialog({ edit: pair }), []);
  const { permissions } = data;
  const dialogs = dialog && [
    dialog.addCity && h(EditCity, { key: "city", countries: data.countries, onClose: close }),
    dialog.edit && h(EditPair, { key: "edit", pair: dialog.edit, onClose: close }),
    dialog.run &&
      h(RunNow, {
        key: "run",
        what: dialog.run.label ?? (dialog.run.isDue ? "everything that is due" : "everything"),
        force: !dialog.run.isDue,
        cities: dialog.run.city ? [dialog.run.city] : [],
        sources: dialog.run.source ? [dialog.run.source] : [],
        onClose: close,
      }),
  ];
  const onAddCity = () => setDialog({ addCity: true });
  return h(
    Stack,
    { gap: 4, minW: 0 },
    h(DagNotice, { dag: data.dag, problem: data.dag_error }),
    h(StatisticsPanel, { problem: data.statistics_error, onRetry: reload }),
    h(LivePanel, { live, dag: data.dag }),
    data.is_empty
      ? h(NothingYet, { permissions, onAddCity })
      : h(
          React.Fragment,
          null,
          h(Tiles, { data, isFiltered }),
          h(HealthCounts, {
            health: data.chosen.health,
            chosen: filters.health,
            onChoose: (health) => set({ health }),
          }),
          h(
            Flex,
            { justify: "space-between", align: "end", gap: 3, flexWrap: "wrap" },
            (!isNarrow || isOpen) &&
              h(
                FilterBar,
                {
                  choices: data.choices,
                  filters,
                  set,
                },
                h(WindowSelect, { maxDays: data.window.max_days }),
              ),
            h(
              HStack,
              { gap: 2, flexWrap: "wrap", ms: { md: "auto" } },
              isNarrow &&
                h(
                  Button,
                  {
                    size: "sm",
                    variant: "outline",
                    "aria-expanded": isOpen,
                    "data-opens-search": true,
                    onClick: () => setIsOpen(!isOpen),
                  },
                  isFiltered ? `Filters (${Object.keys(filters).length})` : "Filters",
                ),
              // On a phone it is among the cities: the pairs are to be in the first screen.
              permissions.can_edit &&
                !isNarrow &&
                h(Button, { size: "sm", variant: "outline", onClick: onAddCity }, "Add city"),
              h(
                Button,
                {
                  size: "sm",
                  variant: "outline",
                  disabled: !permissions.can_run,
                  title: noRuns(permissions),
                  onClick: () => setDialog({ run: { isDue: true } }),
                },
                "Run due now",
              ),
              h(
                Button,
                {
                  size: "sm",
                  colorPalette: "brand",
                  disabled: !permissions.can_run,
                  title: noRuns(permissions),
                  onClick: () => setDialog({ run: {} }),
                },
                "Run all now",
              ),
            ),
          ),
          h(Charts),
          h(
            Box,
            // What was asked for before stays, paler, until the server has answered.
            { "data-testid": "pairs", "aria-busy": isOld, opacity: isOld ? 0.6 : 1, minW: 0 },
            h(Pairs, { data, filters, set, days, onRun, onEdit }),
          ),
        ),
    dialogs,
  );
}

export function Overview() {
  const [days] = useDays();
  const live = useProgress();
  const asked = useAsked();
  const resource = useLast(
    useResource(withQuery("overview", { days, ...asked }), () => pace(live)),
  );
  const skeleton = h(Stack, { gap: 4 }, h(TilesSkeleton, { count: 5 }), h(TableSkeleton));
  return h(Loaded, { resource, skeleton }, (data) =>
    h(Content, { data, isOld: resource.isOld, reload: resource.reload, live }),
  );
}
