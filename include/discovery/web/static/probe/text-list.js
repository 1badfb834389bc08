/** Lists of sentences from outside. */

import { h, Chakra } from "../shared/host.js";
import { number } from "../shared/time.js";

const { Box, Stack } = Chakra;

function Items({ texts, ...rest }) {
  return h(
    Stack,
    { as: "ul", gap: 1, ps: 4, fontSize: "sm", listStyleType: "disc", ...rest },
    texts.map((text, index) => h(Box, { as: "li", key: index, overflowWrap: "anywhere" }, text)),
  );
}

/** Texts below each other; what is beyond the first few is folded. */
export function TextList({ texts, most = 8 }) {
  const rest = texts.slice(most);
  return h(
    Box,
    { minW: 0 },
    h(Items, { texts: texts.slice(0, most) }),
    rest.length > 0 && h(FoldedList, { title: `${number(rest.length)} more`, texts: rest, mt: 2 }),
  );
}

/** Texts that are shown when somebody asks for them. */
export function FoldedList({ title, texts, ...rest }) {
  return h(
    Box,
    { as: "details", borderWidth: 1, borderRadius: "md", p: 2, fontSize: "sm", ...rest },
    h(Box, { as: "summary", cursor: "pointer" }, title),
    h(Items, { texts, mt: 2 }),
  );
}
