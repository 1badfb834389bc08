/**
 * Pairs that somebody has selected in a table: the column with the checkboxes, and the bar with what
 * can be done with all of them. Pages and filters may change meanwhile: what is selected stays.
 */

import { h, React, Chakra } from "./host.js";
import { api } from "./api.js";
import { ConfirmDialog } from "./dialogs.js";
import { reloadAll } from "./resource.js";
import { RunNow } from "./run-now.js";
import { nameOf } from "./runs.js";
import { number, plural } from "./time.js";
import { say } from "./toast.js";

const { Box, Button, Checkbox, Flex, Text } = Chakra;

/** As many as the server takes at once. */
const MOST = 1000;
const NAMED = 10;

/** @type {Map<string, object>} pairs by their labels, as they were seen last */
let selected = new Map();
const listeners = new Set();

function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function publish(next) {
  selected = next;
  listeners.forEach((listener) => listener());
}

function select(pairs, isWanted) {
  const next = new Map(selected);
  for (const pair of pairs) {
    if (!isWanted) {
      next.delete(pair.label);
    } else if (next.has(pair.label) || next.size < MOST) {
      next.set(pair.label, pair);
    } else {
      say("warning", `At most ${number(MOST)} pairs can be selected at once`);
      break;
    }
  }
  publish(next);
}

function useSelected(read) {
  return React.useSyncExternalStore(subscribe, () => read(selected));
}

function Tick({ label, checked, onChange }) {
  return h(
    Checkbox.Root,
    {
      size: "sm",
      checked,
      colorPalette: "brand",
      onCheckedChange: ({ checked: isWanted }) => onChange(isWanted === true),
    },
    h(Checkbox.HiddenInput),
    h(Checkbox.Control),
    h(Checkbox.Label, { srOnly: true }, label),
  );
}

function SelectOne({ pair }) {
  const isSelected = useSelected((all) => all.has(pair.label));
  React.useEffect(() => {
    // What is done with it later has to name the version that is on the screen.
    if (isSelected && selected.get(pair.label) !== pair) {
      selected.set(pair.label, pair);
    }
  }, [pair, isSelected]);
  return h(Tick, {
    label: `Select ${pair.label}`,
    checked: isSelected,
    onChange: (isWanted) => select([pair], isWanted),
  });
}

function SelectShown({ rows }) {
  const count = useSelected((all) => rows.filter(({ label }) => all.has(label)).length);
  return h(Tick, {
    label: "Select all pairs of this page",
    checked: count === 0 ? false : count === rows.length || "indeterminate",
    onChange: (isWanted) => select(rows, isWanted),
  });
}

/** The column that selects pairs; nothing for those who could do nothing with them. */
export function selectColumn(permissions) {
  return (
    (permissions.can_edit || permissions.can_run) && {
      key: "select",
      label: "Select",
      isFixed: true,
      isInCard: true,
      heading: (rows) => h(SelectShown, { rows }),
      cell: (pair) => h(SelectOne, { pair }),
    }
  );
}

const seen = ({ city, source, version }) => ({ city, source, version });

function sayWhatChanged(enabled, { switched, refused }, undo) {
  const word = enabled ? "enabled" : "disabled";
  const title =
    switched.length === 0
      ? `No pair had to be ${word}`
      : `${plural(switched.length, "pair")} ${switched.length === 1 ? "is" : "are"} ${word}`;
  const left = refused.map(({ detail }) => detail).join("; ");
  say(
    refused.length > 0 ? "warning" : "success",
    title,
    left ? `Left as they are: ${left}.` : undefined,
    { undo: switched.length > 0 ? undo : undefined },
  );
}

/** Enable or disable pairs; what was changed can be put back. */
async function switchPairs(pairs, enabled) {
  const answer = await api.put("pairs/switches", { enabled, pairs: pairs.map(seen) });
  sayWhatChanged(enabled, answer, async () => {
    try {
      const back = { enabled: !enabled, pairs: answer.switched };
      sayWhatChanged(!enabled, await api.put("pairs/switches", back));
    } catch (error) {
      say("error", "The pairs were not changed back", error.message);
    }
    await reloadAll();
  });
  await reloadAll();
}

function ConfirmSwitch({ pairs, enabled, onClose }) {
  const verb = enabled ? "Enable" : "Disable";
  const rest = pairs.length - NAMED;
  return h(
    ConfirmDialog,
    {
      title: `${verb} ${plural(pairs.length, "pair")}?`,
      confirm: verb,
      danger: false,
      action: () => switchPairs(pairs, enabled),
      onClose,
    },
    h(
      Text,
      null,
      enabled
        ? "The next scheduled runs take them, if their cities and sources are enabled, too."
        : "Runs leave them out. What they have brought stays.",
    ),
    h(
      Text,
      { fontSize: "sm", color: "fg.muted", overflowWrap: "anywhere" },
      pairs
        .slice(0, NAMED)
        .map(({ label }) => label)
        .join(", "),
      rest > 0 && ` and ${number(rest)} more`,
    ),
  );
}

function Buttons({ permissions, open }) {
  const button = (label, what) =>
    h(Button, { key: what, size: "xs", variant: "outline", onClick: () => open(what) }, label);
  return [
    permissions.can_run && button("Run now", "run"),
    permissions.can_edit && button("Enable", "enable"),
    permissions.can_edit && button("Disable", "disable"),
  ];
}

/** Selects what passes the filters, on whatever page it is. */
function SelectAll({ total, readAll }) {
  const [busy, setBusy] = React.useState(false);
  const selectAll = async () => {
    setBusy(true);
    try {
      select((await readAll()).pairs, true);
    } catch (error) {
      say("error", "The other pairs could not be read", error.message);
    }
    setBusy(false);
  };
  return h(
    Button,
    { size: "xs", variant: "ghost", loading: busy, onClick: selectAll },
    `Select all ${plural(total, "pair")}`,
  );
}

/**
 * What can be done with all selected pairs, above their table; on a phone at the end of the screen.
 * @param {{permissions: object, total: number, readAll: () => Promise<{pairs: object[]}>}} props so many
 *   pairs pass the filters; these are read when all are to be selected
 */
export function SelectionBar({ permissions, total, readAll }) {
  const all = useSelected((found) => found);
  const [dialog, setDialog] = React.useState(null);
  React.useEffect(() => () => publish(new Map()), []);
  const pairs = [...all.values()];
  const close = () => setDialog(null);
  if (pairs.length === 0 && dialog === null) {
    return null;
  }
  return h(
    Box,
    {
      as: "section",
      "aria-label": "Selected pairs",
      position: { base: "fixed", md: "static" },
      bottom: 0,
      insetInline: 0,
      zIndex: "docked",
      borderTopWidth: { base: 1, md: 0 },
      bg: { base: "bg.panel", md: "transparent" },
      p: { base: 2, md: 0 },
    },
    h(
      Flex,
      { align: "center", gap: 2, flexWrap: "wrap" },
      h(
        Text,
        { role: "status", fontWeight: "semibold", fontSize: "sm", px: 1 },
        `${plural(pairs.length, "pair")} selected`,
      ),
      pairs.length < Math.min(total, MOST) && h(SelectAll, { total, readAll }),
      h(Buttons, { permissions, open: setDialog }),
      h(
        Button,
        { size: "xs", variant: "ghost", onClick: () => publish(new Map()) },
        "Clear selection",
      ),
    ),
    dialog === "run" &&
      h(RunNow, {
        what: pairs.length === 1 ? pairs[0].label : plural(pairs.length, "pair"),
        pairs: pairs.map(nameOf),
        onClose: close,
      }),
    (dialog === "enable" || dialog === "disable") &&
      h(ConfirmSwitch, { pairs, enabled: dialog === "enable", onClose: close }),
  );
}
