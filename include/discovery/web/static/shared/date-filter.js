/** A day to look from or to. */

import { h, Chakra } from "./host.js";

const { Field, Input } = Chakra;

export function DateFilter({ label, value, onChange, width }) {
  return h(
    Field.Root,
    { width },
    h(Field.Label, null, label),
    h(Input, {
      size: "sm",
      type: "date",
      value,
      onChange: (event) => onChange(event.currentTarget.value),
    }),
  );
}
