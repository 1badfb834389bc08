/** What people say of an event in place of its sources: the form, and the list of what holds. */

import { h, React, Chakra } from "../shared/host.js";
import { ApiError, api } from "../shared/api.js";
import { Editor } from "../shared/editor.js";
import { Time, instant } from "../shared/time.js";

const { Box, Button, Heading, HStack, Text } = Chakra;

const STATUSES = [
  "scheduled", "tentative", "rescheduled", "postponed", "cancelled", "moved_online",
];
const ATTENDANCES = ["offline", "online", "mixed"];

const REASON = {
  path: "reason",
  label: "Reason",
  kind: "text",
  required: true,
  isSet: true,
  help: "Why; it is shown with the values and kept in the log of changes.",
};

/** What is edited together → its value as the API takes it, made of what the form says. */
const VALUES = {
  title: ({ title }) => title,
  time: ({ date, time, ends, timezone }) => ({
    local_date: date ?? null,
    local_time: time ?? null,
    ends_local: ends?.replace(" ", "T") ?? null,
    timezone,
  }),
  venue: ({ venue_name, venue_street, venue_postcode, venue_locality, venue_country }) =>
    venue_name || venue_street
      ? {
          name: venue_name ?? null,
          street: venue_street ?? null,
          postcode: venue_postcode ?? null,
          locality: venue_locality ?? null,
          country: venue_country ?? null,
        }
      : null,
  status: ({ status }) => status,
  attendance: ({ attendance }) => attendance,
  performers: ({ performers }) => performers ?? [],
  categories: ({ categories }) => categories ?? [],
  organizer: ({ organizer }) => organizer ?? null,
  url: ({ url }) => url ?? null,
  image_url: ({ image_url }) => image_url ?? null,
  language: ({ language }) => language ?? null,
  description: ({ description }) => description ?? null,
  price: ({ price_min, price_max, price_currency, price_is_free, price_text }) => {
    const price = {
      min: price_min ?? null,
      max: price_max ?? null,
      currency: price_currency ?? null,
      is_free: price_is_free ?? null,
      text: price_text ?? null,
    };
    return Object.values(price).every((part) => part === null) ? null : price;
  },
};

const IN_FORM = { local_date: "date", local_time: "time", ends_local: "ends", timezone: "timezone" };

/** Which field of the form a fault of the API is about. */
function fieldOf([first, group, part]) {
  if (first !== "values") {
    return first;
  }
  if (group === "time") {
    return IN_FORM[part] ?? "date";
  }
  if (group === "venue" || group === "price") {
    return `${group}_${part ?? (group === "venue" ? "name" : "min")}`;
  }
  return group ?? "reason";
}

async function send(event, body) {
  try {
    return await api.put(`events/${event.id}/edits`, body);
  } catch (error) {
    const errors = error.body?.errors?.map((each) => ({ ...each, path: [fieldOf(each.path)] }));
    throw errors ? new ApiError(error.status, error.message, { ...error.body, errors }) : error;
  }
}

function withoutEmpty(values) {
  return Object.fromEntries(
    Object.entries(values).filter(
      ([, value]) => value !== null && value !== undefined && value !== "" && value.length !== 0,
    ),
  );
}

/** An event as the form holds it: times on the clock of its place. */
function valuesOf(data) {
  const { event, place } = data;
  const local = (at) => (at ? instant(at, event.timezone).text : undefined);
  return withoutEmpty({
    title: event.title,
    date: event.local_date,
    time: local(event.starts_at)?.slice(11),
    ends: local(event.ends_at),
    timezone: event.timezone,
    venue_name: place?.name,
    venue_street: place?.street,
    venue_postcode: place?.postcode,
    venue_locality: place?.locality,
    venue_country: place?.country,
    status: event.status,
    attendance: event.attendance,
    performers: data.performers,
    categories: event.categories,
    organizer: data.organizer,
    url: event.url,
    image_url: data.image_url,
    language: data.language,
    description: data.description,
    price_min: event.price?.min,
    price_max: event.price?.max,
    price_currency: event.price?.currency,
    price_is_free: event.price?.is_free,
    price_text: event.price?.text,
  });
}

function changed(before, after) {
  return Object.fromEntries(
    Object.entries(VALUES)
      .map(([name, value]) => [name, value(after), value(before)])
      .filter(([, now, then]) => JSON.stringify(now) !== JSON.stringify(then))
      .map(([name, now]) => [name, now]),
  );
}

function sections() {
  const text = (path, label, more = {}) => ({ path, label, kind: "text", ...more });
  const needed = { required: true, isSet: true };
  const choice = (path, label, options) => ({
    path,
    label,
    kind: "choice",
    isSet: true,
    options,
    names: Object.fromEntries(options.map((each) => [each, each.replaceAll("_", " ")])),
  });
  return [
    {
      note:
        "What you change wins over what the sources say, now and later, until it is taken back." +
        " What you leave as it is stays with them.",
      fields: [
        REASON,
        text("title", "Title", needed),
        choice("status", "Status", STATUSES),
        choice("attendance", "Attendance", ATTENDANCES),
      ],
    },
    {
      legend: "When",
      note: "On the clock of the place.",
      fields: [
        text("date", "Date", { help: "Such as 2026-12-24." }),
        text("time", "Hour", { help: "Such as 19:30. Empty: not known." }),
        text("ends", "End", { help: "Such as 2026-12-24 22:00. Empty: not known." }),
        text("timezone", "Time zone", { ...needed, help: "Such as Europe/Warsaw." }),
      ],
    },
    {
      legend: "Where",
      note: "A venue of the same name, town and country is that venue: its known address stays.",
      fields: [
        text("venue_name", "Venue"),
        text("venue_street", "Street and number"),
        text("venue_postcode", "Postcode"),
        text("venue_locality", "Town"),
        text("venue_country", "Country", { help: "Two letters, such as PL." }),
      ],
    },
    {
      legend: "What it costs",
      fields: [
        text("price_min", "Lowest price"),
        text("price_max", "Highest price"),
        text("price_currency", "Currency", { help: "Such as PLN." }),
        { path: "price_is_free", label: "Free", kind: "choice", options: [true, false] },
        text("price_text", "In words"),
      ],
    },
    {
      legend: "More",
      fields: [
        { path: "performers", label: "Performers", kind: "lines" },
        { path: "categories", label: "Categories", kind: "lines" },
        text("organizer", "Organizer"),
        text("url", "Link", { help: "An http or https address." }),
        text("image_url", "Picture", { help: "An http or https address." }),
        text("language", "Language", { help: "Such as pl or en-GB." }),
        { path: "description", label: "Description", kind: "prose" },
      ],
    },
  ];
}

/** The form that edits an event. */
export function EditEvent({ data, onClose }) {
  const before = valuesOf(data);
  return h(Editor, {
    title: `Edit ${data.event.title}`,
    initial: before,
    sections,
    save: ({ reason, ...after }) => send(data.event, { reason, values: changed(before, after) }),
    done: "The event is edited",
    onClose,
  });
}

/** The form that leaves a field to the sources again. */
function TakeBack({ event, field, onClose }) {
  return h(Editor, {
    title: `Take back the ${field} of ${event.title}`,
    initial: {},
    submitLabel: "Take back",
    sections: () => [{ note: "The event says again what its sources say.", fields: [REASON] }],
    save: ({ reason }) => send(event, { reason, take_back: [field] }),
    done: "The sources have their word again",
    onClose,
  });
}

const NAMES = { url: "link", image_url: "picture" };

/** What people say of the event in place of its sources, with who, when and why. */
export function Edits({ data }) {
  const [field, setField] = React.useState(null);
  const edited = data.fields.filter(({ edit }) => edit !== null);
  if (edited.length === 0) {
    return null;
  }
  return h(
    Box,
    { as: "section", minW: 0, fontSize: "sm" },
    h(Heading, { as: "h3", size: "md", mb: 2 }, "Edited here"),
    h(
      Box,
      { as: "ul", ps: 0, display: "grid", gap: 1 },
      edited.map(({ field: name, edit }) =>
        h(
          HStack,
          { key: name, as: "li", listStyleType: "none", gap: 3, flexWrap: "wrap", "data-edit": name },
          h(Text, { as: "span", fontWeight: "medium", minW: "7rem" }, NAMES[name] ?? name),
          h(Text, { as: "span", overflowWrap: "anywhere" }, `${edit.by}: ${edit.reason}`),
          h(Box, { as: "span", color: "fg.muted" }, h(Time, { value: edit.at })),
          data.permissions.can_edit &&
            h(
              Button,
              {
                size: "xs",
                variant: "outline",
                "aria-label": `Take back the ${NAMES[name] ?? name}`,
                onClick: () => setField(name),
              },
              "Take back",
            ),
        ),
      ),
    ),
    field && h(TakeBack, { event: data.event, field, onClose: () => setField(null) }),
  );
}
