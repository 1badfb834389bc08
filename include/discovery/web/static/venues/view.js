/** Venues: which may be one place, which there are, and what people have decided about them. */

import { h, React, Chakra } from "../shared/host.js";
import { api, withQuery } from "../shared/api.js";
import { Select } from "../shared/fields.js";
import { Empty, Loaded, TableSkeleton } from "../shared/loading.js";
import { useQuery } from "../shared/query.js";
import { reloadAll, useLast, useResource } from "../shared/resource.js";
import { DataTable, PlainTable } from "../shared/table.js";
import { TextFilter } from "../shared/text-filter.js";
import { Time, number } from "../shared/time.js";
import { say } from "../shared/toast.js";
import { venueColumns } from "./columns.js";
import { BuildingDialog, PairDialog, RenameDialog } from "./forms.js";
import { Proposals, judgementPath } from "./proposals.js";
import { nameOf } from "./words.js";

const { Badge, Box, Button, Heading, Stack, Text } = Chakra;

const DIALOGS = { rename: RenameDialog, building: BuildingDialog, same: PairDialog, different: PairDialog };

function Section({ title, children }) {
  return h(
    Box,
    { as: "section", "aria-label": title, minW: 0 },
    h(Heading, { as: "h3", size: "md", mb: 2 }, title),
    children,
  );
}

function Found({ data, isAsked, isOld, search }) {
  const [dialog, setDialog] = React.useState(null);
  const { venues } = data;
  return h(
    Stack,
    { gap: 3, minW: 0, "aria-busy": isOld },
    search,
    !isAsked
      ? h(Empty, { title: "Search for a venue, or choose a city" })
      : venues.length === 0
        ? h(Empty, { title: "No venue was found" }, "A venue is found by the beginnings of its names' words.")
        : h(DataTable, {
            caption: "Venues",
            rows: venues,
            rowKey: ({ id }) => String(id),
            columns: venueColumns(data.permissions.can_edit, setDialog),
            initial: "-upcoming",
            summary:
              !data.is_all &&
              h(Text, { fontSize: "sm", color: "fg.muted" }, `${number(venues.length)} of them are shown: search by name for others.`),
          }),
    dialog &&
      h(DIALOGS[dialog.what], {
        venue: dialog.venue,
        others: venues,
        verdict: dialog.what,
        onClose: () => setDialog(null),
      }),
  );
}

const VERDICTS = { same: ["same place", "green"], different: ["different places", "red"] };

function Undo({ pair, onDone }) {
  const [busy, setBusy] = React.useState(false);
  const names = `${nameOf(pair.first)} and ${nameOf(pair.second)}`;
  const undo = async () => {
    setBusy(true);
    try {
      await api.remove(judgementPath(pair));
      say("success", `Taken back: ${names}`);
      onDone();
    } catch (error) {
      say("error", "Nothing was changed", error.message);
    }
    setBusy(false);
    reloadAll();
  };
  return h(
    Button,
    { size: "2xs", variant: "outline", loading: busy, "aria-label": `Undo: ${names}`, onClick: undo },
    "Undo",
  );
}

function Decided({ decided, canEdit, onUndo }) {
  return h(PlainTable, {
    caption: "Decided venues",
    heads: ["When", "Venues", "Decision", "By", "Reason", canEdit && "Actions"].filter(Boolean),
    rows: decided.map((pair) => {
      const [label, colorPalette] = VERDICTS[pair.verdict];
      return [
        `${pair.first.id}-${pair.second.id}`,
        h(Time, { value: pair.decided_at }),
        `${nameOf(pair.first)} and ${nameOf(pair.second)}`,
        h(Badge, { colorPalette, variant: "surface" }, label),
        pair.decided_by,
        pair.reason,
        canEdit && h(Undo, { pair, onDone: onUndo }),
      ].filter((cell) => cell !== false);
    }),
  });
}

export function Venues() {
  const [query, change] = useQuery();
  const { city, text } = query;
  // What was taken back below is asked again above.
  const [undone, countUndone] = React.useReducer((count) => count + 1, 0);
  const resource = useLast(useResource(withQuery("venues", { city, text }), () => 60));
  const cities = (resource.data?.cities ?? []).map(({ slug, name }) => [slug, name]);
  const search = h(TextFilter, {
    label: "Search",
    placeholder: "Name of a venue",
    value: text ?? "",
    maxLength: 200,
    onChange: (value, options) => change({ text: value, page: null }, options),
    width: { base: "100%", sm: "16rem" },
  });
  return h(
    Stack,
    { gap: 4, minW: 0 },
    h(Heading, { as: "h2", size: "lg" }, "Venues"),
    h(
      Text,
      { fontSize: "sm", color: "fg.muted", maxW: "60rem" },
      "Sources name one place in different ways. What you decide here holds for good, and is noted under Changes.",
    ),
    h(Select, {
      label: "City",
      empty: "All",
      options: cities,
      value: city ?? "",
      onChange: (value) => change({ city: value, page: null }),
      width: { base: "100%", sm: "12rem" },
    }),
    h(Loaded, { resource, skeleton: h(TableSkeleton) }, (data) =>
      h(
        Stack,
        { gap: 6, minW: 0 },
        h(Section, { title: "May be one place" }, h(Proposals, { key: `${city}-${undone}`, data })),
        h(
          Section,
          { title: "All venues" },
          h(Found, { data, isAsked: Boolean(city || text), isOld: resource.isOld, search }),
        ),
        data.decided.length > 0 &&
          h(
            Section,
            { title: "Decided" },
            h(Decided, {
              decided: data.decided,
              canEdit: data.permissions.can_edit,
              onUndo: countUndone,
            }),
          ),
      ),
    ),
  );
}
