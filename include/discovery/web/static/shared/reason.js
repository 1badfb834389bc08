/** The field for why somebody decides something. */

import { h, Chakra } from "./host.js";

const { Field, Input } = Chakra;

/** @param {{value: string, onChange: (text: string) => void}} props */
export function Reason({ value, onChange }) {
  return h(
    Field.Root,
    { required: true },
    h(Field.Label, null, "Reason", h(Field.RequiredIndicator)),
    h(Input, {
      size: "sm",
      value,
      maxLength: 500,
      autoComplete: "off",
      onChange: (event) => onChange(event.currentTarget.value),
    }),
    h(Field.HelperText, null, "Kept with the decision, which no rule overrides."),
  );
}
