/** Events that a source calls cancelled and others do not: a person says whether they are on. */

import { h, React, Chakra } from "../shared/host.js";
import { api } from "../shared/api.js";
import { EventTime } from "../shared/event-time.js";
import { PageLink } from "../shared/query.js";
import { reloadAll } from "../shared/resource.js";
import { say } from "../shared/toast.js";
import { plural } from "../shared/time.js";

const { Box, Button, Flex, Heading, Stack, Text } = Chakra;

const REASON = "reviewed: sources disagree on whether it is cancelled";

function Cancellation({ event, canEdit }) {
  const [busy, setBusy] = React.useState(false);
  const decide = async (status) => {
    setBusy(true);
    try {
      await api.put(`events/${event.id}/edits`, { values: { status }, reason: REASON });
      say("success", `“${event.title}” is ${status.replaceAll("_", " ")}`);
    } catch (error) {
      say("error", "Nothing was changed", error.message);
    }
    setBusy(false);
    reloadAll();
  };
  return h(
    Flex,
    { as: "li", gap: 3, flexWrap: "wrap", align: "center", borderTopWidth: 1, py: 2, minW: 0 },
    h(
      Box,
      { flex: "1 1 20rem", minW: 0, fontSize: "sm", overflowWrap: "anywhere" },
      h(PageLink, { to: { view: "event", event: event.id }, fontWeight: "semibold" }, event.title),
      h(Text, { as: "span", ms: 2 }, h(EventTime, { event })),
      h(
        Text,
        { color: "fg.muted" },
        `cancelled: ${event.cancelled_by.join(", ")}`,
        event.listed_by.length > 0 &&
          `; ${event.status.replaceAll("_", " ")}: ${event.listed_by.join(", ")}`,
      ),
    ),
    canEdit &&
      h(
        Button,
        { size: "xs", variant: "surface", disabled: busy, onClick: () => decide("cancelled") },
        "It is cancelled",
      ),
    canEdit &&
      h(
        Button,
        { size: "xs", variant: "outline", disabled: busy, onClick: () => decide(event.status) },
        "It is not",
      ),
  );
}

/** @param {{data: {cancellations: object[], permissions: object}}} props; nothing if there are none */
export function Cancellations({ data }) {
  if (data.cancellations.length === 0) {
    return null;
  }
  return h(
    Stack,
    { as: "section", "aria-label": "Cancelled or not", gap: 1, minW: 0 },
    h(Heading, { as: "h3", size: "sm" }, "Cancelled or not"),
    h(
      Text,
      { fontSize: "sm", color: "fg.muted" },
      `Sources disagree about ${plural(data.cancellations.length, "event")}.`,
    ),
    h(
      Box,
      { as: "ul", listStyleType: "none" },
      data.cancellations.map((event) =>
        h(Cancellation, { key: event.id, event, canEdit: data.permissions.can_edit }),
      ),
    ),
  );
}
