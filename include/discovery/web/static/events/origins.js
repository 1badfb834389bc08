/** From whom an event has each of its values, and what of it was assumed. */

import { h, Chakra } from "../shared/host.js";

const { Badge, Box, Text } = Chakra;

/** What of an event is said by whom: field → its origin. */
export function originsOf({ fields }) {
  return Object.fromEntries(fields.map((origin) => [origin.field, origin]));
}

/**
 * A value of an event and where it is from. The source is named only if the event has several: else
 * it goes without saying.
 */
export function Said({ origin, isShared, children }) {
  return h(
    Box,
    { "data-said": origin?.field },
    children,
    origin?.source &&
      isShared &&
      h(
        Text,
        { as: "span", fontSize: "xs", color: "fg.muted", ms: 2 },
        `from ${origin.source.name}`,
      ),
    origin?.edit &&
      h(
        Badge,
        { ms: 2, colorPalette: "brand", variant: "outline", title: origin.edit.reason },
        `edited by ${origin.edit.by}`,
      ),
    origin?.is_assumed &&
      h(
        Badge,
        {
          ms: 2,
          colorPalette: "orange",
          variant: "outline",
          title: "It was assumed or repaired in reading the source. Its warnings say why.",
        },
        "assumed",
      ),
  );
}
