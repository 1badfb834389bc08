/** Rejected items: which they are, where they stand, and what they hold. */

import { h, Chakra } from "./host.js";
import { LongLink } from "./fold.js";

const { Box, Code, Stack } = Chakra;

/** @param {{samples: {item: string, detail?: string, id?: string, url?: string, excerpt?: string}[]}} props */
export function Samples({ samples }) {
  return h(
    Stack,
    { as: "ul", gap: 2, mt: 2, ps: 4 },
    samples.map(({ item, detail, id, url, excerpt }, index) =>
      h(
        Box,
        { as: "li", key: index, overflowWrap: "anywhere" },
        h(Code, null, item),
        detail ? ` ${detail}` : null,
        id && !item.includes(id) ? h(Box, { fontSize: "xs", color: "fg.muted" }, `id ${id}`) : null,
        url ? h(LongLink, { url, fontSize: "xs" }, url) : null,
        excerpt &&
          h(
            Box,
            {
              as: "pre",
              fontSize: "xs",
              color: "fg.muted",
              whiteSpace: "pre-wrap",
              borderStartWidth: 2,
              ps: 2,
              mt: 1,
            },
            excerpt,
          ),
      ),
    ),
  );
}
