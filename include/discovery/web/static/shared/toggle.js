/** Switches that enable and disable cities, sources and pairs. */

import { h, React, Chakra } from "./host.js";
import { api } from "./api.js";
import { reloadAll } from "./resource.js";
import { say } from "./toast.js";

const { HStack, Switch, Text } = Chakra;

/** Undo a switch, unless somebody has changed something since. */
async function putBack(path, enabled, version, name) {
  try {
    await api.put(path, { enabled, version });
    say("success", `${name} is ${enabled ? "enabled" : "disabled"} again`);
  } catch (error) {
    say("error", `${name} was not changed back`, error.message);
  }
  await reloadAll();
}

/** A function that enables or disables something, and says when that is refused. */
function useSwitch(path, version, name) {
  const [busy, setBusy] = React.useState(false);
  const flip = async (enabled) => {
    setBusy(true);
    try {
      const saved = await api.put(path, { enabled, version });
      say("success", `${name} is ${enabled ? "enabled" : "disabled"}`, undefined, {
        undo: saved.changed ? () => putBack(path, !enabled, saved.version, name) : undefined,
      });
    } catch (error) {
      say("error", `${name} was not changed`, error.message);
    }
    await reloadAll();
    setBusy(false);
  };
  return [flip, busy];
}

/** A switch that says what it switches, to everybody. */
export function Toggle({ path, version, name, label, enabled, canEdit, hideLabel = false }) {
  const [flip, busy] = useSwitch(path, version, name);
  return h(
    Switch.Root,
    {
      size: "sm",
      checked: enabled,
      disabled: !canEdit || busy,
      colorPalette: "brand",
      title: canEdit ? undefined : "You may not change this",
      onCheckedChange: ({ checked }) => flip(checked),
    },
    h(Switch.HiddenInput),
    h(Switch.Control, null, h(Switch.Thumb)),
    h(Switch.Label, { srOnly: hideLabel }, label),
  );
}

/** The switch of a table's row, with its state as a word. */
export function RowToggle({ path, entity, name, canEdit }) {
  const { enabled, version } = entity;
  return h(
    HStack,
    { gap: 2 },
    h(Toggle, { path, version, name, label: `Enable ${name}`, hideLabel: true, enabled, canEdit }),
    h(Text, { fontSize: "xs" }, enabled ? "on" : "off"),
  );
}
