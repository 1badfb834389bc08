/** The form that adds and changes a city. */

import { h } from "../shared/host.js";
import { api } from "../shared/api.js";
import { Editor } from "../shared/editor.js";
import { SLUG, YES_NO } from "../shared/form-parts.js";
import { useOpen } from "../shared/query.js";
import { slugFor } from "../shared/slugs.js";
import { CitySearch } from "./search.js";

function zoneFault(name) {
  try {
    Intl.DateTimeFormat("en", { timeZone: name });
  } catch {
    return "There is no such time zone. It is written as Europe/Warsaw.";
  }
  return undefined;
}

/** Add a city, and go on with it on its own page; or change one. */
export function EditCity({ city, countries = [], onClose }) {
  const isNew = city === undefined;
  const open = useOpen();
  const known = countries.map(({ code }) => code).join(", ");
  const fields = [
    { path: "name", label: "Name", kind: "text", required: true, isSet: true },
    isNew && SLUG,
    {
      path: "country",
      label: "Country code",
      kind: "text",
      required: true,
      isSet: true,
      clean: (text) => text.toUpperCase(),
      check: (code) => (/^[A-Z]{2}$/.test(code) ? undefined : "Two letters, such as PL for Poland."),
      help: `Two letters, such as PL for Poland.${known ? ` In use: ${known}.` : ""}`,
    },
    {
      path: "country_name",
      label: "Country name",
      kind: "text",
      help: "For the first city of a country only.",
    },
    {
      path: "timezone",
      label: "Time zone",
      kind: "text",
      required: true,
      isSet: true,
      check: zoneFault,
      help: "Such as Europe/Warsaw.",
    },
    {
      path: "latitude",
      label: "Latitude",
      kind: "number",
      min: -90,
      max: 90,
      required: true,
      isSet: true,
    },
    {
      path: "longitude",
      label: "Longitude",
      kind: "number",
      min: -180,
      max: 180,
      required: true,
      isSet: true,
    },
    {
      path: "radius_km",
      label: "Radius (km)",
      kind: "number",
      above: 0,
      max: 500,
      required: true,
      isSet: true,
      help: "How far around it still counts.",
    },
    {
      path: "alternate_names",
      label: "Other names",
      kind: "lines",
      help: "Names it goes by in feeds.",
    },
    { path: "enabled", label: "Enabled", help: "Whether runs include its sources.", ...YES_NO },
  ].filter(Boolean);
  return h(Editor, {
    title: isNew ? "Add a city" : `Edit ${city.name}`,
    initial: city ? { ...city, country_name: undefined } : { radius_km: 30, enabled: true },
    version: city?.version,
    submitLabel: isNew ? "Add" : "Save",
    sections: () => [{ fields }],
    before: isNew ? CitySearch : undefined,
    propose: isNew ? ({ name = "" }) => ({ slug: slugFor(name) }) : undefined,
    save: (body) =>
      isNew ? api.post("cities", body) : api.put(`cities/${encodeURIComponent(city.slug)}`, body),
    next: isNew ? () => "Nothing is read for it until it has a source." : undefined,
    done: isNew ? "The city is added" : `${city.name} is saved`,
    onClose,
    onSaved: isNew ? ({ slug }) => open({ view: "city", city: slug }) : onClose,
  });
}
