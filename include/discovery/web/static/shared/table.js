/** Tables: every column sorts, sorting and page are in the URL, wide ones scroll inside their frame. */

import { h, React, Chakra } from "./host.js";
import { useQuery } from "./query.js";

const { Box, Button, HStack, Table, Text } = Chakra;

const PAGE_SIZE = 50;
const NUMERIC = { textAlign: "end", fontVariantNumeric: "tabular-nums", whiteSpace: "nowrap" };

/** Stays in sight when a wide table scrolls, where there is room for that. */
const PINNED = {
  position: { md: "sticky" },
  insetInlineEnd: 0,
  bg: "bg",
  zIndex: 1,
  // A border would stay behind when the table scrolls.
  boxShadow: { md: "inset 1px 0 0 var(--chakra-colors-border)" },
};

function compare(a, b) {
  if (typeof a === "number" && typeof b === "number") {
    return a - b;
  }
  return String(a).localeCompare(String(b), undefined, { numeric: true, sensitivity: "base" });
}

function isUnknown(value) {
  return value === null || value === undefined || value === "";
}

/** Rows in the order of a column; equal ones keep their order. */
export function sorted(rows, column, descending) {
  if (!column?.value) {
    return rows;
  }
  const keyed = rows.map((row) => [column.value(row), row]);
  keyed.sort(([a], [b]) => {
    // What is not known comes last, whichever way the rest is sorted.
    if (isUnknown(a) || isUnknown(b)) {
      return Number(isUnknown(a)) - Number(isUnknown(b));
    }
    return descending ? compare(b, a) : compare(a, b);
  });
  return keyed.map(([, row]) => row);
}

function HeaderCell({ column, direction, onSort }) {
  const arrow = { ascending: " ▲", descending: " ▼" }[direction] ?? "";
  return h(
    Table.ColumnHeader,
    {
      scope: "col",
      "aria-sort": direction ?? (column.value ? "none" : undefined),
      px: 2,
      whiteSpace: "nowrap",
      verticalAlign: "bottom",
      ...(column.numeric ? NUMERIC : {}),
      ...(column.isPinned ? PINNED : {}),
    },
    column.value
      ? h(
          Button,
          {
            variant: "plain",
            size: "xs",
            px: 0,
            height: "auto",
            fontWeight: "semibold",
            color: "inherit",
            title: column.help,
            onClick: onSort,
          },
          column.label,
          h("span", { "aria-hidden": true, style: { fontSize: "0.7em" } }, arrow),
        )
      : h(
          Text,
          { as: "span", fontSize: "xs", fontWeight: "semibold", title: column.help },
          column.label,
        ),
  );
}

const Row = React.memo(function Row({ row, columns, label }) {
  return h(
    Table.Row,
    { "data-row": label },
    columns.map((column) =>
      h(
        Table.Cell,
        {
          key: column.key,
          verticalAlign: "top",
          px: 2,
          whiteSpace: "normal",
          ...(column.isHeader
            ? { as: "th", scope: "row", fontWeight: "normal", textAlign: "start" }
            : {}),
          ...(column.numeric ? NUMERIC : {}),
          ...(column.isPinned ? PINNED : {}),
        },
        column.cell(row),
      ),
    ),
  );
});

function Pager({ page, pages, total, onPage }) {
  const first = page * PAGE_SIZE + 1;
  return h(
    HStack,
    { as: "nav", "aria-label": "Pages of the table", justify: "flex-end", mt: 2 },
    h(
      Text,
      { fontSize: "sm", color: "fg.muted" },
      `${first}–${Math.min(first + PAGE_SIZE - 1, total)} of ${total}`,
    ),
    h(
      Button,
      { size: "xs", variant: "outline", disabled: page === 0, onClick: () => onPage(page - 1) },
      "Previous",
    ),
    h(
      Button,
      {
        size: "xs",
        variant: "outline",
        disabled: page >= pages - 1,
        onClick: () => onPage(page + 1),
      },
      "Next",
    ),
  );
}

/**
 * @param {{
 *   caption: string, name?: string, rows: object[], rowKey: (row: object) => string,
 *   columns: {key: string, label: string, cell: Function, value?: Function, numeric?: boolean,
 *             isHeader?: boolean, isPinned?: boolean, help?: string, total?: Function}[],
 *   initial?: string, totals?: boolean,
 * }} props `name` tells the tables of one view apart in the URL; `initial` is a column's key, "-" in
 *   front of it sorts downwards
 */
export function DataTable({ caption, name = "", rows, rowKey, columns, initial, totals }) {
  const [query, change] = useQuery();
  const [sortName, pageName] = [`${name}sort`, `${name}page`];
  const chosen = query[sortName] ?? initial ?? "";
  const descending = chosen.startsWith("-");
  const column = columns.find(({ key }) => key === chosen.replace(/^-/, ""));
  const ordered = React.useMemo(() => sorted(rows, column, descending), [rows, column, descending]);
  const pages = Math.max(1, Math.ceil(ordered.length / PAGE_SIZE));
  const page = Math.min(Math.max(0, Number(query[pageName] ?? 1) - 1 || 0), pages - 1);
  const shown = ordered.slice(page * PAGE_SIZE, (page + 1) * PAGE_SIZE);
  const sortBy = (key) => {
    const next = (now) => ((now[sortName] ?? initial) === key ? `-${key}` : key);
    const changes = (now) => ({
      [sortName]: next(now) === initial ? null : next(now),
      [pageName]: null,
    });
    change(changes, { replace: true });
  };
  return h(
    Box,
    { minW: 0 },
    h(
      Table.ScrollArea,
      { borderWidth: 1, borderRadius: "md", tabIndex: 0, role: "region", "aria-label": caption },
      h(
        Table.Root,
        { size: "sm", striped: false },
        h(Table.Caption, { srOnly: true }, caption),
        h(
          Table.Header,
          null,
          h(
            Table.Row,
            null,
            columns.map((each) =>
              h(HeaderCell, {
                key: each.key,
                column: each,
                direction: each === column ? (descending ? "descending" : "ascending") : undefined,
                onSort: () => sortBy(each.key),
              }),
            ),
          ),
        ),
        h(
          Table.Body,
          null,
          shown.map((row) => h(Row, { key: rowKey(row), row, columns, label: rowKey(row) })),
        ),
        totals &&
          h(
            Table.Footer,
            null,
            h(
              Table.Row,
              null,
              columns.map((each) =>
                h(
                  Table.Cell,
                  {
                    key: each.key,
                    px: 2,
                    fontWeight: "semibold",
                    ...(each.numeric ? NUMERIC : {}),
                    ...(each.isPinned ? PINNED : {}),
                  },
                  each.total?.(rows),
                ),
              ),
            ),
          ),
      ),
    ),
    pages > 1 &&
      h(Pager, {
        page,
        pages,
        total: ordered.length,
        onPage: (next) => change({ [pageName]: next === 0 ? null : next + 1 }),
      }),
  );
}
