/** The form that adds and changes a source. */

import { h } from "../shared/host.js";
import { api } from "../shared/api.js";
import { Editor } from "../shared/editor.js";
import { WithKind, useKinds } from "../shared/kinds.js";
import { ROLES, SLUG, YES_NO, sourceSettings } from "../shared/form-parts.js";
import { slugFor } from "../shared/slugs.js";
import { WORDS } from "../shared/terms.js";

const BLANK = { scope: "city", enabled: true, trust: 50, settings: {} };

/** The pair that is added with a source; one of a wider scope has no city. */
function firstPair(source, city) {
  return { city: source.scope === "city" ? city.slug : null };
}

/**
 * Add or change a source.
 * @param {{source?: object, initial?: object, city?: {slug: string, name: string},
 *   needed?: string[], connectors: object[], onClose: () => void, onSaved?: () => void}} props of a
 *   new source: `initial` are values to begin with; `city` is where its first pair is added with it;
 *   `needed` are the paths of fields that are still to be filled in
 */
export function EditSource(props) {
  const { source, initial, connectors, onClose } = props;
  const start = source
    ? { ...source, connection: source.connection_id }
    : { ...BLANK, kind: connectors[0]?.kind, ...initial };
  const title = source ? `Edit ${source.name}` : "Add a source";
  // A kind that is not installed has no form; the other fields can still be edited.
  const isKnown = connectors.some(({ kind }) => kind === start.kind);
  return h(WithKind, { kind: isKnown ? start.kind : undefined, title, onClose }, () =>
    h(SourceForm, { ...props, start, title }),
  );
}

function SourceForm({ source, start, title, city, needed, connectors, onClose, onSaved }) {
  const isNew = source === undefined;
  const kindOf = useKinds();
  const text = (path, label, more = {}) => ({ path, label, kind: "text", ...more });
  const fields = (chosen) => [
    isNew && SLUG,
    text("name", "Name", { required: true, isSet: true }),
    {
      path: "kind",
      label: "Kind",
      kind: "choice",
      isSet: true,
      options: connectors.map(({ kind }) => kind),
      help: "The connector that reads it.",
    },
    {
      path: "scope",
      label: "Scope",
      kind: "choice",
      isSet: true,
      options: ["city", "country", "regional"],
      help: WORDS.scope.text,
    },
    { path: "enabled", label: "Enabled", help: WORDS.enabled.text, ...YES_NO },
    {
      path: "role",
      label: "Role",
      kind: "choice",
      options: Object.keys(ROLES),
      names: ROLES,
      help: WORDS.role.text,
      empty: chosen ? `${ROLES[chosen.usual_role]} (usual for this kind)` : "",
    },
    {
      path: "trust",
      label: "Trust",
      kind: "integer",
      min: 0,
      max: 100,
      isSet: true,
      required: true,
      help: WORDS.trust.text,
    },
    {
      path: "max_running",
      label: "Pairs at once",
      kind: "integer",
      min: 1,
      max: 1000,
      help: "How many of its pairs may be synced at the same time. Empty: as many as Airflow starts.",
    },
    text("connection", "Connection", {
      help:
        "The Airflow connection that holds its key, such as discovery_opera. Empty: the one that is" +
        " named after the slug. To change it takes the right to edit connections.",
    }),
    text("homepage", "Homepage", { help: "An http or https address." }),
    text("licence", "Licence"),
    text("attribution", "Attribution"),
  ].filter(Boolean);
  const sections = (texts) => {
    const chosen = connectors.find(({ kind }) => kind === (texts.kind ?? start.kind));
    const connector = kindOf(chosen?.kind);
    const note =
      city &&
      `Its first pair is added with it: for ${city.name}, or for no city if its scope is wider.`;
    return [{ note, fields: fields(chosen) }, sourceSettings(connector, city !== undefined)];
  };
  return h(Editor, {
    title,
    initial: start,
    needed,
    version: source?.version,
    submitLabel: isNew ? "Add" : "Save",
    sections,
    propose: isNew ? ({ name = "" }) => ({ slug: slugFor(name) }) : undefined,
    save: (body) =>
      isNew
        ? api.post("sources", { ...body, pair: city && firstPair(body, city) })
        : api.put(`sources/${encodeURIComponent(source.slug)}`, body),
    next: () =>
      isNew && city === undefined ? "Runs read it once it is added to a city." : undefined,
    done: isNew ? "The source is added" : `${source.name} is saved`,
    onClose,
    onSaved,
  });
}
