/** How parts of an event are shown, in the list and on its own page. */

import { h, React, Chakra } from "../shared/host.js";
import { PageLink } from "../shared/query.js";

const { Badge } = Chakra;

const PALETTES = {
  scheduled: "green",
  tentative: "gray",
  rescheduled: "blue",
  moved_online: "blue",
  postponed: "orange",
  cancelled: "red",
};

/** Whether it takes place; what no source lists any more says that first. */
export function StatusBadge({ event }) {
  if (event.withdrawn_at) {
    return h(
      Badge,
      { variant: "outline", title: "No source lists it any more. That does not mean cancelled." },
      "withdrawn",
    );
  }
  return h(
    Badge,
    { variant: "surface", colorPalette: PALETTES[event.status] },
    event.status.replaceAll("_", " "),
  );
}

/** A price as "20.00–60.00 PLN", "free", or in the source's own words. */
export function priceText(price) {
  if (!price) {
    return null;
  }
  const { min, max, currency, is_free: isFree, text } = price;
  if (min === null && max === null) {
    return isFree ? "free" : text;
  }
  const range = min === max || max === null ? min : `${min ?? "up to "}${min ? "–" : ""}${max}`;
  return [range, currency].filter(Boolean).join(" ");
}

/** Links to what the list finds of each source of an event. */
export function SourceLinks({ sources }) {
  return sources.map(({ slug, name }, index) =>
    h(
      React.Fragment,
      { key: slug },
      index > 0 && ", ",
      h(PageLink, { to: { view: "events", source: slug } }, name),
    ),
  );
}

/** Links to what the list finds of each category. */
export function CategoryLinks({ categories }) {
  return categories.map((category, index) =>
    h(
      React.Fragment,
      { key: category },
      index > 0 && ", ",
      h(PageLink, { to: { view: "events", category } }, category),
    ),
  );
}
