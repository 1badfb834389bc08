/** The view of alerts: open ones, mutes, proposed assertions, and the latest messages. */

import { h, React, Chakra } from "../shared/host.js";
import { urlOf } from "../shared/api.js";
import { Help } from "../shared/help.js";
import { Empty, Loaded, TableSkeleton } from "../shared/loading.js";
import { OutLink } from "../shared/query.js";
import { useResource } from "../shared/resource.js";
import { DataTable } from "../shared/table.js";
import { WORDS } from "../shared/terms.js";
import { number } from "../shared/time.js";
import { MESSAGE_COLUMNS, mutedColumns, openColumns, proposedColumns } from "./columns.js";
import { MuteForm } from "./forms.js";

const { Box, Heading, Stack, Text } = Chakra;

function Section({ title, term, children }) {
  return h(
    Box,
    { as: "section", minW: 0 },
    h(Heading, { as: "h3", size: "md", mb: 2 }, title, term && h(Help, { term })),
    children,
  );
}

function Nothing({ children }) {
  return h(Text, { fontSize: "sm", color: "fg.muted" }, children);
}

function Content({ data }) {
  const [dialog, setDialog] = React.useState(null);
  const { totals } = data;
  const { can_edit: canEdit } = data.permissions;
  const table = (caption, name, rows, rowKey, columns, initial) =>
    h(DataTable, {
      caption,
      name: `${name}-`,
      rows,
      rowKey,
      columns,
      initial,
      summary: totals[name] > rows.length && h(Nothing, null, `The first ${rows.length} of them.`),
    });
  return h(
    Stack,
    { gap: 6, minW: 0 },
    h(
      Section,
      { title: `Open (${number(totals.open)})`, term: WORDS.alert },
      data.open.length === 0
        ? h(Empty, { title: "No alert is open" }, "An alert is open until its pair has recovered.")
        : table(
            "Open alerts",
            "open",
            data.open,
            ({ label }) => label,
            openColumns(canEdit, setDialog),
            "-since",
          ),
    ),
    h(
      Section,
      { title: `Muted (${number(totals.muted)})` },
      data.muted.length === 0
        ? h(Nothing, null, "No pair is muted.")
        : table(
            "Muted pairs",
            "muted",
            data.muted,
            ({ label }) => label,
            mutedColumns(canEdit, setDialog),
            "until",
          ),
    ),
    h(
      Section,
      { title: `Proposed assertions (${number(totals.proposals)})`, term: WORDS.assertion },
      data.proposals.length === 0
        ? h(Nothing, null, "None. They are derived once a week from the latest complete runs.")
        : table(
            "Proposed assertions",
            "proposals",
            data.proposals,
            ({ label, measure }) => `${label} ${measure}`,
            proposedColumns(canEdit),
            "of",
          ),
    ),
    h(
      Section,
      { title: "Latest messages" },
      data.messages.length === 0
        ? h(
            Nothing,
            null,
            "Nothing has been sent yet. Messages need a channel: ",
            h(
              OutLink,
              { url: urlOf("discovery/docs/alerts.md").href, textDecoration: "underline" },
              "how to set one up",
            ),
            ".",
          )
        : table(
            "Latest messages",
            "messages",
            data.messages,
            ({ created_at: at, channel, kind }) => `${at} ${channel} ${kind}`,
            MESSAGE_COLUMNS,
            "-made",
          ),
    ),
    dialog?.mute && h(MuteForm, { of: dialog.mute, onClose: () => setDialog(null) }),
  );
}

export function Alerts() {
  const resource = useResource("alerts", () => 30);
  return h(
    Stack,
    { gap: 4, minW: 0 },
    h(Heading, { as: "h2", size: "lg" }, "Alerts"),
    h(Loaded, { resource, skeleton: h(TableSkeleton, { rows: 4 }) }, (data) => h(Content, { data })),
  );
}
