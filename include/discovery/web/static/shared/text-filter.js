/** A filter that is typed. */

import { h, React, Chakra } from "./host.js";

const { Field, Input } = Chakra;

/** A text that is asked for when typing pauses; what else is given goes to its input. */
export function TextFilter({ label, width, value, onChange, ...rest }) {
  const [text, setText] = React.useState(value);
  const sent = React.useRef(value);
  // Back undoes the filter, and not its letters one by one.
  const isOngoing = React.useRef(false);
  React.useEffect(() => {
    // Changed elsewhere, as by "Clear filters" or Back.
    if (value !== sent.current) {
      sent.current = value;
      setText(value);
    }
  }, [value]);
  React.useEffect(() => {
    const timer = setTimeout(() => {
      if (text !== sent.current) {
        sent.current = text;
        onChange(text, { replace: isOngoing.current });
        isOngoing.current = true;
      }
    }, 200);
    return () => clearTimeout(timer);
  }, [text]);
  return h(
    Field.Root,
    { width },
    h(Field.Label, null, label),
    h(Input, {
      size: "sm",
      type: "search",
      ...rest,
      value: text,
      onChange: (event) => setText(event.currentTarget.value),
      onBlur: () => {
        isOngoing.current = false;
      },
    }),
  );
}
