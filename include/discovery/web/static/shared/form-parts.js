/** What the forms of pairs, sources and cities share. Settings come from the connector's own schema. */

import { fieldsOf } from "./schema.js";
import { slugFault } from "./slugs.js";

export const YES_NO = { kind: "choice", options: [true, false], isSet: true };

/** What sources are to the events that they list, as they are shown. */
export const ROLES = {
  official_venue: "official venue",
  organizer: "organizer",
  ticket_shop: "ticket shop",
  aggregator: "aggregator",
};

export const SLUG_HELP =
  "Lower-case letters, digits and hyphens. It names this everywhere and does not change.";

/** The field that names a new thing. */
export const SLUG = {
  path: "slug",
  label: "Slug",
  kind: "text",
  required: true,
  isSet: true,
  help: SLUG_HELP,
  check: slugFault,
};

/** What is said beside a field that must not stay empty. */
export const NEEDED = "This is needed.";

/** What is said beside a slug that something else has already. */
export function takenFault(error) {
  return `${error.message.replace(/\.$/, "")}: choose another slug.`;
}

/** Where the settings of a form come from when it does not give them itself. */
function settingFields(connector, inherited, leavesToPairs) {
  return fieldsOf(connector?.settings_schema ?? {}).map((field) => ({
    ...field,
    path: `settings.${field.name}`,
    // A source may leave to its pairs what a sync needs; the server judges the two together.
    required: field.required && !leavesToPairs,
    inherited:
      field.name in inherited
        ? { value: inherited[field.name], from: "from the source" }
        : undefined,
  }));
}

function section(connector, note, fields) {
  return { legend: `Settings of ${connector?.kind ?? "this kind"}`, note, fields };
}

/** The section of a pair's form that holds a connector's settings, above those of its source. */
export function pairSettings(connector, inherited = {}) {
  return section(
    connector,
    "Empty: what the source sets, else the default.",
    settingFields(connector, inherited, false),
  );
}

/** The same of a source. With its first pair, which sets nothing itself, it has to be complete. */
export function sourceSettings(connector, hasFirstPair = false) {
  return section(
    connector,
    hasFirstPair
      ? "Shared by all pairs of this source. What stays empty has its default."
      : "Shared by all pairs of this source. What stays empty has its default, or is set by the pairs.",
    settingFields(connector, {}, !hasFirstPair),
  );
}
