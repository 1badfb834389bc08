/** The columns of a city's sources. */

import { h, Chakra } from "../shared/host.js";
import { COLUMNS, ScopeMark, statisticsColumns } from "../shared/columns.js";
import { RowButtons } from "../pair/buttons.js";
import { pairPath } from "../pair/forms.js";
import { Fold } from "../shared/fold.js";
import { selectColumn } from "../shared/selection.js";
import { WORDS } from "../shared/terms.js";
import { Time, number } from "../shared/time.js";
import { RowToggle } from "../shared/toggle.js";

const { Box, Button, HStack, Text } = Chakra;

function sourceColumn(listingsHere) {
  return {
    ...COLUMNS.source,
    cell: (pair) =>
      h(
        Box,
        { minW: "9rem", maxW: "16rem" },
        COLUMNS.source.cell(pair),
        pair.scope !== "city" &&
          h(
            Box,
            { mt: 1 },
            h(ScopeMark, { scope: pair.scope }),
            h(
              Text,
              { fontSize: "xs", color: "fg.muted" },
              `Its numbers are not this city's alone; upcoming here: ${number(listingsHere[pair.source] ?? 0)}.`,
            ),
          ),
      ),
  };
}

function enabledColumn(permissions) {
  return {
    key: "enabled",
    label: "Enabled",
    value: (pair) => Number(pair.enabled),
    cell: (pair) =>
      h(RowToggle, {
        path: pairPath("pairs/enabled", pair),
        entity: pair,
        name: pair.label,
        canEdit: permissions.can_edit,
      }),
  };
}

const SCHEDULE = {
  key: "schedule",
  label: WORDS.schedule.label,
  help: `${WORDS.schedule.text} ${WORDS.priority.text}`,
  value: (pair) => pair.frequency_hours,
  cell: (pair) =>
    h(
      Box,
      { fontSize: "sm", whiteSpace: "nowrap" },
      `every ${pair.frequency_hours} h`,
      pair.less_often && h(Text, { fontSize: "xs", whiteSpace: "normal" }, pair.less_often),
      h(Text, { fontSize: "xs", color: "fg.muted" }, `priority ${pair.priority}`),
    ),
};

const LAST_RUN = {
  key: "last_run",
  label: "Last run",
  value: (pair) => pair.last_run?.started_at,
  cell: (pair) => h(Time, { value: pair.last_run?.started_at, relative: "narrow", empty: "never" }),
};

function SettingsCell({ settings }) {
  const entries = Object.entries(settings);
  return entries.length === 0
    ? "–"
    : h(
        Box,
        { maxW: "16rem", fontSize: "xs" },
        entries.map(([key, value]) =>
          h(Fold, {
            key,
            text: `${key}: ${typeof value === "string" ? value : JSON.stringify(value)}`,
          }),
        ),
      );
}

const SETTINGS = {
  key: "settings",
  label: "Own settings",
  help: "Settings of the pair; what it leaves out has the value of its source, or the default.",
  value: (pair) => Object.keys(pair.settings).length,
  cell: (pair) => h(SettingsCell, { settings: pair.settings }),
};

function actionsColumn(permissions, open) {
  return {
    key: "actions",
    label: "Actions",
    isPinned: true,
    cell: (pair) =>
      h(
        HStack,
        { gap: 1 },
        h(RowButtons, {
          pair,
          permissions,
          onRun: () => open({ run: pair }),
          onEdit: () => open({ edit: pair }),
        }),
        permissions.can_edit &&
          h(
            Button,
            {
              size: "2xs",
              variant: "ghost",
              colorPalette: "danger",
              "aria-label": `Remove ${pair.label}`,
              onClick: () => open({ remove: pair }),
            },
            "Remove",
          ),
      ),
  };
}

/**
 * @param {object} data what the API says of the city
 * @param {(dialog: object) => void} open opens the dialog of a row
 */
export function cityColumns({ permissions, listings_here: here }, days, open) {
  const { health, recent, success, error, next } = COLUMNS;
  return [
    selectColumn(permissions),
    sourceColumn(here),
    health,
    recent,
    ...statisticsColumns(days),
    LAST_RUN,
    success,
    error,
    SETTINGS,
    SCHEDULE,
    next,
    enabledColumn(permissions),
    actionsColumn(permissions, open),
  ].filter(Boolean);
}
