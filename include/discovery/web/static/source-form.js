/** The form that adds and changes a source. */

import { h } from "./host.js";
import { api } from "./api.js";
import { Editor } from "./editor.js";
import { SLUG_HELP, YES_NO, settingsSection } from "./form-parts.js";

/** Add or change a source. */
export function EditSource({ source, connectors, onClose }) {
  const isNew = source === undefined;
  const text = (path, label, more = {}) => ({ path, label, kind: "text", ...more });
  const fields = [
    isNew && text("slug", "Slug", { required: true, isSet: true, help: SLUG_HELP }),
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
      help: "One pair per city, or one pair that covers a country or region.",
    },
    { path: "enabled", label: "Enabled", ...YES_NO },
    {
      path: "trust",
      label: "Trust",
      kind: "integer",
      min: 0,
      max: 100,
      isSet: true,
      required: true,
      help: "Whose word counts when sources disagree: the higher.",
    },
    text("homepage", "Homepage", { help: "An http or https address." }),
    text("licence", "Licence"),
    text("attribution", "Attribution"),
  ].filter(Boolean);
  const sections = (texts) => {
    const kind = texts.kind ?? source?.kind ?? connectors[0]?.kind;
    const connector = connectors.find((each) => each.kind === kind);
    return [{ fields }, settingsSection(connector, {}, true)];
  };
  return h(Editor, {
    title: isNew ? "Add a source" : `Edit ${source.name}`,
    initial: source ?? {
      kind: connectors[0]?.kind,
      scope: "city",
      enabled: true,
      trust: 50,
      settings: {},
    },
    version: source?.version,
    submitLabel: isNew ? "Add" : "Save",
    sections,
    save: (body) =>
      isNew
        ? api.post("sources", body)
        : api.put(`sources/${encodeURIComponent(source.slug)}`, body),
    done: isNew ? "The source is added" : `${source.name} is saved`,
    onClose,
  });
}
