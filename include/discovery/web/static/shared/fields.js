/** One field of a form: label, control, help, and the error beside it. */

import { h, Chakra } from "./host.js";
import { Fold } from "./fold.js";
import { inWords, toText } from "./schema.js";

const { Box, Field, Input, NativeSelect, Text, Textarea } = Chakra;

/**
 * A labelled choice; the first option is what stands for "nothing chosen". A value that is no option,
 * as from an old link, is shown as it is.
 */
export function Select({ label, value, onChange, options, empty, hideLabel = false, ...rest }) {
  const isKnown = value === "" || options.some(([key]) => key === value);
  return h(
    Field.Root,
    { width: "auto", ...rest },
    h(Field.Label, { srOnly: hideLabel }, label),
    h(
      NativeSelect.Root,
      { size: "sm" },
      h(
        NativeSelect.Field,
        { value, onChange: (event) => onChange(event.currentTarget.value) },
        empty !== undefined && h("option", { value: "" }, empty),
        options.map(([key, text]) => h("option", { key, value: key }, text)),
        !isKnown && h("option", { value }, `${value} (unknown)`),
      ),
      h(NativeSelect.Indicator),
    ),
  );
}

function control(field, { text, onChange, placeholder, isFirst }) {
  const common = {
    value: text,
    onChange: (event) => onChange(event.currentTarget.value),
    autoFocus: isFirst,
    "data-autofocus": isFirst || undefined,
  };
  switch (field.kind) {
    case "choice":
      return h(
        NativeSelect.Root,
        { size: "sm", disabled: field.readOnly },
        h(
          NativeSelect.Field,
          common,
          !field.isSet && h("option", { value: "" }, placeholder),
          field.options.map((option) => {
            const key = toText(field, option);
            return h("option", { key, value: key }, field.names?.[key] ?? inWords(option));
          }),
        ),
        h(NativeSelect.Indicator),
      );
    case "lines":
    case "prose":
    case "json":
      return h(Textarea, {
        ...common,
        size: "sm",
        rows: 3,
        placeholder,
        fontFamily: field.kind === "json" ? "mono" : undefined,
        spellCheck: false,
      });
    default:
      return h(Input, {
        ...common,
        size: "sm",
        type: field.kind === "date" ? "date" : undefined,
        placeholder,
        readOnly: field.readOnly,
        inputMode: { integer: "numeric", number: "decimal" }[field.kind],
        spellCheck: false,
        autoComplete: "off",
      });
  }
}

function hint(field) {
  const range =
    field.min !== undefined && field.max !== undefined
      ? `${field.min} to ${field.max}.`
      : field.min !== undefined
        ? `From ${field.min}.`
        : field.above !== undefined
          ? `More than ${field.above}${field.max === undefined ? "" : `, at most ${field.max}`}.`
          : null;
  const form = { lines: "One per line.", json: "As JSON." }[field.kind];
  return [field.help, range, form].filter(Boolean).join(" ");
}

/**
 * @param {{field: object, text: string, onChange: (text: string) => void, error?: string,
 *   inherited?: {value: unknown, from: string}, isFirst?: boolean}} props `isFirst`: the one to begin
 *   with; a field may say by `empty` what it shows while it is empty
 */
export function SchemaField({ field, text, onChange, error, inherited, isFirst = false }) {
  const source = inherited ?? { value: field.fallback, from: "default" };
  const isGiven = inherited !== undefined || field.fallback !== undefined;
  const placeholder = isGiven ? `${inWords(source.value)} (${source.from})` : (field.empty ?? "");
  const help = hint(field);
  return h(
    Field.Root,
    {
      invalid: Boolean(error),
      required: field.required && !isGiven,
      minW: 0,
      "data-field": field.path ?? field.name,
    },
    h(Field.Label, null, field.label, h(Field.RequiredIndicator)),
    control(field, { text, onChange, placeholder, isFirst }),
    error && h(
        Field.ErrorText,
        { as: "div", display: "block", color: "failed.fg", minW: 0, width: "100%" },
        h(Fold, { text: error, lines: 4 }),
      ),
    help && h(Field.HelperText, null, help),
  );
}

/** A group of fields under a heading. */
export function FieldGroup({ legend, note, children }) {
  return h(
    Box,
    { as: "fieldset", minW: 0 },
    legend && h(Text, { as: "legend", fontWeight: "semibold", mb: 2 }, legend),
    note && h(Text, { fontSize: "sm", color: "fg.muted", mb: 2 }, note),
    h(
      Box,
      {
        display: "grid",
        gap: 4,
        gridTemplateColumns: { base: "1fr", md: "1fr 1fr" },
        alignItems: "start",
      },
      children,
    ),
  );
}
