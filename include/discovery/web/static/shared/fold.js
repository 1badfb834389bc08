/** Text of which only the beginning is shown until somebody wants the rest. */

import { h, React, Chakra } from "./host.js";
import { OutLink } from "./query.js";

const { Box, Button, Code, HStack, Text } = Chakra;

/** What to do for an element whose size has changed: one observer for the whole page. */
const measures = new Map();
const observer =
  globalThis.ResizeObserver &&
  new ResizeObserver((entries) => entries.forEach(({ target }) => measures.get(target)?.()));

/** Whether an element shows less of its text than there is. */
function useIsCut(box, text) {
  const [isCut, setIsCut] = React.useState(false);
  React.useLayoutEffect(() => {
    const element = box.current;
    const measure = () => setIsCut(element.scrollHeight > element.clientHeight + 1);
    measure();
    measures.set(element, measure);
    observer?.observe(element);
    return () => {
      observer?.unobserve(element);
      measures.delete(element);
    };
  }, [text]);
  return isCut;
}

/** The first lines of a text, and the rest on demand; `children` follow it. */
export function Fold({ text, lines = 2, children, ...rest }) {
  const [open, setOpen] = React.useState(false);
  const box = React.useRef(null);
  const isCut = useIsCut(box, text);
  return h(
    Box,
    { minW: 0, ...rest },
    h(
      Text,
      {
        ref: box,
        lineClamp: open ? undefined : lines,
        overflowWrap: "anywhere",
        whiteSpace: "pre-wrap",
      },
      text,
    ),
    h(
      HStack,
      { gap: 3 },
      (isCut || open) &&
        h(
          Button,
          {
            size: "2xs",
            variant: "plain",
            px: 0,
            height: "auto",
            color: "fg.info",
            "aria-expanded": open,
            onClick: () => setOpen(!open),
          },
          open ? "Show less" : "Show all",
        ),
      children,
    ),
  );
}

/** A link out of which only the beginning is shown where its text is long. */
export function LongLink({ url, children, ...rest }) {
  return h(Fold, { text: h(OutLink, { url }, children), ...rest });
}

/** A value as code, of which only the beginning is shown where it is long. */
export function LongCode({ children, ...rest }) {
  return h(Fold, { text: h(Code, { size: "sm", display: "inline", whiteSpace: "pre-wrap" }, children), ...rest });
}
