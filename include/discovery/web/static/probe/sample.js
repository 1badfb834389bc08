/** What a proposal's sample shows: how complete it is, its first events, what was repaired. */

import { h, Chakra } from "../shared/host.js";
import { OutLink } from "../shared/query.js";
import { instant, number } from "../shared/time.js";

const { Badge, Box, Table, Text } = Chakra;

const MEASURES = [
  ["time", "Time"],
  ["venue", "Venue"],
  ["coordinates", "Coordinates"],
  ["price", "Price"],
  ["image", "Image"],
];

function shareInWords(share, read) {
  return `${number(Math.round(share * read))} of ${number(read)} (${Math.round(100 * share)} %)`;
}

/** How many events have each detail: in words, and as bars. */
export function Quality({ quality, read }) {
  return h(
    Box,
    {
      as: "dl",
      display: "grid",
      gap: 3,
      gridTemplateColumns: "repeat(auto-fit, minmax(7rem, 1fr))",
      fontSize: "sm",
    },
    MEASURES.map(([name, label]) =>
      h(
        Box,
        { key: name, "data-quality": name },
        h(Box, { as: "dt" }, label),
        h(
          Box,
          { as: "dd", fontVariantNumeric: "tabular-nums" },
          h(
            Box,
            { "aria-hidden": true, bg: "bg.emphasized", borderRadius: "full", h: 1.5, my: 1 },
            h(Box, {
              bg: "brand.solid",
              borderRadius: "full",
              h: "full",
              style: { width: `${100 * quality[name]}%` },
            }),
          ),
          h(Text, { fontSize: "xs", color: "fg.muted" }, shareInWords(quality[name], read)),
        ),
      ),
    ),
  );
}

/** When an event is, by the clocks of its own zone; in UTC where the browser does not know that. */
function whenOf(event) {
  if (!event.starts_at) {
    return { text: event.local_date ?? "no date", note: event.local_date && "time not known" };
  }
  try {
    return { text: instant(event.starts_at, event.timezone).text, note: event.timezone };
  } catch {
    return { text: instant(event.starts_at, "UTC").text, note: "UTC" };
  }
}

function priceOf(price) {
  if (!price) {
    return "–";
  }
  if (price.is_free) {
    return "free";
  }
  const amounts = [...new Set([price.min, price.max].filter((each) => each !== null))];
  const range = amounts.length > 0 && `${amounts.join("–")} ${price.currency ?? ""}`.trim();
  return range || price.text || "–";
}

function venueOf({ venue, attendance }) {
  return (
    venue?.name ?? venue?.street ?? venue?.locality ?? (attendance === "online" ? "online" : "–")
  );
}

function EventRow({ event }) {
  const { text, note } = whenOf(event);
  return h(
    Table.Row,
    null,
    h(
      Table.Cell,
      { verticalAlign: "top" },
      h("time", { dateTime: event.starts_at ?? undefined, style: { whiteSpace: "nowrap" } }, text),
      note && h(Text, { fontSize: "xs", color: "fg.muted" }, note),
    ),
    h(
      Table.Cell,
      {
        as: "th",
        scope: "row",
        fontWeight: "normal",
        textAlign: "start",
        verticalAlign: "top",
        whiteSpace: "normal",
        minW: "12rem",
      },
      h(OutLink, { url: event.url, overflowWrap: "anywhere" }, event.title),
      event.status !== "scheduled" &&
        h(Badge, { ms: 2, size: "sm", variant: "outline" }, event.status.replaceAll("_", " ")),
    ),
    h(
      Table.Cell,
      { verticalAlign: "top", whiteSpace: "normal", overflowWrap: "anywhere", minW: "8rem" },
      venueOf(event),
    ),
    h(Table.Cell, { verticalAlign: "top", overflowWrap: "anywhere" }, priceOf(event.price)),
  );
}

/** The first events of a sample. */
export function SampleEvents({ events, caption }) {
  return h(
    Table.ScrollArea,
    { borderWidth: 1, borderRadius: "md", tabIndex: 0, role: "region", "aria-label": caption },
    h(
      Table.Root,
      { size: "sm" },
      h(Table.Caption, { srOnly: true }, caption),
      h(
        Table.Header,
        null,
        h(
          Table.Row,
          null,
          ["When", "Title", "Venue", "Price"].map((text) =>
            h(Table.ColumnHeader, { key: text, scope: "col" }, text),
          ),
        ),
      ),
      h(
        Table.Body,
        null,
        events.map((event, index) => h(EventRow, { key: index, event })),
      ),
    ),
  );
}
