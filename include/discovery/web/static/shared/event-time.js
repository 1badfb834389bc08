/** When an event is: on the clock of its own place, with the zone named. */

import { h, Chakra } from "./host.js";
import { instant, useTimeZone } from "./time.js";

const { Box, Text } = Chakra;

/** An instant in a zone; in UTC where the browser does not know the zone. */
function inZone(iso, zone) {
  try {
    return { ...instant(iso, zone), zone };
  } catch {
    return { ...instant(iso, "UTC"), zone: "UTC" };
  }
}

function Zone({ children }) {
  return h(Text, { as: "span", color: "fg.muted", fontSize: "xs", ms: 1 }, children);
}

/** A start or an end, "2026-12-24 19:00 Europe/Warsaw"; the user's own time is in its tooltip. */
export function LocalTime({ value, timezone }) {
  const own = useTimeZone();
  const { text, utc, zone } = inZone(value, timezone);
  const elsewhere = zone === own ? "" : `${instant(value, own).text} ${own}\n`;
  return h(
    "time",
    { dateTime: value, title: `${elsewhere}${utc}` },
    h("span", { style: { whiteSpace: "nowrap" } }, text),
    h(Zone, null, zone),
  );
}

/** When an event or a listing starts, as far as that is known. */
export function EventTime({ event }) {
  if (event.starts_at) {
    return h(LocalTime, { value: event.starts_at, timezone: event.timezone });
  }
  if (!event.local_date) {
    return h(Text, { as: "span", color: "fg.muted" }, "no date");
  }
  return h(
    Box,
    { as: "span" },
    h("span", { style: { whiteSpace: "nowrap" } }, event.local_date),
    h(Zone, null, "time not known"),
  );
}
