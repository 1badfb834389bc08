/** The list of cities: those without a source included, with everything one can do with them. */

import { h, React, Chakra } from "../shared/host.js";
import { EditCity } from "./form.js";
import { groupHealthColumn } from "../shared/health.js";
import { noRuns } from "../pair/buttons.js";
import { AddPair } from "../pair/forms.js";
import { PageLink } from "../shared/query.js";
import { RemoveDialog } from "../shared/remove.js";
import { RunNow } from "../shared/run-now.js";
import { useResource } from "../shared/resource.js";
import { Empty, Loaded, TableSkeleton } from "../shared/loading.js";
import { DataTable } from "../shared/table.js";
import { number } from "../shared/time.js";
import { RowToggle } from "../shared/toggle.js";

const { Box, Button, Flex, Heading, HStack, Stack, Text } = Chakra;

/** So many sources are named in a row; the city's own page has all of them. */
const NAMED = 4;

function SourcesCell({ city }) {
  if (city.sources.length === 0) {
    return h(Text, { color: "fg.muted", fontSize: "sm" }, "none yet");
  }
  const more = city.sources.length - NAMED;
  return h(
    Box,
    { fontSize: "sm", minW: { md: "10rem" }, maxW: "18rem" },
    city.sources.slice(0, NAMED).map(({ slug, name, active }, index) =>
      h(
        React.Fragment,
        { key: slug },
        index > 0 && ", ",
        h(PageLink, { to: { view: "pair", city: city.slug, source: slug } }, name),
        !active && h(Text, { as: "span", color: "fg.muted" }, " (off)"),
      ),
    ),
    more > 0 && [
      " and ",
      h(
        PageLink,
        { key: "more", to: { view: "city", city: city.slug }, whiteSpace: "nowrap" },
        `${number(more)} more`,
      ),
    ],
  );
}

/** The slugs of the sources that a city could have, and has not. */
export function availableFor(city, sources) {
  const taken = new Set(city.sources.map(({ slug }) => slug));
  return sources.map(({ slug }) => slug).filter((slug) => !taken.has(slug));
}

/** Why runs would read nothing of a city now; undefined where they would. */
function idleBecause(city, permissions) {
  return (
    noRuns(permissions) ??
    (!city.enabled
      ? "The city is disabled"
      : city.sources.some(({ active }) => active)
        ? undefined
        : "None of its sources is enabled")
  );
}

function actions(city, sources, permissions, open) {
  const isFull = availableFor(city, sources).length === 0;
  const idle = idleBecause(city, permissions);
  const button = (label, what, more = {}) =>
    h(
      Button,
      {
        key: label,
        size: "2xs",
        variant: "ghost",
        // It begins with what is seen, so that it can be said to a computer that listens.
        "aria-label": `${label}: ${city.name}`,
        onClick: () => open({ [what]: city }),
        ...more,
      },
      label,
    );
  return h(
    HStack,
    { gap: 1 },
    button("Run now", "run", { variant: "outline", disabled: idle !== undefined, title: idle }),
    permissions.can_edit &&
      button("Add source", "add", {
        variant: "outline",
        disabled: isFull,
        title: !isFull
          ? undefined
          : sources.length === 0
            ? "There is no source of scope city yet: add one under Sources"
            : "Every source of scope city is here already",
      }),
    permissions.can_edit && button("Edit", "edit"),
    permissions.can_edit && button("Remove", "remove", { colorPalette: "danger" }),
  );
}

function columnsFor({ permissions, city_sources: sources }, open) {
  const canEdit = permissions.can_edit;
  return [
    {
      key: "name",
      label: "City",
      isHeader: true,
      value: (city) => city.name,
      cell: (city) =>
        h(
          Box,
          { minW: "8rem" },
          h(PageLink, { to: { view: "city", city: city.slug } }, city.name),
          h(Text, { fontSize: "xs", color: "fg.muted" }, city.slug),
        ),
    },
    groupHealthColumn(({ slug }) => ({ city: slug })),
    {
      key: "country",
      label: "Country",
      value: (city) => city.country_name,
      cell: (city) => city.country_name,
    },
    {
      key: "pairs",
      label: "Active pairs",
      isInCard: true,
      numeric: true,
      help: "Sources that runs read for this city",
      value: (city) => city.sources.filter(({ active }) => active).length,
      cell: (city) =>
        `${number(city.sources.filter(({ active }) => active).length)} of ${number(city.sources.length)}`,
    },
    {
      key: "sources",
      label: "Sources",
      value: (city) => city.sources.length,
      cell: (city) => h(SourcesCell, { city }),
    },
    {
      key: "events",
      label: "Events upcoming",
      isInCard: true,
      numeric: true,
      value: (city) => city.events_upcoming,
      cell: (city) => number(city.events_upcoming),
      total: (cities) => number(cities.reduce((sum, city) => sum + city.events_upcoming, 0)),
    },
    {
      key: "timezone",
      label: "Time zone",
      value: (city) => city.timezone,
      cell: (city) => city.timezone,
    },
    {
      key: "enabled",
      label: "Enabled",
      isInCard: true,
      value: (city) => Number(city.enabled),
      cell: (city) =>
        h(RowToggle, {
          path: `cities/${encodeURIComponent(city.slug)}/enabled`,
          entity: city,
          name: city.name,
          canEdit,
        }),
    },
    (canEdit || permissions.can_run) && {
      key: "actions",
      label: "Actions",
      isPinned: true,
      cell: (city) => actions(city, sources, permissions, open),
    },
  ].filter(Boolean);
}

function Content({ data }) {
  const [dialog, setDialog] = React.useState(null);
  const close = () => setDialog(null);
  const canEdit = data.permissions.can_edit;
  const bare = data.cities.filter(({ sources }) => sources.length === 0).length;
  const columns = React.useMemo(
    () => columnsFor(data, setDialog),
    [canEdit, data.permissions.can_run, data.city_sources],
  );
  return h(
    Stack,
    { gap: 3, minW: 0 },
    h(
      Flex,
      { justify: "space-between", align: "center", gap: 3, flexWrap: "wrap" },
      h(
        HStack,
        { gap: 3, align: "baseline" },
        h(Heading, { as: "h2", size: "lg" }, "Cities"),
        bare > 0 &&
          h(Text, { fontSize: "sm", color: "fg.muted" }, `${number(bare)} without a source`),
      ),
      canEdit &&
        h(
          Button,
          { size: "sm", colorPalette: "brand", onClick: () => setDialog({ create: true }) },
          "Add city",
        ),
    ),
    data.cities.length === 0
      ? h(
          Empty,
          { title: "No city is configured yet" },
          canEdit
            ? "Add one; then add sources to it."
            : "Whoever may edit the DAG city_discovery can add one.",
        )
      : h(DataTable, {
          caption: "Configured cities",
          rows: data.cities,
          rowKey: ({ slug }) => slug,
          columns,
          initial: "name",
          totals: true,
        }),
    dialog?.create && h(EditCity, { countries: data.countries, onClose: close }),
    dialog?.edit && h(EditCity, { city: dialog.edit, countries: data.countries, onClose: close }),
    dialog?.add &&
      h(AddPair, {
        city: dialog.add,
        available: availableFor(dialog.add, data.city_sources),
        onClose: close,
      }),
    dialog?.run && h(RunNow, { what: dialog.run.name, cities: [dialog.run.slug], onClose: close }),
    dialog?.remove && h(RemoveCity, { city: dialog.remove, onClose: close }),
  );
}

/** The dialog that removes a city, wherever it is opened. */
export function RemoveCity({ city, onClose, onDone }) {
  return h(RemoveDialog, {
    what: city.name,
    pathOf: (part) => `cities/${encodeURIComponent(city.slug)}${part}`,
    onClose,
    onDone,
  });
}

export function Cities() {
  const resource = useResource("cities", () => 30);
  return h(Loaded, { resource, skeleton: h(TableSkeleton) }, (data) => h(Content, { data }));
}
