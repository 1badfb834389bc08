/** The review: pairs of listings of which the rules are not sure, decided one after the other. */

import { h, React, Chakra } from "../shared/host.js";
import { api, withQuery } from "../shared/api.js";
import { Select } from "../shared/fields.js";
import { Empty, Loaded, TableSkeleton } from "../shared/loading.js";
import { PageLink, useQuery } from "../shared/query.js";
import { reloadAll, useLast, useResource } from "../shared/resource.js";
import { useKeys } from "../shared/shortcuts.js";
import { say } from "../shared/toast.js";
import { Cancellations } from "./cancellations.js";
import { Question } from "./question.js";

const { Box, Button, Flex, Heading, HStack, Input, Kbd, Stack, Text } = Chakra;

const PAGE = 20;

const keyOf = ({ first, second }) => `${first.id}-${second.id}`;
const namesOf = ({ first, second }) => `“${first.title}” and “${second.title}”`;

const SAID = { same: "are one event now", different: "stay two events" };

/** What was decided on this view, and how: decided pairs leave the list before the server is asked. */
function useDecisions() {
  const [made, setMade] = React.useState([]);
  const [busy, setBusy] = React.useState(false);
  const [told, setTold] = React.useState("");
  const run = async (work) => {
    setBusy(true);
    try {
      await work();
    } catch (error) {
      say("error", "Nothing was changed", error.message);
    }
    setBusy(false);
    // Nobody waits for it: the next question is there already.
    reloadAll();
  };
  const decide = (question, verdict, reason) =>
    run(async () => {
      const pair = { first: question.first.id, second: question.second.id };
      await api.post("judgements", { ...pair, verdict, ...(reason && { reason }) });
      setMade((all) => [...all, question]);
      setTold(`${namesOf(question)} ${SAID[verdict]}.`);
    });
  const undo = () =>
    run(async () => {
      const last = made[made.length - 1];
      await api.remove(withQuery("judgements", { first: last.first.id, second: last.second.id }));
      setMade((all) => all.slice(0, -1));
      setTold(`Taken back: ${namesOf(last)}.`);
    });
  return { made, busy, told, decide, undo: made.length > 0 ? undo : null };
}

function Action({ shortcut, children, ...rest }) {
  return h(
    Button,
    { size: "sm", variant: "outline", "aria-keyshortcuts": shortcut, ...rest },
    children,
    h(Kbd, { size: "sm", hideBelow: "md", "aria-hidden": true }, shortcut),
  );
}

function Actions({ question, canEdit, decisions, skip, back }) {
  const [reason, setReason] = React.useState("");
  const { busy, undo } = decisions;
  const decide = (verdict) => {
    if (question && canEdit && !busy) {
      decisions.decide(question, verdict, reason.trim());
      setReason("");
    }
  };
  const actions = {
    s: () => decide("same"),
    d: () => decide("different"),
    n: () => skip?.(),
    p: () => back?.(),
    u: () => canEdit && !busy && undo?.(),
  };
  useKeys(actions);
  return h(
    Stack,
    // Long texts do not push it out of sight; on a phone it would cover half of them.
    { gap: 2, position: { md: "sticky" }, bottom: 0, bg: "bg", borderTopWidth: 1, py: 3 },
    h(
      Flex,
      { gap: 2, flexWrap: "wrap", align: "center", role: "group", "aria-label": "Decide" },
      canEdit &&
        question &&
        h(
          React.Fragment,
          null,
          h(
            Action,
            { shortcut: "s", variant: "solid", colorPalette: "brand", disabled: busy, onClick: actions.s },
            "Same event",
          ),
          h(
            Action,
            { shortcut: "d", variant: "surface", disabled: busy, onClick: actions.d },
            "Not the same",
          ),
        ),
      question && h(Action, { shortcut: "n", disabled: !skip, onClick: actions.n }, "Skip"),
      h(Action, { shortcut: "p", disabled: !back, onClick: actions.p }, "Back"),
      canEdit && h(Action, { shortcut: "u", disabled: !undo || busy, onClick: actions.u }, "Undo"),
      canEdit &&
        question &&
        h(Input, {
          size: "sm",
          flex: "1 1 12rem",
          maxW: "28rem",
          value: reason,
          maxLength: 500,
          placeholder: "Reason (optional)",
          "aria-label": "Reason (optional)",
          autoComplete: "off",
          onChange: (event) => setReason(event.currentTarget.value),
        }),
    ),
    h(Text, { role: "status", fontSize: "sm", minH: "1.25rem" }, decisions.told),
    !canEdit &&
      h(
        Text,
        { fontSize: "sm", color: "fg.muted" },
        "You have read access only: to decide takes the right to edit the DAG.",
      ),
  );
}

function Queue({ data, decisions, isOld }) {
  const [, change] = useQuery();
  const [position, setPosition] = React.useState(0);
  const isMade = new Set(decisions.made.map(keyOf));
  const open = data.questions.filter((question) => !isMade.has(keyOf(question)));
  const question = isOld ? null : open[position];
  const canEdit = data.permissions.can_edit;
  const turn = (after) => {
    setPosition(0);
    change({ after });
  };
  const skip =
    position + 1 < open.length
      ? () => setPosition(position + 1)
      : data.next
        ? () => turn(data.next)
        : () => setPosition(open.length);
  const back = position > 0 ? () => setPosition(Math.min(position, open.length) - 1) : null;
  const nothing =
    open.length > 0
      ? {
          title: "That was the last one",
          action: h(
            Button,
            { size: "sm", variant: "outline", onClick: () => turn(null) },
            "Start again with what was skipped",
          ),
        }
      : { title: "Nothing to review" };
  return h(
    Stack,
    { gap: 4, minW: 0, "aria-busy": decisions.busy || isOld },
    question
      ? h(
          Box,
          { borderWidth: 1, borderRadius: "md", p: { base: 3, md: 4 }, "data-question": keyOf(question) },
          h(
            Text,
            { fontSize: "sm", color: "fg.muted", mb: 2 },
            `Are these one event? ${position + 1} of ${open.length}${data.next ? "+" : ""}`,
          ),
          h(Question, { question, sameFrom: data.same_from }),
        )
      : isOld
        ? h(TableSkeleton)
        : h(
            Empty,
            nothing,
            "Pairs of which the rules are not sure appear here at the end of each sync.",
          ),
    h(Actions, { question, canEdit, decisions, skip: question ? skip : null, back }),
  );
}

export function Review() {
  const [query, change] = useQuery();
  const { city, after } = query;
  const path = withQuery("review", { city, after, limit: PAGE });
  const resource = useLast(useResource(path, () => 60));
  const decisions = useDecisions();
  const cities = (resource.data?.cities ?? []).map(({ slug, name }) => [slug, name]);
  return h(
    Stack,
    { gap: 4, minW: 0 },
    h(Heading, { as: "h2", size: "lg" }, "Review"),
    h(
      Text,
      { fontSize: "sm", color: "fg.muted", maxW: "60rem" },
      "Two listings may be one event, and the rules are not sure. What you decide holds for good, and is noted under Changes.",
    ),
    h(
      HStack,
      { gap: 4, align: "end", flexWrap: "wrap" },
      h(Select, {
        label: "City",
        empty: "All",
        options: cities,
        value: city ?? "",
        onChange: (value) => change({ city: value, after: null }),
        width: { base: "100%", sm: "12rem" },
      }),
      h(
        PageLink,
        { to: { view: "events", city, duplicates: "true" }, fontSize: "sm", pb: 2 },
        "Events with several listings",
      ),
    ),
    h(Loaded, { resource, skeleton: h(TableSkeleton) }, (data) =>
      h(
        React.Fragment,
        null,
        h(Cancellations, { data }),
        // Another page or city begins with its first question.
        h(Queue, { key: `${city}-${after}`, data, decisions, isOld: resource.isOld }),
      ),
    ),
  );
}
