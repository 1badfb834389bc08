/** The columns that somebody wants to see: chosen from a list that also explains them. */

import { h, React, Chakra } from "./host.js";
import { useQuery } from "./query.js";

const { Button, Checkbox, Popover, Portal, Stack, Text } = Chakra;

/** What cannot be left out: what the row is, and what can be done with it. */
function isFixed(column) {
  return column.isHeader || column.isPinned || column.isFixed;
}

function defaultsOf(columns) {
  return columns.filter((column) => isFixed(column) || !column.isOptional);
}

function keysOf(columns) {
  return columns.filter((column) => !isFixed(column)).map(({ key }) => key);
}

/** The columns that a value of the URL stands for; without one the usual ones. */
function columnsOf(columns, chosen) {
  if (chosen === undefined) {
    return columns.filter((column) => isFixed(column) || !column.isOptional);
  }
  const keys = new Set(chosen.split(","));
  return columns.filter((column) => isFixed(column) || keys.has(column.key));
}

/**
 * The columns that are shown, as the URL says, and a function that shows or hides one.
 * @param {object[]} columns all of them, in their order
 * @param {string} name of the table, "" for the only one of a view
 */
export function useColumns(columns, name) {
  const [query, change] = useQuery();
  const parameter = `${name}columns`;
  const chosen = query[parameter];
  const shown = React.useMemo(() => columnsOf(columns, chosen), [columns, chosen]);
  const toggle = (column) =>
    change(
      (now) => {
        const before = columnsOf(columns, now[parameter]);
        const after = columns.filter((each) => before.includes(each) !== (each === column));
        const keys = keysOf(after).join();
        const isUsual = keys === keysOf(columnsOf(columns)).join();
        return { [parameter]: isUsual ? null : keys || "none" };
      },
      { replace: true },
    );
  return { shown, toggle, reset: () => change({ [parameter]: null }, { replace: true }) };
}

function Choice({ column, isShown, toggle }) {
  return h(
    Checkbox.Root,
    {
      size: "sm",
      alignItems: "start",
      checked: isShown,
      disabled: isFixed(column),
      colorPalette: "brand",
      onCheckedChange: () => toggle(column),
    },
    h(Checkbox.HiddenInput),
    h(Checkbox.Control, { mt: 0.5 }),
    h(
      Checkbox.Label,
      { fontWeight: "normal" },
      column.label,
      column.help && h(Text, { fontSize: "xs", color: "fg.muted" }, column.help),
    ),
  );
}

/** @param {{columns: object[], choice: ReturnType<typeof useColumns>}} props */
export function ColumnChoice({ columns, choice }) {
  return h(
    Popover.Root,
    { lazyMount: true, unmountOnExit: true, positioning: { placement: "bottom-end" } },
    h(
      Popover.Trigger,
      { asChild: true },
      h(
        Button,
        { size: "xs", variant: "outline" },
        choice.shown.length === columns.length
          ? "Columns"
          : `Columns: ${choice.shown.length} of ${columns.length}`,
      ),
    ),
    h(
      Portal,
      null,
      h(
        Popover.Positioner,
        null,
        h(
          Popover.Content,
          { width: "22rem", maxW: "calc(100vw - 1rem)", "aria-label": "Columns" },
          h(
            Popover.Body,
            { maxH: "70vh", overflowY: "auto" },
            h(Popover.Title, { fontWeight: "semibold", mb: 2 }, "Columns, and what they say"),
            h(
              Stack,
              { gap: 2 },
              columns.map((column) =>
                h(Choice, {
                  key: column.key,
                  column,
                  isShown: choice.shown.includes(column),
                  toggle: choice.toggle,
                }),
              ),
            ),
            h(
              Button,
              { size: "xs", variant: "outline", mt: 3, onClick: choice.reset },
              "The usual columns",
            ),
          ),
        ),
      ),
    ),
  );
}
