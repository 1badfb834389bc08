/** The rows of a table as cards, for screens that are too narrow for it. */

import { h, Chakra } from "./host.js";
import { Select } from "./fields.js";

const { Box, Stack } = Chakra;

function Values({ row, columns }) {
  return h(
    Box,
    {
      as: "dl",
      display: "grid",
      gridTemplateColumns: "minmax(5.5rem, auto) 1fr",
      columnGap: 3,
      rowGap: 1,
      fontSize: "sm",
    },
    columns.map((column) => [
      h(Box, { key: `${column.key} name`, as: "dt", color: "fg.muted" }, column.label),
      h(Box, { key: column.key, as: "dd", minW: 0, overflowWrap: "anywhere" }, column.cell(row)),
    ]),
  );
}

function Card({ row, columns, label }) {
  const header = columns.find(({ isHeader }) => isHeader);
  const actions = columns.find(({ isPinned }) => isPinned);
  const rest = columns.filter((column) => column !== header && column !== actions);
  const first = rest.filter(({ isInCard }) => isInCard);
  const others = first.length > 0 ? rest.filter((column) => !first.includes(column)) : [];
  return h(
    Stack,
    {
      as: "li",
      listStyleType: "none",
      borderWidth: 1,
      borderRadius: "md",
      p: 3,
      gap: 2,
      minW: 0,
      "data-row": label,
    },
    header && h(Box, { fontWeight: "semibold" }, header.cell(row)),
    h(Values, { row, columns: first.length > 0 ? first : rest }),
    others.length > 0 &&
      h(
        Box,
        { as: "details", fontSize: "sm" },
        h(Box, { as: "summary", cursor: "pointer", color: "fg.muted" }, "More"),
        h(Box, { mt: 2 }, h(Values, { row, columns: others })),
      ),
    actions && h(Box, { display: "flex", flexWrap: "wrap" }, actions.cell(row)),
  );
}

/** @param {{rows: object[], rowKey: Function, columns: object[], caption: string}} props */
export function Cards({ rows, rowKey, columns, caption }) {
  return h(
    Stack,
    { as: "ul", "aria-label": caption, gap: 3, ps: 0 },
    rows.map((row) => h(Card, { key: rowKey(row), row, columns, label: rowKey(row) })),
  );
}

/** The order of the cards, which have no headings to click on; nothing where there is no choice. */
export function SortChoice({ columns, value, onChange }) {
  const sortable = columns.filter((column) => column.value);
  if (sortable.length === 0) {
    return null;
  }
  return h(Select, {
    label: "Sort by",
    value,
    onChange,
    options: sortable.flatMap(({ key, label }) => [
      [key, `${label} ▲`],
      [`-${key}`, `${label} ▼`],
    ]),
    width: "12rem",
  });
}
