/** A number beside the name of a view: how much waits there. */

import { h, Chakra } from "./host.js";

const { Badge } = Chakra;

/** @param {{text: string, title: string}} props what is shown, and what it means */
export function CountBadge({ text, title }) {
  return h(
    Badge,
    { ms: 1.5, size: "xs", colorPalette: "orange", variant: "surface", title },
    text,
  );
}
