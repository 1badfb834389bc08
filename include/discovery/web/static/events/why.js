/** Why the listings of an event are one, what may be one with it, and a person's word on it. */

import { h, React, Chakra } from "../shared/host.js";
import { api } from "../shared/api.js";
import { ConfirmDialog } from "../shared/dialogs.js";
import { Findings, pointsText } from "../shared/findings.js";
import { Loaded, TableSkeleton } from "../shared/loading.js";
import { PageLink, useOpen } from "../shared/query.js";
import { Reason } from "../shared/reason.js";
import { reloadAll, useResource } from "../shared/resource.js";
import { Time } from "../shared/time.js";
import { say } from "../shared/toast.js";

const { Badge, Box, Button, Checkbox, Field, Heading, HStack, Input, Stack, Text } = Chakra;

const VERDICTS = {
  same: ["same", "green"],
  review: ["not sure", "orange"],
  different: ["not the same", "red"],
};

/** Who judged, and by what: a rule with its points, or a person with the reason. */
function By({ judgement }) {
  const { decided_by: who, reason, judged_at: at, rules_version: version } = judgement;
  return who
    ? h(React.Fragment, null, h("b", null, who), ": ", reason, " (", h(Time, { value: at }), ")")
    : h(
        React.Fragment,
        null,
        pointsText(judgement),
        h(
          Text,
          { as: "span", color: "fg.muted" },
          ` (rules ${version}, `,
          h(Time, { value: at }),
          ")",
        ),
      );
}

function Judgement({ judgement, name, action }) {
  const [label, palette] = VERDICTS[judgement.verdict];
  const head = h(
    Box,
    { as: "span", display: "inline" },
    h(Badge, { colorPalette: palette, variant: "surface", me: 2 }, label),
    name,
    ": ",
    h(By, { judgement }),
  );
  return h(
    Box,
    { as: "li", borderTopWidth: 1, py: 2, fontSize: "sm", overflowWrap: "anywhere" },
    judgement.findings.length === 0
      ? head
      : h(
          Box,
          { as: "details" },
          h(Box, { as: "summary", cursor: "pointer" }, head),
          h(Box, { mt: 2, ps: 4 }, h(Findings, { findings: judgement.findings })),
        ),
    action && h(Box, { mt: 2 }, action),
  );
}

function Judgements({ title, children }) {
  return h(
    Box,
    { minW: 0 },
    h(Text, { fontSize: "sm", fontWeight: "semibold", mb: 1 }, title),
    h(Box, { as: "ul", listStyleType: "none" }, children),
  );
}

/** The number of an event, from what somebody typed or pasted: a number, or the address of its page. */
function numberIn(text) {
  return /[?&]event=(\d+)/.exec(text)?.[1] ?? (/^\s*\d+\s*$/.test(text) ? text.trim() : null);
}

function MergeDialog({ event, other = "", onClose }) {
  const [typed, setTyped] = React.useState(String(other));
  const [reason, setReason] = React.useState("");
  const open = useOpen();
  const number = numberIn(typed);
  const action = async () => {
    const made = await api.post(`events/${event.id}/merge`, { other: Number(number), reason });
    say("success", "The two are one event now");
    open({ view: "event", event: made.listings[0].event });
    reloadAll();
  };
  return h(
    ConfirmDialog,
    {
      title: `Merge event ${event.id} with another`,
      confirm: "Merge",
      danger: false,
      isReady: number !== null && reason.trim() !== "",
      action,
      onClose,
    },
    h(
      Text,
      { fontSize: "sm" },
      "All listings of both become one event. It keeps the older id; the other leads to it.",
    ),
    h(
      Field.Root,
      { required: true },
      h(Field.Label, null, "The other event", h(Field.RequiredIndicator)),
      h(Input, {
        size: "sm",
        value: typed,
        placeholder: "Its number, or the address of its page",
        autoComplete: "off",
        "data-autofocus": true,
        onChange: (change) => setTyped(change.currentTarget.value),
      }),
    ),
    h(Reason, { value: reason, onChange: setReason }),
  );
}

function SplitDialog({ event, listings, onClose }) {
  const [chosen, setChosen] = React.useState([]);
  const [reason, setReason] = React.useState("");
  const isReady =
    chosen.length > 0 && chosen.length < event.listing_count && reason.trim() !== "";
  const action = async () => {
    await api.post(`events/${event.id}/split`, { listings: chosen, reason });
    say("success", "They are two events now");
    reloadAll();
  };
  return h(
    ConfirmDialog,
    {
      title: `Split event ${event.id}`,
      confirm: "Split",
      danger: false,
      isReady,
      action,
      onClose,
    },
    h(
      Text,
      { fontSize: "sm" },
      "Choose the listings that are another event. The id stays with the listing that was found first.",
    ),
    h(
      Stack,
      { role: "group", "aria-label": "Listings of another event", gap: 2 },
      listings.map(({ id, source_name: source, title }) =>
        h(
          Checkbox.Root,
          {
            key: id,
            size: "sm",
            checked: chosen.includes(id),
            onCheckedChange: ({ checked }) =>
              setChosen(checked ? [...chosen, id] : chosen.filter((each) => each !== id)),
          },
          h(Checkbox.HiddenInput),
          h(Checkbox.Control),
          h(Checkbox.Label, { overflowWrap: "anywhere" }, `${source}: ${title}`),
        ),
      ),
    ),
    h(Reason, { value: reason, onChange: setReason }),
  );
}

function Content({ why, event, listings }) {
  const [dialog, setDialog] = React.useState(null);
  const close = () => setDialog(null);
  const canEdit = why.permissions.can_edit;
  const sources = Object.fromEntries(listings.map(({ id, source_name: name }) => [id, name]));
  const nameOf = ({ id, title }) => `${sources[id] ?? `listing ${id}`} “${title}”`;
  const other = ({ first, second }) => (first.event === why.event ? second : first);
  const own = ({ first, second }) => (first.event === why.event ? first : second);
  return h(
    Stack,
    { gap: 4, minW: 0 },
    h(
      Text,
      { fontSize: "sm", color: "fg.muted", maxW: "60rem" },
      event.listing_count === 1
        ? "It has one listing. "
        : why.within.length === 0
          ? "Their title, start and venue are the same; they are yet to be compared. "
          : "Each pair of listings is compared. ",
      `${why.same_from} points make one event; from ${why.review_from} on a person is asked.`,
    ),
    why.within.length > 0 &&
      h(
        Judgements,
        { title: "Its listings" },
        why.within.map((judgement) =>
          h(Judgement, {
            key: `${judgement.first.id}-${judgement.second.id}`,
            judgement,
            name: `${nameOf(judgement.first)} and ${nameOf(judgement.second)}`,
          }),
        ),
      ),
    why.beyond.length > 0 &&
      h(
        Judgements,
        { title: "Compared with other events" },
        why.beyond.map((judgement) => {
          const { event: id, title } = other(judgement);
          return h(Judgement, {
            key: `${judgement.first.id}-${judgement.second.id}`,
            judgement,
            name: `${nameOf(own(judgement))} and event ${id} “${title}”`,
            action: h(
              HStack,
              { gap: 3 },
              h(PageLink, { to: { view: "event", event: id } }, `Open event ${id}`),
              canEdit &&
                h(
                  Button,
                  { size: "2xs", variant: "outline", onClick: () => setDialog({ merge: id }) },
                  `Merge with event ${id}`,
                ),
            ),
          });
        }),
      ),
    canEdit &&
      h(
        HStack,
        { gap: 2 },
        event.listing_count > 1 &&
          h(
            Button,
            { size: "sm", variant: "outline", onClick: () => setDialog({ split: true }) },
            "Split",
          ),
        h(
          Button,
          { size: "sm", variant: "outline", onClick: () => setDialog({ merge: "" }) },
          "Merge with another",
        ),
      ),
    dialog?.split && h(SplitDialog, { event, listings, onClose: close }),
    dialog?.merge !== undefined &&
      h(MergeDialog, { event, other: dialog.merge, onClose: close }),
  );
}

/** @param {{event: object, listings: object[]}} props as the API answers for an event */
export function Why({ event, listings }) {
  const resource = useResource(`events/${event.id}/judgements`, () => 60);
  return h(
    Box,
    { as: "section", minW: 0 },
    h(
      Heading,
      { as: "h3", size: "md", mb: 2 },
      event.listing_count > 1 ? "Why are these one?" : "Is it one with another?",
    ),
    h(Loaded, { resource, skeleton: h(TableSkeleton, { rows: 2 }) }, (why) =>
      h(Content, { why, event, listings }),
    ),
  );
}
