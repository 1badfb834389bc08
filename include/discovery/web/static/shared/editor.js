/** The dialog behind every form: fields, errors beside them, and the case that two people edit. */

import { h, React, Chakra } from "./host.js";
import { ConfirmDialog, Modal } from "./dialogs.js";
import { FieldGroup, SchemaField } from "./fields.js";
import { Fold } from "./fold.js";
import { NEEDED, takenFault } from "./form-parts.js";
import { reloadAll } from "./resource.js";
import { fromText, inWords, toText } from "./schema.js";
import { ErrorPanel } from "./loading.js";
import { instant, useTimeZone } from "./time.js";
import { say } from "./toast.js";

const { Box, Button, HStack, Table } = Chakra;

function at(values, path) {
  return path.split(".").reduce((inner, key) => inner?.[key], values);
}

function textsOf(sections, values) {
  return Object.fromEntries(
    sections.flatMap(({ fields }) =>
      fields.map((field) => [field.path, toText(field, at(values, field.path))]),
    ),
  );
}

/** What the form says: the body to send, and what is wrong with it as far as the browser can tell. */
function read(sections, texts, initial) {
  const body = {};
  const faults = {};
  const paths = new Set(sections.flatMap(({ fields }) => fields.map(({ path }) => path)));
  const kept = Object.entries(initial.settings ?? {}).filter(
    ([key]) => !paths.has(`settings.${key}`),
  );
  for (const field of sections.flatMap(({ fields }) => fields)) {
    const text = texts[field.path] ?? "";
    const read = fromText(field, field.clean ? field.clean(text) : text);
    const { value } = read;
    const fault = read.fault ?? (value === undefined ? undefined : field.check?.(value));
    if (fault) {
      faults[field.path] = fault;
    } else if (value === undefined && field.isSet && field.required) {
      faults[field.path] = NEEDED;
    } else if (value !== undefined) {
      const [first, second] = field.path.split(".");
      if (second === undefined) {
        body[first] = value;
      } else {
        body[first] = { ...body[first], [second]: value };
      }
    }
  }
  if ("settings" in initial || [...paths].some((path) => path.startsWith("settings."))) {
    body.settings = { ...Object.fromEntries(kept), ...body.settings };
  }
  return { body, faults };
}

/** What another field makes of a change, unless somebody has filled it in differently. */
function withProposals(before, after, propose) {
  const [old, proposed] = [propose(before), propose(after)];
  const open = Object.keys(proposed).filter(
    (path) => (after[path] ?? "") === (before[path] ?? "") && (before[path] ?? "") === old[path],
  );
  return { ...after, ...Object.fromEntries(open.map((path) => [path, proposed[path]])) };
}

const VALUE = { whiteSpace: "normal", minW: 0 };

function ConflictPanel({ error, sections, texts, onTake, onKeep }) {
  const zone = useTimeZone();
  const { current, changed_by: by, changed_at: when } = error.body;
  const title =
    error.body.reason === "changed"
      ? "Somebody else saved first; nothing was overwritten"
      : error.message;
  const differences = current
    ? sections
        .flatMap(({ fields }) => fields)
        .filter((field) => toText(field, at(current, field.path)) !== (texts[field.path] ?? ""))
    : [];
  return h(
    ErrorPanel,
    { title, status: "warning" },
    by && h(Box, null, `Saved by ${by}${when ? `, ${instant(when, zone).text}` : ""}.`),
    current === null &&
      error.body.reason === "changed" &&
      h(Box, null, "It does not exist any more."),
    differences.length > 0 &&
      h(
        Table.Root,
        { size: "sm", my: 2 },
        h(
          Table.Header,
          null,
          h(
            Table.Row,
            null,
            ["Field", "Now", "Yours"].map((text) =>
              h(Table.ColumnHeader, { key: text, scope: "col" }, text),
            ),
          ),
        ),
        h(
          Table.Body,
          null,
          differences.map((field) =>
            h(
              Table.Row,
              { key: field.path },
              h(Table.Cell, { as: "th", scope: "row", textAlign: "start" }, field.label),
              h(Table.Cell, VALUE, h(Fold, { text: inWords(at(current, field.path)) })),
              h(Table.Cell, VALUE, h(Fold, { text: texts[field.path] || "none" })),
            ),
          ),
        ),
      ),
    current &&
      h(
        HStack,
        { gap: 2, flexWrap: "wrap" },
        h(Button, { size: "xs", variant: "outline", onClick: onTake }, "Load the current values"),
        error.body.reason === "changed" &&
          h(Button, { size: "xs", variant: "outline", onClick: onKeep }, "Save mine instead"),
      ),
  );
}

/**
 * @param {{
 *   title: string, initial: object, version?: number, submitLabel?: string,
 *   sections: (texts: Record<string, string>) => {legend?: string, note?: string, fields: object[]}[],
 *   save: (body: object) => Promise<object>, done: string, onClose: () => void,
 *   next?: (body: object) => object, onSaved?: (body: object) => void, needed?: string[],
 *   before?: React.ComponentType, propose?: (texts: object) => Record<string, string>,
 * }} props every field has a `path` ("settings.url"); one with `isSet` cannot be left to a default;
 *   `next` says below `done` where to go on; `needed` are paths that are asked for from the beginning;
 *   `before` stands above the fields and may `fill` them; `propose` says what fields may hold that
 *   nobody has filled in
 */
export function Editor({
  title,
  initial,
  version,
  submitLabel = "Save",
  sections,
  save,
  done,
  next,
  onClose,
  onSaved = onClose,
  needed = [],
  before,
  propose = () => ({}),
}) {
  const [base, setBase] = React.useState({ values: initial, version });
  const [texts, setTexts] = React.useState(() => {
    const first = textsOf(sections({}), initial);
    return { ...first, ...textsOf(sections(first), initial) };
  });
  const [faults, setFaults] = React.useState(() =>
    Object.fromEntries(needed.map((path) => [path, NEEDED])),
  );
  const [failure, setFailure] = React.useState(null);
  const [busy, setBusy] = React.useState(false);
  const [isLeaving, setIsLeaving] = React.useState(false);
  const [untouched, setUntouched] = React.useState(texts);
  const submitButton = React.useRef(null);
  const shown = sections(texts);
  const known = new Set(shown.flatMap(({ fields }) => fields.map(({ path }) => path)));

  const change = (changed) =>
    setTexts((current) => withProposals(current, { ...current, ...changed }, propose));
  const fill = (values) => {
    const fields = shown.flatMap((section) => section.fields);
    const given = fields.filter(({ path }) => at(values, path) !== undefined);
    change(Object.fromEntries(given.map((field) => [field.path, toText(field, at(values, field.path))])));
    setFaults({});
    submitButton.current?.focus();
  };
  const leave = () =>
    Object.keys(texts).some((path) => (texts[path] ?? "") !== (untouched[path] ?? ""))
      ? setIsLeaving(true)
      : onClose();

  const submit = async (seen = base.version) => {
    const { body, faults: found } = read(shown, texts, base.values);
    setFaults(found);
    setFailure(null);
    if (Object.keys(found).length > 0) {
      return;
    }
    setBusy(true);
    try {
      const { warnings = [] } = await save(
        seen === undefined ? body : { ...body, version: seen },
      );
      if (warnings.length > 0) {
        say("warning", done, warnings.join(" "));
      } else {
        say("success", done, next?.(body));
      }
      onSaved(body);
      reloadAll();
    } catch (error) {
      const isTaken = known.has("slug") && error.body?.reason === "exists";
      setFaults(isTaken ? { slug: takenFault(error) } : (error.fields ?? {}));
      setFailure(isTaken ? null : error);
      setBusy(false);
    }
  };
  const takeCurrent = () => {
    const { current } = failure.body;
    setBase({ values: current, version: current.version });
    const loaded = textsOf(sections(textsOf(shown, current)), current);
    setTexts(loaded);
    setUntouched(loaded);
    setFailure(null);
    setFaults({});
  };
  const keepMine = () => {
    const { version: current } = failure.body.current;
    setBase({ ...base, version: current });
    submit(current);
  };
  // The form is long: what is wrong has to come into sight.
  React.useEffect(() => {
    const [first] = Object.keys(faults).filter((path) => known.has(path));
    if (first) {
      document
        .querySelector(`[data-field="${first}"]`)
        ?.querySelector("input, select, textarea")
        ?.focus();
    }
  }, [faults]);
  const elsewhere = Object.entries(faults).filter(([path]) => !known.has(path));

  return h(
    Modal,
    {
      title,
      size: "lg",
      onClose: leave,
      onSubmit: () => submit(),
      footer: [
        h(Button, { key: "no", variant: "outline", type: "button", onClick: onClose }, "Cancel"),
        h(
          Button,
          { key: "yes", ref: submitButton, type: "submit", colorPalette: "brand", loading: busy },
          submitLabel,
        ),
      ],
    },
    failure?.status === 409 &&
      h(ConflictPanel, { error: failure, sections: shown, texts, onTake: takeCurrent, onKeep: keepMine }),
    failure &&
      failure.status !== 409 &&
      h(
        ErrorPanel,
        { title: failure.status === 422 ? "Some values are not accepted" : failure.message },
        elsewhere.map(([path, message]) =>
          h(Box, { key: path }, path ? `${path}: ${message}` : message),
        ),
      ),
    before && h(before, { fill }),
    shown.map(({ legend, note, fields }, index) =>
      h(
        FieldGroup,
        { key: legend ?? index, legend, note },
        fields.map((field, place) =>
          h(SchemaField, {
            key: field.path,
            field,
            text: texts[field.path] ?? "",
            onChange: (text) => change({ [field.path]: text }),
            error: faults[field.path],
            inherited: field.inherited,
            isFirst:
              needed.length > 0 ? field.path === needed[0] : !before && index + place === 0,
          }),
        ),
      ),
    ),
    isLeaving &&
      h(
        ConfirmDialog,
        {
          title: "Leave without saving?",
          confirm: "Leave",
          action: async () => onClose(),
          onClose: () => setIsLeaving(false),
        },
        "What you have typed into this form is lost.",
      ),
  );
}
