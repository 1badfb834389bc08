/** Listings that are missing in great number: what would go, and whether it does. */

import { h, React, Chakra } from "../shared/host.js";
import { api } from "../shared/api.js";
import { ConfirmDialog } from "../shared/dialogs.js";
import { EventTime } from "../shared/event-time.js";
import { Empty, Loaded, TableSkeleton } from "../shared/loading.js";
import { AirflowLink, OutLink, PageLink } from "../shared/query.js";
import { reloadAll, useResource } from "../shared/resource.js";
import { PlainTable } from "../shared/table.js";
import { Time, plural } from "../shared/time.js";
import { say } from "../shared/toast.js";

const { Badge, Button, Flex, Heading, HStack, Stack, Text } = Chakra;

const DECISIONS = {
  confirm: {
    label: "Withdraw",
    title: (waiting) => `Withdraw ${plural(waiting, "listing")}?`,
    text:
      "They are gone from their source for good. Events that no other source lists are withdrawn " +
      "with them. A listing that the source shows again comes back.",
    danger: true,
  },
  keep: {
    label: "Keep",
    title: (waiting) => `Keep ${plural(waiting, "listing")}?`,
    text:
      "They stay until the source lists them again or they begin. They no longer count as missing " +
      "when later listings vanish.",
    danger: false,
  },
};

const OUTCOMES = {
  confirm: ({ withdrawn }) => `${plural(withdrawn, "listing")} withdrawn`,
  keep: ({ missing }) => `${plural(missing, "listing")} kept`,
  over: () => "no longer missing, or begun",
};

function PairLink({ approval }) {
  const { city, source, label } = approval;
  return h(PageLink, { to: { view: "pair", city, source } }, label);
}

function Sample({ approval }) {
  const more = approval.waiting - approval.sample.length;
  return h(
    React.Fragment,
    null,
    h(PlainTable, {
      caption: `Missing listings of ${approval.label}`,
      heads: ["When", "Event", "Page of the source", "Missing since"],
      rows: approval.sample.map((listing, index) => [
        index,
        h(EventTime, { event: listing }),
        listing.event_id === null
          ? listing.title
          : h(PageLink, { to: { view: "event", event: listing.event_id } }, listing.title),
        listing.url ? h(OutLink, { url: listing.url }, "open") : "–",
        h(Time, { value: listing.missing_since }),
      ]),
    }),
    more > 0 && h(Text, { fontSize: "sm", color: "fg.muted" }, `and ${more} more`),
  );
}

function Confirm({ approval, decision, onClose }) {
  const { label, title, text, danger } = DECISIONS[decision];
  const action = async () => {
    const done = await api.put(`withdrawals/${approval.id}`, { decision });
    say("success", `${approval.label} is decided`, OUTCOMES[decision]({
      withdrawn: done.withdrawn,
      missing: done.kept,
    }));
    reloadAll();
  };
  return h(
    ConfirmDialog,
    { title: title(approval.waiting), confirm: label, danger, action, onClose },
    h(Text, null, text),
  );
}

function Open({ approval, permissions }) {
  const [decision, setDecision] = React.useState(null);
  const isMissing = approval.waiting > 0;
  return h(
    Stack,
    { as: "section", "aria-label": approval.label, gap: 2, minW: 0 },
    h(
      Flex,
      { justify: "space-between", align: "center", gap: 3, flexWrap: "wrap" },
      h(Heading, { as: "h3", size: "md" }, h(PairLink, { approval })),
      permissions.can_edit &&
        isMissing &&
        h(
          HStack,
          { gap: 2 },
          Object.entries(DECISIONS).map(([key, { label, danger }]) =>
            h(
              Button,
              {
                key,
                size: "sm",
                variant: "outline",
                colorPalette: danger ? "danger" : "brand",
                onClick: () => setDecision(key),
              },
              label,
            ),
          ),
        ),
    ),
    h(
      Text,
      { fontSize: "sm" },
      isMissing
        ? `${approval.waiting} of ${plural(approval.listed, "upcoming listing")} are missing; asked `
        : "None of them is missing any more: the next run of the pair closes this. Asked ",
      h(Time, { value: approval.opened_at, relative: "long" }),
      " by ",
      h(
        AirflowLink,
        { path: `/${approval.run_path}`, textDecoration: "underline" },
        approval.run_id,
      ),
      ".",
    ),
    isMissing && h(Sample, { approval }),
    decision && h(Confirm, { approval, decision, onClose: () => setDecision(null) }),
  );
}

function Decided({ decided }) {
  return h(
    Stack,
    { as: "section", gap: 2, minW: 0 },
    h(Heading, { as: "h3", size: "md" }, "Decided"),
    h(PlainTable, {
      caption: "Decided approvals",
      heads: ["When", "Pair", "What became of them", "By"],
      rows: decided.map((approval) => [
        approval.id,
        h(Time, { value: approval.decided_at }),
        h(PairLink, { approval }),
        h(
          React.Fragment,
          null,
          h(Badge, { variant: "outline", me: 2 }, approval.decision),
          OUTCOMES[approval.decision](approval),
        ),
        approval.decided_by ?? "–",
      ]),
    }),
  );
}

function Content({ data }) {
  return h(
    Stack,
    { gap: 6, minW: 0 },
    data.open.length === 0
      ? h(
          Empty,
          { title: "Nothing awaits approval" },
          "When more than five and more than a fifth of a pair's listings would be withdrawn at " +
            "once, or all of several, they are shown here, and stay until somebody has decided.",
        )
      : data.open.map((approval) =>
          h(Open, { key: approval.id, approval, permissions: data.permissions }),
        ),
    data.decided.length > 0 && h(Decided, { decided: data.decided }),
  );
}

export function Withdrawals() {
  const resource = useResource("withdrawals", () => 30);
  return h(
    Stack,
    { gap: 4, minW: 0 },
    h(Heading, { as: "h2", size: "lg" }, "Withdrawals"),
    h(Loaded, { resource, skeleton: h(TableSkeleton, { rows: 4 }) }, (data) =>
      h(Content, { data }),
    ),
  );
}
