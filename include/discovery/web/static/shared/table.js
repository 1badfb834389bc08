/**
 * Tables: every column sorts; sorting, page and chosen columns are in the URL. A table scrolls inside
 * its frame, where its headings stay in sight; on a narrow screen its rows are cards.
 */

import { h, React, Chakra } from "./host.js";
import { Cards, SortChoice } from "./cards.js";
import { ColumnChoice, useColumns } from "./column-choice.js";
import { MoreColumns, useHidesMore, useIsNarrow } from "./overflow.js";
import { useQuery } from "./query.js";

const { Box, Button, Flex, HStack, Table, Text } = Chakra;

const PAGE_SIZE = 100;
const NUMERIC = { textAlign: "end", fontVariantNumeric: "tabular-nums", whiteSpace: "nowrap" };

/** Stays in sight when a wide table scrolls sideways. */
const PINNED = {
  position: "sticky",
  insetInlineEnd: 0,
  bg: "bg",
  zIndex: 1,
  // A border would stay behind when the table scrolls.
  boxShadow: "inset 1px 0 0 var(--chakra-colors-border)",
};

/** The headings stay in sight when a long table scrolls. */
const HEADING = {
  position: "sticky",
  top: 0,
  bg: "bg",
  zIndex: 2,
  boxShadow: "inset 0 -1px 0 var(--chakra-colors-border)",
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

function HeaderCell({ column, rows, direction, onSort }) {
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
      ...HEADING,
      ...(column.isPinned ? { zIndex: 3 } : {}),
    },
    column.heading
      ? column.heading(rows)
      : column.value
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

function Footer({ columns, rows, sums }) {
  return h(
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
          each.total?.(rows, sums),
        ),
      ),
    ),
  );
}

/** The order of the rows and the page of them, as the URL says; `served` rows came so from the server. */
function useArrangement({ name, rows, columns, initial, served }) {
  const [query, change] = useQuery();
  const [sortName, pageName] = [`${name}sort`, `${name}page`];
  const chosen = query[sortName] ?? initial ?? "";
  const descending = chosen.startsWith("-");
  const column = columns.find(({ key }) => key === chosen.replace(/^-/, ""));
  const ordered = React.useMemo(
    () => (served ? rows : sorted(rows, column, descending)),
    [rows, served, column, descending],
  );
  const pages = served?.pages ?? Math.max(1, Math.ceil(ordered.length / PAGE_SIZE));
  const wanted = Math.min(Math.max(0, Number(query[pageName] ?? 1) - 1 || 0), pages - 1);
  const page = served ? served.page - 1 : wanted;
  const order = (next) => {
    const changes = (now) => {
      const wanted = next(now[sortName] ?? initial);
      return { [sortName]: wanted === initial ? null : wanted, [pageName]: null };
    };
    change(changes, { replace: true });
  };
  return {
    shown: served ? ordered : ordered.slice(page * PAGE_SIZE, (page + 1) * PAGE_SIZE),
    column,
    descending,
    chosen,
    page,
    pages,
    total: served?.pairs ?? ordered.length,
    sortBy: (key) => order((now) => (now === key ? `-${key}` : key)),
    order: (value) => order(() => value),
    turnTo: (next) => change({ [pageName]: next === 0 ? null : next + 1 }),
  };
}

function Grid({ frame, caption, rowKey, rows, columns, arrangement, totals, served }) {
  const { shown, column, descending, sortBy } = arrangement;
  return h(
    Table.ScrollArea,
    {
      ref: frame,
      borderWidth: 1,
      borderRadius: "md",
      overflow: "auto",
      maxH: "max(24rem, calc(100dvh - 7rem))",
      tabIndex: 0,
      role: "region",
      "aria-label": caption,
    },
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
              rows: shown,
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
      totals && h(Footer, { columns, rows, sums: served }),
    ),
  );
}

/**
 * @param {{
 *   caption: string, name?: string, rows: object[], rowKey: (row: object) => string,
 *   columns: {key: string, label: string, cell: Function, value?: Function, numeric?: boolean,
 *             isHeader?: boolean, isPinned?: boolean, isFixed?: boolean, isOptional?: boolean,
 *             isInCard?: boolean, heading?: (rows: object[]) => object,
 *             help?: string, total?: Function}[],
 *   initial?: string, totals?: boolean, canChoose?: boolean, summary?: object, served?: object,
 * }} props `name` tells the tables of one view apart in the URL; `initial` is a column's key, "-" in
 *   front of it sorts downwards; `canChoose` offers the choice of columns, of which the optional ones
 *   are not shown at first; cards show the columns for them first, and the others on demand; `summary` stands above the table;
 *   `served` says which page of how many pairs the rows are, in their order, and what all add up to
 */
export function DataTable(props) {
  const { caption, name = "", rows, rowKey, columns, initial, totals, canChoose, summary } = props;
  const { served } = props;
  const isNarrow = useIsNarrow();
  const frame = React.useRef(null);
  const choice = useColumns(columns, name);
  const hidesMore = useHidesMore(frame, choice.shown, rows, isNarrow);
  const arrangement = useArrangement({ name, rows, columns, initial, served });
  const { shown, page, pages, total, chosen, order, turnTo } = arrangement;
  return h(
    Box,
    { minW: 0 },
    h(
      Flex,
      { justify: "space-between", align: "end", gap: 2, mb: 2, flexWrap: "wrap", _empty: { m: 0 } },
      summary,
      isNarrow
        ? rows.length > 1 && h(SortChoice, { columns, value: chosen, onChange: order })
        : h(
            HStack,
            { gap: 2, ms: "auto" },
            hidesMore && h(MoreColumns, { frame }),
            canChoose && h(ColumnChoice, { columns, choice }),
          ),
    ),
    isNarrow
      ? h(Cards, { rows: shown, rowKey, columns, caption })
      : h(Grid, {
          frame,
          caption,
          rowKey,
          rows,
          columns: choice.shown,
          arrangement,
          totals,
          served,
        }),
    pages > 1 && h(Pager, { page, pages, total, onPage: turnTo }),
  );
}

/** A table to read: it is neither sorted nor paged. Each row is its key and its cells. */
export function PlainTable({ caption, heads, rows }) {
  return h(
    Table.ScrollArea,
    { borderWidth: 1, borderRadius: "md", tabIndex: 0, role: "region", "aria-label": caption },
    h(
      Table.Root,
      { size: "sm" },
      h(Table.Caption, { srOnly: true }, caption),
      h(
        Table.Header,
        null,
        h(
          Table.Row,
          null,
          heads.map((text) =>
            h(Table.ColumnHeader, { key: text, scope: "col", fontSize: "xs" }, text),
          ),
        ),
      ),
      h(
        Table.Body,
        null,
        rows.map(([key, ...cells]) =>
          h(
            Table.Row,
            { key },
            cells.map((cell, index) => h(Table.Cell, { key: index, verticalAlign: "top" }, cell)),
          ),
        ),
      ),
    ),
  );
}
