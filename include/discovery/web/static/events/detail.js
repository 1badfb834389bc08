/** One event: its values, and what each of its sources says, side by side. */

import { h, React, Chakra } from "../shared/host.js";
import { EventTime, LocalTime } from "../shared/event-time.js";
import { Fold, LongLink } from "../shared/fold.js";
import { ROLES } from "../shared/form-parts.js";
import { Loaded, TableSkeleton, TilesSkeleton } from "../shared/loading.js";
import { PageLink, useQuery } from "../shared/query.js";
import { useResource } from "../shared/resource.js";
import { Facts } from "../shared/tiles.js";
import { Time, plural } from "../shared/time.js";
import { EditEvent, Edits } from "./edits.js";
import { Said, originsOf } from "./origins.js";
import { CategoryLinks, StatusBadge, priceText } from "./parts.js";
import { Why } from "./why.js";

const { Badge, Box, Button, Heading, HStack, Stack, Table, Text } = Chakra;

function addressOf(place) {
  if (!place) {
    return null;
  }
  const town = [place.postcode, place.locality].filter(Boolean).join(" ");
  return [place.name, place.street, town, place.country].filter(Boolean).join(", ");
}

function End({ event }) {
  return event.ends_at ? h(LocalTime, { value: event.ends_at, timezone: event.timezone }) : "–";
}

/** When it was to start before it was moved. */
function Previous({ data }) {
  const { previous_start: at, previous_date: day, event } = data;
  return at ? h(LocalTime, { value: at, timezone: event.timezone }) : day;
}

/** The next occurrences of its series. */
function OtherDates({ dates }) {
  return h(
    Stack,
    { as: "ul", gap: 0.5, listStyleType: "none" },
    dates.map((date) =>
      h(
        "li",
        { key: date.id },
        h(PageLink, { to: { view: "event", event: date.id } }, h(EventTime, { event: date })),
        date.status !== "scheduled" && h(Box, { as: "span", ms: 2 }, h(StatusBadge, { event: date })),
      ),
    ),
  );
}

function when(value) {
  return value ? h(Time, { value }) : "–";
}

function list(values) {
  return values.length > 0 ? values.join(", ") : "–";
}

/**
 * What a listing says, row by row: a name, what is shown, and what is compared; where that is not
 * given, listings may differ in it without contradicting each other.
 */
const ROWS = [
  [
    "Link",
    ({ url }) => (url ? h(LongLink, { url }, url) : "–"),
  ],
  ["Title", ({ title }) => title, ({ title }) => title],
  [
    "Starts",
    (listing) => h(EventTime, { event: listing }),
    (listing) => listing.starts_at ?? listing.local_date,
  ],
  ["Ends", (listing) => h(End, { event: listing }), ({ ends_at: at }) => at],
  ["Venue", ({ venue }) => addressOf(venue) ?? "–", ({ venue }) => addressOf(venue)],
  ["Price", ({ price }) => priceText(price) ?? "–", ({ price }) => priceText(price)],
  ["Status", (listing) => h(StatusBadge, { event: listing }), ({ status }) => status],
  ["Attendance", ({ attendance }) => attendance, ({ attendance }) => attendance],
  ["Performers", ({ performers }) => list(performers)],
  ["Categories", ({ categories }) => list(categories)],
  ["Organizer", ({ organizer }) => organizer ?? "–"],
  ["Language", ({ language }) => language ?? "–"],
  [
    "Description",
    ({ description }) =>
      description ? h(Fold, { text: description, lines: 3, fontSize: "xs" }) : "–",
  ],
  [
    "Warnings",
    ({ warnings }) => (warnings.length > 0 ? warnings.map((text) => h(Box, { key: text }, text)) : "–"),
  ],
  ["First seen", ({ first_seen_at: at }) => when(at)],
  ["Last seen", ({ last_seen_at: at }) => when(at)],
  ["Content changed", ({ changed_at: at }) => when(at)],
  ["Changed, by the source", ({ source_updated_at: at }) => when(at)],
  ["Missing since", ({ missing_since: at }) => when(at)],
  ["Withdrawn", ({ withdrawn_at: at }) => when(at)],
  [
    "Id at the source",
    ({ external_id: id }) => h(Text, { as: "span", fontSize: "xs", overflowWrap: "anywhere" }, id),
  ],
];

/** Whether listings that say something about it say different things. */
function differ(listings, compared) {
  const said = listings.map(compared).filter((value) => value !== null && value !== undefined);
  return new Set(said).size > 1;
}

function SourceHead({ listing }) {
  return h(
    Stack,
    { gap: 1, minW: "13rem", maxW: "22rem" },
    listing.has_pair
      ? h(
          PageLink,
          { to: { view: "pair", city: listing.pair_city, source: listing.source } },
          listing.source_name,
        )
      : h(Text, { as: "span" }, listing.source_name),
    h(
      Text,
      { as: "span", fontSize: "xs", color: "fg.muted", fontWeight: "normal" },
      `${ROLES[listing.role]}, trust ${listing.trust}`,
    ),
    listing.withdrawn_at &&
      h(Badge, { variant: "outline", alignSelf: "start" }, "withdrawn"),
  );
}

/** The table of what each source says: a column for each listing. */
function Words({ listings }) {
  return h(
    Table.ScrollArea,
    {
      borderWidth: 1,
      borderRadius: "md",
      tabIndex: 0,
      role: "region",
      "aria-label": "What each source says",
    },
    h(
      Table.Root,
      { size: "sm" },
      h(Table.Caption, { srOnly: true }, "What each source says"),
      h(
        Table.Header,
        null,
        h(
          Table.Row,
          null,
          h(Table.ColumnHeader, { scope: "col", verticalAlign: "top" }, "Source"),
          listings.map((listing) =>
            h(
              Table.ColumnHeader,
              { key: listing.id, scope: "col", verticalAlign: "top" },
              h(SourceHead, { listing }),
            ),
          ),
        ),
      ),
      h(
        Table.Body,
        null,
        ROWS.map(([name, cell, compared]) => {
          const differs = compared && differ(listings, compared);
          return h(
            Table.Row,
            { key: name, "data-row": name },
            h(
              Table.Cell,
              { as: "th", scope: "row", verticalAlign: "top", textAlign: "start" },
              h(Text, { as: "span", fontWeight: "medium", fontSize: "sm" }, name),
              differs &&
                h(Badge, { ms: 2, colorPalette: "orange", variant: "outline" }, "differs"),
            ),
            listings.map((listing) =>
              h(
                Table.Cell,
                { key: listing.id, verticalAlign: "top", whiteSpace: "normal", maxW: "22rem" },
                cell(listing),
              ),
            ),
          );
        }),
      ),
    ),
  );
}

function Content({ data, asked }) {
  const { event, listings } = data;
  const origins = originsOf(data);
  const isShared = event.listing_count > 1;
  const said = (field, value) => h(Said, { origin: origins[field], isShared }, value);
  const [isEditing, setIsEditing] = React.useState(false);
  return h(
    Stack,
    { gap: 6, minW: 0 },
    h(
      HStack,
      { gap: 3, flexWrap: "wrap" },
      h(Heading, { as: "h2", size: "lg", overflowWrap: "anywhere" }, event.title),
      h(StatusBadge, { event }),
      data.permissions.can_edit &&
        h(
          Button,
          { size: "sm", variant: "outline", onClick: () => setIsEditing(true) },
          "Edit event",
        ),
    ),
    isEditing && h(EditEvent, { data, onClose: () => setIsEditing(false) }),
    asked !== String(event.id) &&
      h(
        Text,
        { fontSize: "sm", color: "fg.muted" },
        `Event ${asked} has become part of this one, event ${event.id}.`,
      ),
    h(Facts, {
      facts: [
        (isShared || origins.title?.edit) && ["Title", said("title", event.title)],
        ["Starts", said("start", h(EventTime, { event }))],
        data.previous_date && ["Moved from", h(Previous, { data })],
        data.other_dates.length > 0 && ["Other dates", h(OtherDates, { dates: data.other_dates })],
        event.ends_at && ["Ends", said("end", h(End, { event }))],
        ["Venue", said("venue", addressOf(data.place) ?? "not known")],
        [
          "City",
          event.city
            ? h(PageLink, { to: { view: "city", city: event.city.slug } }, event.city.name)
            : "not one of the configured cities",
        ],
        event.url && ["Link", said("url", h(LongLink, { url: event.url }, event.url))],
        event.price && ["Price", said("price", priceText(event.price))],
        ["Status", said("status", event.status.replaceAll("_", " "))],
        ["Attendance", said("attendance", event.attendance)],
        data.performers.length > 0 && ["Performers", said("performers", data.performers.join(", "))],
        event.categories.length > 0 && [
          "Categories",
          said("categories", h(CategoryLinks, { categories: event.categories })),
        ],
        data.organizer && ["Organizer", said("organizer", data.organizer)],
        data.language && ["Language", said("language", data.language)],
        data.description && [
          "Description",
          said("description", h(Fold, { text: data.description, lines: 4, maxW: "60rem" })),
        ],
        ["First found", h(Time, { value: event.created_at })],
        ["Last changed", h(Time, { value: event.updated_at })],
        event.withdrawn_at && ["Withdrawn", h(Time, { value: event.withdrawn_at })],
      ],
    }),
    h(Edits, { data }),
    h(
      Box,
      { as: "section", minW: 0 },
      h(Heading, { as: "h3", size: "md", mb: 2 }, "What each source says"),
      h(
        Text,
        { fontSize: "sm", color: "fg.muted", mb: 2 },
        `${plural(event.listing_count, "listing")}` +
          (data.truncated ? `, of which ${listings.length} are shown` : "") +
          ". The event takes each value from the first that has it: still listed, of no aggregator," +
          " of the most trusted source, changed last, the most complete.",
      ),
      h(Words, { listings }),
    ),
    h(Why, { key: event.id, event, listings }),
  );
}

export function Event() {
  const [query] = useQuery();
  const resource = useResource(`events/${encodeURIComponent(query.event ?? "")}`, () => 60);
  const skeleton = h(Stack, { gap: 4 }, h(TilesSkeleton), h(TableSkeleton));
  return h(
    Stack,
    { gap: 4, minW: 0 },
    h(
      Text,
      { fontSize: "sm" },
      h(PageLink, { to: { view: "events" }, textDecoration: "underline" }, "Events"),
      ` / ${resource.data?.event.title ?? query.event ?? ""}`,
    ),
    h(Loaded, { resource, skeleton }, (data) =>
      h(Content, { data, asked: query.event }),
    ),
  );
}
