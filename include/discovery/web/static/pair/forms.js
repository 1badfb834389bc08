/** The forms of pairs: a source is added to a city, changed there, and removed. */

import { h } from "../shared/host.js";
import { api, withQuery } from "../shared/api.js";
import { Editor } from "../shared/editor.js";
import { YES_NO, pairSettings } from "../shared/form-parts.js";
import { RemoveDialog } from "../shared/remove.js";
import { useResource } from "../shared/resource.js";
import { WORDS } from "../shared/terms.js";

const PAIR_FIELDS = [
  { path: "enabled", label: "Enabled", help: WORDS.enabled.text, ...YES_NO },
  {
    path: "frequency_hours",
    label: "Every (hours)",
    kind: "integer",
    min: 1,
    max: 744,
    isSet: true,
    required: true,
    help: WORDS.schedule.text,
  },
  {
    path: "priority",
    label: "Priority",
    kind: "integer",
    min: 0,
    max: 100,
    isSet: true,
    required: true,
    help: WORDS.priority.text,
  },
];

const NEW_PAIR = { enabled: true, frequency_hours: 24, priority: 50, settings: {} };

/** The query that names a pair. */
export function pairPath(path, pair, more = {}) {
  return withQuery(path, { source: pair.source, city: pair.city, ...more });
}

/** Change the pair of a row. */
export function EditPair({ pair, onClose }) {
  const { data } = useResource("sources");
  if (data === null) {
    return null;
  }
  const source = data.sources.find(({ slug }) => slug === pair.source);
  const connector = data.connectors.find(({ kind }) => kind === pair.kind);
  return h(Editor, {
    title: `Edit ${pair.label}`,
    initial: pair,
    version: pair.version,
    sections: () => [{ fields: PAIR_FIELDS }, pairSettings(connector, source?.settings)],
    save: (body) => api.put(pairPath("pairs", pair), body),
    done: `${pair.label} is saved`,
    onClose,
  });
}

/** Remove the pair of a row, with what it brought. */
export function RemovePair({ pair, onClose, onDone }) {
  return h(RemoveDialog, {
    what: pair.label,
    pathOf: (part) => pairPath(`pairs${part}`, pair),
    onClose,
    onDone,
  });
}

/** Add a source to one more city; one of a wider scope gets its only pair, without a city. */
export function AddPairOfSource({ source, connectors, onClose }) {
  const { data } = useResource("cities");
  if (data === null) {
    return null;
  }
  const isOfCity = source.scope === "city";
  const choices = data.cities.filter(({ sources }) =>
    sources.every(({ slug }) => slug !== source.slug),
  );
  const choice = {
    path: "city",
    label: "City",
    kind: "choice",
    isSet: true,
    required: true,
    options: choices.map(({ slug }) => slug),
    names: Object.fromEntries(choices.map(({ slug, name }) => [slug, `${name} (${slug})`])),
  };
  const note = !isOfCity
    ? "One pair without a city covers all of its events."
    : choices.length === 0
      ? "Every city has it already: add a city first."
      : undefined;
  const connector = connectors.find(({ kind }) => kind === source.kind);
  return h(Editor, {
    title: isOfCity ? `Add ${source.name} to a city` : `Add the pair of ${source.name}`,
    initial: { ...NEW_PAIR, city: isOfCity ? choices[0]?.slug : undefined },
    submitLabel: "Add",
    sections: () => [
      { note, fields: isOfCity ? [choice, ...PAIR_FIELDS] : PAIR_FIELDS },
      pairSettings(connector, source.settings),
    ],
    save: (body) => api.post("pairs", { ...body, source: source.slug }),
    done: `${source.name} is added`,
    onClose,
  });
}

/** Add a source to a city: the pair of both. */
export function AddPair({ city, available, onClose }) {
  const { data } = useResource("sources");
  if (data === null) {
    return null;
  }
  const choices = data.sources.filter(({ slug }) => available.includes(slug));
  const choice = {
    path: "source",
    label: "Source",
    kind: "choice",
    isSet: true,
    required: true,
    options: choices.map(({ slug }) => slug),
    names: Object.fromEntries(choices.map(({ slug, name }) => [slug, `${name} (${slug})`])),
  };
  const sections = (texts) => {
    const source = choices.find(({ slug }) => slug === texts.source) ?? choices[0];
    const connector = data.connectors.find(({ kind }) => kind === source?.kind);
    return [{ fields: [choice, ...PAIR_FIELDS] }, pairSettings(connector, source?.settings)];
  };
  return h(Editor, {
    title: `Add a source to ${city.name}`,
    initial: { ...NEW_PAIR, source: choices[0]?.slug },
    submitLabel: "Add",
    sections,
    save: (body) => api.post("pairs", { ...body, city: city.slug }),
    done: `The source is added to ${city.name}`,
    onClose,
  });
}
