/**
 * Questions that a person answers one after the other, by mouse or by keyboard: what was decided, the
 * way to take it back, and the bar of buttons.
 */

import { h, React, Chakra } from "./host.js";
import { reloadAll } from "./resource.js";
import { useKeys } from "./shortcuts.js";
import { say } from "./toast.js";

const { Button, Flex, Input, Kbd, Stack, Text } = Chakra;

/**
 * What was decided on this view, and how: decided questions leave the list before the server is asked.
 * @param {{send: Function, takeBack: Function, told: Function, namesOf: Function}} ways `send` gets a
 *   question, the verdict and the reason, `takeBack` a question; `told` says what has come of a verdict
 */
export function useDecisions({ send, takeBack, told: saidOf, namesOf }) {
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
      await send(question, { verdict, ...(reason && { reason }) });
      setMade((all) => [...all, question]);
      setTold(`${namesOf(question)} ${saidOf[verdict]}.`);
    });
  const undo = () =>
    run(async () => {
      const last = made[made.length - 1];
      await takeBack(last);
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

/**
 * The buttons below a question, their keys, and what was decided last.
 * @param {{question: object|null, canEdit: boolean, decisions: object, labels: object,
 *   skip: Function|null, back: Function|null}} props `labels` say what "same" and "different" are called
 */
export function DecisionBar({ question, canEdit, decisions, labels, skip, back }) {
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
            labels.same,
          ),
          h(
            Action,
            { shortcut: "d", variant: "surface", disabled: busy, onClick: actions.d },
            labels.different,
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
