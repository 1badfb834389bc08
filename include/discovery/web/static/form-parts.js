/** What the forms of pairs, sources and cities share. Settings come from the connector's own schema. */

import { fieldsOf } from "./schema.js";

export const YES_NO = { kind: "choice", options: [true, false], isSet: true };
export const SLUG_HELP =
  "Lower-case letters, digits and hyphens. It names this everywhere and does not change.";

/** Where the settings of a form come from when it does not give them itself. */
function settingFields(connector, inherited = {}, isSource = false) {
  return fieldsOf(connector?.settings_schema ?? {}).map((field) => ({
    ...field,
    path: `settings.${field.name}`,
    // A source may leave to its pairs what a sync needs; the server judges the two together.
    required: field.required && !isSource,
    inherited:
      field.name in inherited
        ? { value: inherited[field.name], from: "from the source" }
        : undefined,
  }));
}

/** The section of a form that holds a connector's settings. */
export function settingsSection(connector, inherited, isSource) {
  const fields = settingFields(connector, inherited, isSource);
  return {
    legend: `Settings of ${connector?.kind ?? "this kind"}`,
    note: isSource
      ? "Shared by all pairs of this source. What stays empty has its default, or is set by the pairs."
      : "Empty: what the source sets, else the default.",
    fields,
  };
}
