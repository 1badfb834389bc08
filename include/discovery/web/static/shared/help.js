/** Help where it is needed: a mark beside a word that explains it, and all the words in one dialog. */

import { h, React, Chakra } from "./host.js";
import { Modal } from "./dialogs.js";
import { HEALTH, RUN_STATES, StateBadge } from "./health.js";
import { ShortcutList } from "./shortcuts.js";
import { NUMBERS, WORDS } from "./terms.js";

const { Box, Button, Heading, Popover, Portal, Stack, Text } = Chakra;

/** @param {{term: {label: string, text: string}}} props of `WORDS` or `NUMBERS` */
export function Help({ term }) {
  return h(
    Popover.Root,
    { lazyMount: true, unmountOnExit: true },
    h(
      Popover.Trigger,
      { asChild: true },
      h(
        Button,
        {
          size: "2xs",
          variant: "outline",
          borderRadius: "full",
          boxSize: 4,
          minW: 4,
          p: 0,
          ms: 1,
          fontSize: "2xs",
          color: "fg.muted",
          verticalAlign: "middle",
          "aria-label": `? What “${term.label}” means`,
        },
        "?",
      ),
    ),
    h(
      Portal,
      null,
      h(
        Popover.Positioner,
        null,
        h(
          Popover.Content,
          { width: "18rem", maxW: "calc(100vw - 1rem)", "aria-label": term.label },
          h(Popover.Body, { p: 3, fontSize: "sm" }, h(Text, null, term.text)),
        ),
      ),
    ),
  );
}

function Definitions({ title, entries }) {
  return h(
    Box,
    { as: "section" },
    h(Heading, { as: "h3", size: "sm", mb: 2 }, title),
    h(
      Stack,
      { as: "dl", gap: 2, fontSize: "sm" },
      entries.map(([key, name, text]) =>
        h(
          Box,
          { key },
          h(Box, { as: "dt", fontWeight: "semibold" }, name),
          h(Box, { as: "dd", color: "fg.muted" }, text),
        ),
      ),
    ),
  );
}

const ofTerms = (terms) =>
  Object.entries(terms).map(([key, { label, text }]) => [key, label, text]);
const ofStates = (states) =>
  Object.entries(states).map(([key, state]) => [key, h(StateBadge, state), state.help]);

/** Everything that is explained, and the button that opens it. */
export function Glossary() {
  const [open, setOpen] = React.useState(false);
  return h(
    React.Fragment,
    null,
    h(Button, { size: "xs", variant: "outline", onClick: () => setOpen(true) }, "Help"),
    open &&
      h(
        Modal,
        {
          title: "What the words and numbers mean",
          size: "lg",
          onClose: () => setOpen(false),
          footer: h(Button, { variant: "outline", onClick: () => setOpen(false) }, "Close"),
        },
        h(Definitions, { title: "Words", entries: ofTerms(WORDS) }),
        h(Definitions, { title: "Health of a pair, worst first", entries: ofStates(HEALTH) }),
        h(Definitions, { title: "States of a run", entries: ofStates(RUN_STATES) }),
        h(Definitions, { title: "Numbers", entries: ofTerms(NUMBERS) }),
        h(
          Box,
          { as: "section" },
          h(Heading, { as: "h3", size: "sm", mb: 2 }, "Keyboard shortcuts"),
          h(ShortcutList),
        ),
      ),
  );
}
