/** 'Run now': triggers the DAG for some cities and sources, with its other parameters. */

import { h, React, Chakra } from "./host.js";
import { Modal } from "./dialogs.js";
import { FieldGroup, SchemaField } from "./fields.js";
import { reloadAll } from "./resource.js";
import { startRun } from "./runs.js";
import { fromText } from "./schema.js";
import { ErrorPanel } from "./loading.js";
import { WORDS } from "./terms.js";
import { number } from "./time.js";
import { say } from "./toast.js";

const { Button, Text } = Chakra;

const YES_NO = { kind: "choice", options: [true, false], isSet: true };
const FIELDS = [
  {
    path: "limit",
    label: "Limit",
    kind: "integer",
    min: 1,
    help: `${WORDS.limit.text} Empty: no limit.`,
  },
  {
    path: "force",
    label: "Force",
    help: WORDS.force.text,
    ...YES_NO,
  },
  {
    path: "dry_run",
    label: "Dry run",
    help: WORDS.dry_run.text,
    ...YES_NO,
  },
];
const WITHDRAW_MISSING = {
  path: "withdraw_missing",
  label: "Withdraw missing",
  help:
    "Withdraw at once everything that the source no longer lists, however much it is. Choose it " +
    "only after you have checked the source.",
  ...YES_NO,
};

const NAMED = 10;

/** The pairs that somebody has chosen, so that nobody starts more than they mean. */
function Chosen({ pairs }) {
  const rest = pairs.length - NAMED;
  return h(
    Text,
    { fontSize: "sm", overflowWrap: "anywhere" },
    pairs.slice(0, NAMED).join(", "),
    rest > 0 && ` and ${number(rest)} more`,
  );
}

/**
 * @param {{
 *   what: string, cities?: string[], sources?: string[], pairs?: string[], force?: boolean,
 *   onClose: () => void, onStarted?: () => void,
 * }} props empty lists mean all; `pairs`, as "krakow/ticketmaster", stand for themselves; `force` is
 *   what is chosen at first
 */
export function RunNow({
  what,
  cities = [],
  sources = [],
  pairs = [],
  force = true,
  onClose,
  onStarted,
}) {
  const fields = sources.length > 0 ? [...FIELDS, WITHDRAW_MISSING] : FIELDS;
  const [texts, setTexts] = React.useState({
    limit: "",
    force: String(force),
    dry_run: "false",
    withdraw_missing: "false",
  });
  const [faults, setFaults] = React.useState({});
  const [failure, setFailure] = React.useState(null);
  const [busy, setBusy] = React.useState(false);
  const submit = async () => {
    const read = fields.map((field) => [field.path, fromText(field, texts[field.path])]);
    const found = Object.fromEntries(
      read.filter(([, { fault }]) => fault).map(([path, { fault }]) => [path, fault]),
    );
    setFaults(found);
    if (Object.keys(found).length > 0) {
      return;
    }
    const conf = Object.fromEntries(read.map(([path, { value }]) => [path, value ?? null]));
    setBusy(true);
    setFailure(null);
    try {
      await startRun({ cities, sources, pairs }, conf);
      say("success", "A run is triggered", `${what}. It starts when no other run is on.`);
      onStarted?.();
      onClose();
      reloadAll();
    } catch (error) {
      setFailure(error);
      setBusy(false);
    }
  };
  return h(
    Modal,
    {
      title: `Run now: ${what}`,
      onClose,
      onSubmit: submit,
      footer: [
        h(Button, { key: "no", type: "button", variant: "outline", onClick: onClose }, "Cancel"),
        h(Button, { key: "yes", type: "submit", colorPalette: "brand", loading: busy }, "Run now"),
      ],
    },
    failure && h(ErrorPanel, { title: "The run was not triggered" }, failure.message),
    h(
      Text,
      { fontSize: "sm", color: "fg.muted" },
      "Triggers the DAG city_discovery. Disabled cities, sources and pairs are left out.",
    ),
    pairs.length > 1 && h(Chosen, { pairs }),
    h(
      FieldGroup,
      {},
      fields.map((field, index) =>
        h(SchemaField, {
          key: field.path,
          field,
          text: texts[field.path],
          onChange: (text) => setTexts((current) => ({ ...current, [field.path]: text })),
          error: faults[field.path],
          inherited: field.path === "limit" ? { value: "none", from: "all events" } : undefined,
          isFirst: index === 0,
        }),
      ),
    ),
  );
}
