/** One question of the review: two listings side by side, and what speaks for and against. */

import { h, React, Chakra } from "../shared/host.js";
import { EventTime, LocalTime } from "../shared/event-time.js";
import { Findings, pointsText } from "../shared/findings.js";
import { Fold } from "../shared/fold.js";
import { OutLink, PageLink } from "../shared/query.js";
import { plural } from "../shared/time.js";

const { Badge, Box, Stack, Text } = Chakra;

function placeText(venue) {
  if (!venue) {
    return null;
  }
  const town = [venue.postcode, venue.locality].filter(Boolean).join(" ");
  return [venue.name, venue.street, town].filter(Boolean).join(", ");
}

/** What is compared, row by row: a name, what is shown, and what differs. Empty rows are left out. */
const ROWS = [
  ["Title", ({ title }) => h(Text, { as: "span", fontWeight: "semibold" }, title), ({ title }) => title],
  [
    "Starts",
    (listing) => h(EventTime, { event: listing }),
    (listing) => listing.starts_at ?? listing.local_date,
  ],
  [
    "Ends",
    ({ ends_at: at, timezone }) => at && h(LocalTime, { value: at, timezone }),
    ({ ends_at: at }) => at,
  ],
  ["Venue", ({ venue }) => placeText(venue), ({ venue }) => placeText(venue)],
  ["Status", ({ status }) => status.replaceAll("_", " "), ({ status }) => status],
  ["Performers", ({ performers }) => performers.join(", ")],
  ["Organizer", ({ organizer }) => organizer],
  [
    "Description",
    ({ description }) => description && h(Fold, { text: description, lines: 4, fontSize: "xs" }),
  ],
  ["Link", ({ url }) => url && h(OutLink, { url, overflowWrap: "anywhere", fontSize: "xs" }, url)],
  [
    "Event",
    ({ event, listing_count: count }) =>
      h(
        React.Fragment,
        null,
        h(PageLink, { to: { view: "event", event } }, `event ${event}`),
        count > 1 && `, ${plural(count, "listing")}`,
      ),
  ],
];

function Cell({ role = "cell", children, ...rest }) {
  return h(Box, { role, minW: 0, overflowWrap: "anywhere", py: 1.5, ...rest }, children);
}

/** A row of the comparison; on a phone its name stands above both sides. */
function Row({ name, cells, differs = false, isHead = false }) {
  return h(
    Box,
    { role: "row", display: "contents", "data-row": name },
    h(
      Cell,
      {
        role: isHead ? "columnheader" : "rowheader",
        gridColumn: { base: "1 / -1", md: "auto" },
        color: "fg.muted",
        fontSize: { base: "xs", md: "sm" },
        borderTopWidth: isHead ? 0 : 1,
        pb: { base: 0, md: 1.5 },
      },
      name,
      differs &&
        h(Badge, { ms: 2, size: "xs", colorPalette: "orange", variant: "outline" }, "differs"),
    ),
    cells.map((cell, index) =>
      h(
        Cell,
        {
          key: index,
          role: isHead ? "columnheader" : "cell",
          borderTopWidth: { base: 0, md: isHead ? 0 : 1 },
        },
        cell ?? h(Text, { as: "span", color: "fg.muted" }, "–"),
      ),
    ),
  );
}

function SourceHead({ listing }) {
  const { source, city } = listing;
  return h(
    React.Fragment,
    null,
    h(
      PageLink,
      { to: { view: "source", source: source.slug }, fontWeight: "semibold" },
      source.name,
    ),
    city && h(Text, { as: "span", color: "fg.muted", fontSize: "xs", ms: 2 }, city.name),
  );
}

/** @param {{question: object, sameFrom: number}} props */
export function Question({ question, sameFrom }) {
  const sides = [question.first, question.second];
  return h(
    Stack,
    { gap: 4, minW: 0 },
    h(
      Box,
      {
        role: "table",
        "aria-label": "The two listings",
        display: "grid",
        gridTemplateColumns: { base: "1fr 1fr", md: "9rem 1fr 1fr" },
        columnGap: 4,
        fontSize: "sm",
      },
      h(Row, {
        name: "Source",
        isHead: true,
        cells: sides.map((listing) => h(SourceHead, { listing })),
      }),
      ROWS.map(([name, cell, compared]) => {
        const cells = sides.map(cell).map((value) => value || null);
        if (cells.every((value) => value === null)) {
          return null;
        }
        const [one, other] = compared ? sides.map(compared) : [];
        return h(Row, { key: name, name, cells, differs: Boolean(one && other) && one !== other });
      }),
    ),
    h(
      Stack,
      { gap: 2, borderTopWidth: 1, pt: 3 },
      h(
        Text,
        { fontSize: "sm" },
        h("b", null, pointsText(question)),
        h(
          Text,
          { as: "span", color: "fg.muted" },
          question.points >= sameFrom
            ? `: enough points, but for this doubt a person is asked`
            : `: ${sameFrom} make one event without a question`,
        ),
      ),
      h(Findings, { findings: question.findings }),
    ),
  );
}
