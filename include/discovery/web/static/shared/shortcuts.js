/** Keyboard shortcuts: one key each, never while somebody is typing, and only if they are wanted. */

import { h, React, Chakra } from "./host.js";
import { Modal } from "./dialogs.js";

const { Box, Button, Kbd, Stack, Switch, Text } = Chakra;

const KEY = "discovery.shortcuts";

/** What each key does, as the help lists it. */
export const SHORTCUTS = [
  ["/", "Go to the search of this view"],
  ["r", "Read everything on this view again"],
  ["s", "Among questions: the same"],
  ["d", "Among questions: not the same"],
  ["n", "Among questions: skip, go to the next"],
  ["p", "Among questions: back to the one before"],
  ["u", "Among questions: undo the last decision"],
  ["?", "Show this list"],
  ["Alt+T", "Go to the messages, for example to undo something"],
  ["Esc", "Close a dialog; it asks before typed text is lost"],
];

function areOn() {
  return localStorage.getItem(KEY) !== "off";
}

/** Whether a key is held down, or meant for what has the focus or for a dialog that is open. */
function isTaken({ target, ctrlKey, metaKey, altKey, repeat, defaultPrevented }) {
  return (
    defaultPrevented ||
    repeat ||
    ctrlKey ||
    metaKey ||
    altKey ||
    target.isContentEditable ||
    target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select") !== null ||
    document.querySelector("[role=dialog], [role=alertdialog]") !== null
  );
}

/** The search field of the view; where the filters are folded away they are opened first. */
function goToSearch() {
  const find = () => document.querySelector("main input[type=search]");
  if (find() === null) {
    document.querySelector("main [data-opens-search]")?.click();
  }
  requestAnimationFrame(() => find()?.focus());
}

/** @param {{refresh: () => void, showHelp: () => void}} actions what the keys do on every view */
export function useShortcuts({ refresh, showHelp }) {
  useKeys({ "/": goToSearch, r: refresh, "?": showHelp });
}

/**
 * Let keys do something while this is on the screen.
 * @param {Record<string, () => void>} wanted what each key does
 */
export function useKeys(wanted) {
  const actions = React.useRef(null);
  actions.current = wanted;
  React.useEffect(() => {
    const press = (event) => {
      if (areOn() && Object.hasOwn(actions.current, event.key) && !isTaken(event)) {
        event.preventDefault();
        actions.current[event.key]();
      }
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
}

/** The list of the keys. */
export function ShortcutList() {
  return h(
    Stack,
    { as: "dl", gap: 2, fontSize: "sm" },
    SHORTCUTS.map(([key, text]) =>
      h(
        Box,
        { key, display: "grid", gridTemplateColumns: "5rem 1fr", gap: 3, alignItems: "center" },
        h(Box, { as: "dt" }, h(Kbd, null, key)),
        h(Box, { as: "dd" }, text),
      ),
    ),
  );
}

/** The dialog that "?" opens: the keys, and the switch for those whom they disturb. */
export function ShortcutHelp({ onClose }) {
  const [on, setOn] = React.useState(areOn());
  const set = (isWanted) => {
    localStorage.setItem(KEY, isWanted ? "on" : "off");
    setOn(isWanted);
  };
  return h(
    Modal,
    {
      title: "Keyboard shortcuts",
      onClose,
      footer: h(Button, { variant: "outline", onClick: onClose }, "Close"),
    },
    h(ShortcutList),
    h(
      Switch.Root,
      {
        size: "sm",
        checked: on,
        colorPalette: "brand",
        onCheckedChange: ({ checked }) => set(checked),
      },
      h(Switch.HiddenInput),
      h(Switch.Control, null, h(Switch.Thumb)),
      h(Switch.Label, null, "Shortcuts of a single key"),
    ),
    h(
      Text,
      { fontSize: "sm", color: "fg.muted" },
      "Switch them off if they disturb, for example with speech input. This list stays under Help.",
    ),
  );
}
