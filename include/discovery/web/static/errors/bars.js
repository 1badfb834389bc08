/** How often a failure came on each day, as small bars. */

import { h, Chakra } from "../shared/host.js";
import { number, plural } from "../shared/time.js";

const { Box } = Chakra;

const [WIDTH, HEIGHT] = [8, 24];

/** @param {{days: {day: string, count: number}[]}} props oldest first, days without any included */
export function Bars({ days }) {
  const highest = Math.max(1, ...days.map(({ count }) => count));
  const hit = days.filter(({ count }) => count > 0);
  const top = days.find(({ count }) => count === highest);
  const words = `On ${hit.length} of ${plural(days.length, "day")}, most on ${top?.day}: ${number(highest)}`;
  return h(
    Box,
    { mt: 2 },
    h(
      "svg",
      {
        viewBox: `0 0 ${days.length * WIDTH} ${HEIGHT}`,
        width: days.length * WIDTH,
        height: HEIGHT,
        role: "img",
        "aria-label": words,
        style: { maxWidth: "100%" },
      },
      h("title", null, words),
      days.map(({ day, count }, index) =>
        h(
          "g",
          { key: day },
          h("title", null, `${day}: ${number(count)}`),
          h("rect", { x: index * WIDTH, y: 0, width: WIDTH, height: HEIGHT, fill: "transparent" }),
          h("rect", {
            x: index * WIDTH + 1,
            y: HEIGHT - Math.max(1, (count / highest) * HEIGHT),
            width: WIDTH - 2,
            height: Math.max(1, (count / highest) * HEIGHT),
            fill: `var(--chakra-colors-${count > 0 ? "failed-solid" : "border"})`,
          }),
        ),
      ),
    ),
  );
}
