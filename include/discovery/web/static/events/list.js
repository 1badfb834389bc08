/** The list of events: found by what the URL asks for, a page at a time. */

import { h, React, Chakra } from "../shared/host.js";
import { withQuery } from "../shared/api.js";
import { EventTime } from "../shared/event-time.js";
import { Empty, Loaded, TableSkeleton } from "../shared/loading.js";
import { PageLink, useQuery } from "../shared/query.js";
import { useResource } from "../shared/resource.js";
import { DataTable } from "../shared/table.js";
import { Time, number, plural } from "../shared/time.js";
import { FilterBar, useFilters } from "./filters.js";
import { CategoryLinks, SourceLinks, StatusBadge, priceText } from "./parts.js";

const { Box, Button, Flex, Heading, Stack, Text } = Chakra;

const FEW = 3;

/** The columns have no order to choose: it is that of all pages, and the filters say which. */
const COLUMNS = [
  {
    key: "when",
    label: "When",
    help: "On the clock of the event's own place",
    cell: (event) => h(Box, { minW: "9rem" }, h(EventTime, { event })),
  },
  {
    key: "title",
    label: "Event",
    isHeader: true,
    cell: (event) =>
      h(
        Box,
        { minW: "12rem", maxW: "24rem", overflowWrap: "anywhere" },
        h(PageLink, { to: { view: "event", event: event.id } }, event.title),
        event.categories.length > 0 &&
          h(
            Text,
            { as: "div", fontSize: "xs", color: "fg.muted" },
            h(CategoryLinks, { categories: event.categories.slice(0, FEW) }),
          ),
      ),
  },
  {
    key: "venue",
    label: "Venue",
    cell: (event) => h(Box, { minW: "8rem", maxW: "16rem" }, event.venue ?? "–"),
  },
  {
    key: "city",
    label: "City",
    cell: ({ city }) =>
      city ? h(PageLink, { to: { view: "city", city: city.slug } }, city.name) : "–",
  },
  { key: "status", label: "Status", cell: (event) => h(StatusBadge, { event }) },
  { key: "price", label: "Price", cell: ({ price }) => priceText(price) ?? "–" },
  {
    key: "sources",
    label: "Sources",
    cell: ({ sources }) =>
      h(Box, { minW: "8rem", maxW: "16rem", fontSize: "sm" }, h(SourceLinks, { sources })),
  },
  {
    key: "listings",
    label: "Listings",
    numeric: true,
    help: "How many records of sources are this one event",
    cell: (event) => number(event.listing_count),
  },
  {
    key: "changed",
    label: "Changed",
    help: "When it was added or last changed",
    cell: (event) => h(Time, { value: event.updated_at, relative: "narrow" }),
  },
];

function Nothing({ filters, clear }) {
  if (Object.keys(filters).length > 0) {
    return h(
      Empty,
      {
        title: "No event matches",
        action: h(Button, { size: "sm", variant: "outline", onClick: clear }, "Clear filters"),
      },
      "Words are found by their beginnings, in title, performers and venue. " +
        "Unless When says otherwise, only upcoming events are looked through.",
    );
  }
  return h(
    Empty,
    { title: "There are no upcoming events" },
    "They appear when a run has brought some: ",
    h(PageLink, { to: {} }, "the overview"),
    " tells how the pairs are doing.",
  );
}

function Pages({ count, next }) {
  const [query, change] = useQuery();
  return h(
    Flex,
    { as: "nav", "aria-label": "Pages of the list", gap: 2, align: "center", justify: "flex-end" },
    h(
      Text,
      { fontSize: "sm", color: "fg.muted", role: "status", "data-testid": "shown" },
      `${plural(count, "event")}${next ? ", and more" : query.after ? ", the last" : ""}`,
    ),
    query.after &&
      h(
        Button,
        { size: "xs", variant: "outline", onClick: () => change({ after: null }) },
        "First page",
      ),
    next &&
      h(
        Button,
        { size: "xs", variant: "outline", onClick: () => change({ after: next }) },
        "Next page",
      ),
  );
}

/** The newest answer; while another is on its way, the one before, which then is not for `path`. */
function useLatest(resource, path) {
  const latest = React.useRef(null);
  if (resource.data) {
    latest.current = { data: resource.data, path };
  }
  const isWaiting = resource.data === null && resource.error === null && latest.current !== null;
  return isWaiting
    ? { resource: { ...resource, data: latest.current.data }, isWaiting }
    : { resource, isWaiting };
}

export function Events() {
  const { filters, set, clear, question } = useFilters();
  const path = withQuery("events", question);
  const { resource, isWaiting } = useLatest(
    useResource(path, () => 60),
    path,
  );
  const choices = React.useRef({ cities: [], sources: [] });
  if (resource.data) {
    choices.current = resource.data;
  }
  const { cities, sources } = choices.current;
  return h(
    Stack,
    { gap: 4, minW: 0 },
    h(Heading, { as: "h2", size: "lg" }, "Events"),
    h(FilterBar, { filters, set, clear, cities, sources }),
    h(Loaded, { resource, skeleton: h(TableSkeleton) }, (data) =>
      h(
        Stack,
        { gap: 2, minW: 0, "aria-busy": isWaiting, opacity: isWaiting ? 0.6 : 1 },
        data.events.length === 0
          ? h(Nothing, { filters, clear })
          : [
              h(DataTable, {
                key: "table",
                caption: "Events",
                rows: data.events,
                rowKey: ({ id }) => String(id),
                columns: COLUMNS,
              }),
              h(Pages, { key: "pages", count: data.events.length, next: data.next }),
            ],
      ),
    ),
  );
}
