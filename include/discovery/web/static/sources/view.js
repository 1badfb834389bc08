/** Every configured source and every connector: scope, key, data sheet. */

import { h, React, Chakra } from "../shared/host.js";
import { AddByUrl } from "../probe/dialog.js";
import { Sign, groupHealthColumn } from "../shared/health.js";
import { EditSource } from "./form.js";
import { AddPairOfSource } from "../pair/forms.js";
import { DataSheetOf } from "../shared/kinds.js";
import { ROLES } from "../shared/form-parts.js";
import { PageLink } from "../shared/query.js";
import { RemoveDialog } from "../shared/remove.js";
import { useResource } from "../shared/resource.js";
import { Empty, Loaded, TableSkeleton } from "../shared/loading.js";
import { DataTable } from "../shared/table.js";
import { NUMBERS, WORDS } from "../shared/terms.js";
import { number } from "../shared/time.js";
import { RowToggle } from "../shared/toggle.js";

const { Badge, Box, Button, Flex, Heading, HStack, Stack, Text } = Chakra;

/** Whether a source has the connection that it needs. */
export function Connection({ need }) {
  if (!need.required && !need.problem) {
    return h(Text, { as: "span", color: "fg.muted" }, "not needed");
  }
  const fault = need.problem ?? (need.exists === null ? `${need.id}: not known` : null);
  return fault
    ? h(
        HStack,
        { as: "span", gap: 1, align: "start", color: "failed.fg", fontWeight: "semibold" },
        h(Sign, { name: "key", mt: 1 }),
        fault,
      )
    : h(HStack, { as: "span", gap: 1 }, h(Sign, { name: "check" }), need.id);
}

function columnsFor(canEdit, open) {
  return [
    {
      key: "name",
      label: "Source",
      isHeader: true,
      value: (source) => source.name,
      cell: (source) =>
        h(
          Box,
          { minW: "9rem" },
          h(PageLink, { to: { view: "source", source: source.slug } }, source.name),
          h(Text, { fontSize: "xs", color: "fg.muted" }, source.slug),
        ),
    },
    groupHealthColumn(({ slug }) => ({ source: slug })),
    {
      key: "kind",
      label: "Kind",
      value: (source) => source.kind,
      cell: (source) =>
        source.kind_known
          ? source.kind
          : h(Text, { color: "failed.fg" }, `${source.kind}: no such connector is installed`),
    },
    {
      key: "scope",
      label: "Scope",
      help: WORDS.scope.text,
      value: (source) => source.scope,
      cell: (source) => source.scope,
    },
    {
      key: "role",
      label: "Role",
      help: WORDS.role.text,
      value: (source) => source.role,
      cell: (source) => ROLES[source.role],
    },
    {
      key: "trust",
      label: "Trust",
      numeric: true,
      help: WORDS.trust.text,
      value: (source) => source.trust,
      cell: (source) => source.trust,
    },
    {
      key: "pairs",
      label: NUMBERS.active_pairs.label,
      isInCard: true,
      help: NUMBERS.active_pairs.text,
      numeric: true,
      value: (source) => source.active_pairs,
      cell: (source) =>
        source.pairs === 0
          ? h(Text, { as: "span", color: "fg.muted" }, "none yet")
          : h(
              PageLink,
              { to: { source: source.slug } },
              `${number(source.active_pairs)} of ${number(source.pairs)}`,
            ),
    },
    {
      key: "connection",
      label: "Connection",
      isInCard: true,
      help: WORDS.connection.text,
      value: (source) => (source.connection.required ? Number(source.connection.exists ?? 0) : 2),
      cell: (source) => h(Box, { fontSize: "sm" }, h(Connection, { need: source.connection })),
    },
    {
      key: "enabled",
      label: "Enabled",
      isInCard: true,
      help: WORDS.enabled.text,
      value: (source) => Number(source.enabled),
      cell: (source) =>
        h(RowToggle, {
          path: `sources/${encodeURIComponent(source.slug)}/enabled`,
          entity: source,
          name: source.name,
          canEdit,
        }),
    },
    canEdit && {
      key: "actions",
      label: "Actions",
      isPinned: true,
      cell: (source) =>
        h(
          HStack,
          { gap: 1 },
          (source.scope === "city" || source.pairs === 0) &&
            h(
              Button,
              {
                size: "2xs",
                variant: "outline",
                "aria-label":
                  source.scope === "city"
                    ? `Add ${source.name} to a city`
                    : `Add pair of ${source.name}`,
                onClick: () => open({ pair: source }),
              },
              source.scope === "city" ? "Add to city" : "Add pair",
            ),
          h(
            Button,
            {
              size: "2xs",
              variant: "ghost",
              "aria-label": `Edit ${source.name}`,
              onClick: () => open({ edit: source }),
            },
            "Edit",
          ),
          h(
            Button,
            {
              size: "2xs",
              variant: "ghost",
              colorPalette: "danger",
              "aria-label": `Remove ${source.name}`,
              onClick: () => open({ remove: source }),
            },
            "Remove",
          ),
        ),
    },
  ].filter(Boolean);
}

function Connector({ connector }) {
  const [isOpen, setIsOpen] = React.useState(false);
  return h(
    Box,
    {
      as: "details",
      borderWidth: 1,
      borderRadius: "md",
      p: 3,
      minW: 0,
      "data-connector": connector.kind,
      onToggle: (event) => setIsOpen(event.currentTarget.open),
    },
    h(
      Box,
      { as: "summary", cursor: "pointer" },
      h("strong", null, connector.kind),
      ` – ${connector.summary}`,
      connector.needs_connection === "required" &&
        h(Badge, { ms: 2, variant: "outline", size: "sm" }, "needs a key"),
    ),
    h(
      Stack,
      { gap: 2, mt: 3, fontSize: "sm" },
      isOpen && h(DataSheetOf, { kind: connector.kind }),
      h(
        Text,
        { color: "fg.muted" },
        connector.sources.length === 0
          ? "No source uses it yet."
          : [
              "Used by ",
              ...connector.sources.map((slug, index) => [
                index > 0 && ", ",
                h(PageLink, { key: slug, to: { view: "source", source: slug } }, slug),
              ]),
              ".",
            ],
      ),
    ),
  );
}

function Content({ data }) {
  const [dialog, setDialog] = React.useState(null);
  const { can_edit: canEdit } = data.permissions;
  const close = () => setDialog(null);
  const columns = React.useMemo(() => columnsFor(canEdit, setDialog), [canEdit]);
  return h(
    Stack,
    { gap: 6, minW: 0 },
    h(
      Stack,
      { gap: 3, minW: 0 },
      h(
        Flex,
        { justify: "space-between", align: "center", gap: 3, flexWrap: "wrap" },
        h(Heading, { as: "h2", size: "lg" }, "Sources"),
        canEdit &&
          h(
            HStack,
            { gap: 2 },
            h(
              Button,
              { size: "sm", variant: "outline", onClick: () => setDialog({ byUrl: true }) },
              "Add by URL",
            ),
            h(
              Button,
              { size: "sm", colorPalette: "brand", onClick: () => setDialog({ add: true }) },
              "Add source",
            ),
          ),
      ),
      data.sources.length === 0
        ? h(
            Empty,
            { title: "No source is configured yet" },
            "Add one by its address, or by hand; then add it to more cities.",
          )
        : h(DataTable, {
            caption: "Configured sources",
            rows: data.sources,
            rowKey: ({ slug }) => slug,
            columns,
            initial: "name",
          }),
    ),
    h(
      Stack,
      { gap: 3, minW: 0 },
      h(Heading, { as: "h2", size: "lg" }, "Connectors"),
      h(
        Text,
        { fontSize: "sm", color: "fg.muted" },
        "The kinds of sources that can be read, with what is known about each.",
      ),
      data.connectors.map((connector) => h(Connector, { key: connector.kind, connector })),
    ),
    dialog?.byUrl && h(AddByUrl, { connectors: data.connectors, onClose: close }),
    dialog?.add && h(EditSource, { connectors: data.connectors, onClose: close }),
    dialog?.edit &&
      h(EditSource, { source: dialog.edit, connectors: data.connectors, onClose: close }),
    dialog?.pair &&
      h(AddPairOfSource, {
        source: dialog.pair,
        connectors: data.connectors,
        onClose: close,
      }),
    dialog?.remove &&
      h(RemoveDialog, {
        what: dialog.remove.name,
        pathOf: (part) => `sources/${encodeURIComponent(dialog.remove.slug)}${part}`,
        onClose: close,
      }),
  );
}

export function Sources() {
  const resource = useResource("sources", () => 30);
  return h(Loaded, { resource, skeleton: h(TableSkeleton) }, (data) => h(Content, { data }));
}
