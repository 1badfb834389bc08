/** The forms of pairs: a source is added to a city, changed there, and removed. */

import { h } from "../shared/host.js";
import { api, withQuery } from "../shared/api.js";
import { Editor } from "../shared/editor.js";
import { WithKind, useKinds } from "../shared/kinds.js";
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
    path: "max_frequency_hours",
    label: "Unchanged: up to (hours)",
    kind: "integer",
    min: 1,
    max: 168,
    help: WORDS.less_often.text,
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

/** A kind if it is installed: others have no form of their settings. */
function knownKind(connectors, kind) {
  return connectors.find((connector) => connector.kind === kind)?.kind;
}

/** Change the pair of a row. */
export function EditPair({ pair, onClose }) {
  const { data } = useResource("sources");
  const kindOf = useKinds();
  if (data === null) {
    return null;
  }
  const source = data.sources.find(({ slug }) => slug === pair.source);
  const title = `Edit ${pair.label}`;
  return h(WithKind, { kind: knownKind(data.connectors, pair.kind), title, onClose }, () =>
    h(Editor, {
      title,
      initial: pair,
      version: pair.version,
      sections: () => [
        { fields: PAIR_FIELDS },
        pairSettings(kindOf(knownKind(data.connectors, pair.kind)), source?.settings),
      ],
      save: (body) => api.put(pairPath("pairs", pair), body),
      done: `${pair.label} is saved`,
      onClose,
    }),
  );
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
  const kindOf = useKinds();
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
  const kind = knownKind(connectors, source.kind);
  const title = isOfCity ? `Add ${source.name} to a city` : `Add the pair of ${source.name}`;
  return h(WithKind, { kind, title, onClose }, () =>
    h(Editor, {
      title,
      initial: { ...NEW_PAIR, city: isOfCity ? choices[0]?.slug : undefined },
      submitLabel: "Add",
      sections: () => [
        { note, fields: isOfCity ? [choice, ...PAIR_FIELDS] : PAIR_FIELDS },
        pairSettings(kindOf(kind), source.settings),
      ],
      save: (body) => api.post("pairs", { ...body, source: source.slug }),
      done: `${source.name} is added`,
      onClose,
    }),
  );
}

/** Add a source to a city: the pair of both. */
export function AddPair({ city, available, onClose }) {
  const { data } = useResource("sources");
  const kindOf = useKinds();
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
    const connector = kindOf(knownKind(data.connectors, source?.kind));
    return [{ fields: [choice, ...PAIR_FIELDS] }, pairSettings(connector, source?.settings)];
  };
  const title = `Add a source to ${city.name}`;
  return h(WithKind, { kind: knownKind(data.connectors, choices[0]?.kind), title, onClose }, () =>
    h(Editor, {
      title,
      initial: { ...NEW_PAIR, source: choices[0]?.slug },
      submitLabel: "Add",
      sections,
      save: (body) => api.post("pairs", { ...body, city: city.slug }),
      done: `The source is added to ${city.name}`,
      onClose,
    }),
  );
}
