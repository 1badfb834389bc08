/** Adding the source that a proposal describes: in one click, or by way of the whole form. */

import { h, React, Chakra } from "../shared/host.js";
import { nameFor } from "./address.js";
import { api } from "../shared/api.js";
import { SchemaField } from "../shared/fields.js";
import { NEEDED, SLUG_HELP, takenFault } from "../shared/form-parts.js";
import { fieldsOf } from "../shared/schema.js";
import { ErrorPanel } from "../shared/loading.js";
import { startRun } from "../shared/runs.js";
import { reloadAll } from "../shared/resource.js";
import { freeSlug, slugFault, slugFor } from "../shared/slugs.js";
import { say } from "../shared/toast.js";

const { Box, Button, HStack, Stack, Text } = Chakra;

const NAME = { path: "new.name", label: "Name", kind: "text", required: true };
const SLUG = { path: "new.slug", label: "Slug", kind: "text", required: true, help: SLUG_HELP };

/** The id of the Airflow connection that holds a source's key. */
function connectionOf(slug) {
  return `discovery_${slug.replaceAll("-", "_")}`;
}

/** The fields of the settings that a kind needs and a proposal does not give. */
function missingSettings(connector, settings) {
  return fieldsOf(connector?.settings_schema ?? {}).filter(
    ({ name, required }) => required && !(name in settings),
  );
}

function faultsOf({ name, slug }) {
  const faults = {
    "new.name": name.trim() === "" ? NEEDED : undefined,
    "new.slug": slug.trim() === "" ? NEEDED : slugFault(slug.trim()),
  };
  return Object.fromEntries(Object.entries(faults).filter(([, fault]) => fault));
}

function whatNext(city, key) {
  if (key) {
    return `It needs the Airflow connection ${key} before it can run.`;
  }
  return city.enabled ? "The next run takes it." : `${city.name} is disabled: no run takes it yet.`;
}

/** Trigger the first run of a pair. */
async function run(city, slug) {
  await startRun({ cities: [city.slug], sources: [slug] }, { force: true });
}

/** A function that adds the source and its first pair; what is wrong comes back as faults. */
function useAdding(proposal, city, onAdded) {
  const [busy, setBusy] = React.useState(false);
  const [faults, setFaults] = React.useState({});
  const [failure, setFailure] = React.useState(null);
  const refuse = (error) => {
    const isTaken = error.body?.reason === "exists";
    const { name, slug, ...others } = error.fields ?? {};
    setFaults({
      ...(name && { "new.name": name }),
      ...((slug || isTaken) && { "new.slug": slug ?? takenFault(error) }),
    });
    setFailure(isTaken || ((name || slug) && Object.keys(others).length === 0) ? null : error);
    setBusy(false);
  };
  const add = async (texts, isRun = false) => {
    const found = faultsOf(texts);
    setFaults(found);
    setFailure(null);
    if (busy || Object.keys(found).length > 0) {
      return;
    }
    const [name, slug] = [texts.name.trim(), texts.slug.trim()];
    const { kind, settings } = proposal;
    const pair = { city: city.slug };
    setBusy(true);
    try {
      await api.post("sources", { slug, name, kind, scope: "city", enabled: true, settings, pair });
    } catch (error) {
      refuse(error);
      return;
    }
    const key = proposal.needs_connection && connectionOf(slug);
    const title = `${name} is added to ${city.name}`;
    if (isRun) {
      await run(city, slug).then(
        () => say("success", title, "Its first run is triggered."),
        (error) => say("warning", title, `Its first run was not triggered: ${error.message}`),
      );
    } else {
      say("success", title, whatNext(city, key));
    }
    onAdded();
    reloadAll();
  };
  return { add, busy, faults, failure };
}

/** Which key is needed, and where it goes. */
function KeyNote({ slug }) {
  return h(
    Text,
    { fontSize: "sm", "data-testid": "key-note" },
    "It needs a key: the password of the Airflow connection ",
    h("code", null, connectionOf(slug || "…")),
    " (Admin, Connections). It can be added before or after.",
  );
}

/**
 * @param {{proposal: object, connector?: object, url: string, city: object, name?: string,
 *   taken: string[], canRun: boolean, onAdded: () => void, onComplete: (form: object) => void}} props `onComplete` opens the whole
 *   form with what is known; `name` is what the source calls itself, `taken` are slugs of others
 */
export function AddProposal({
  proposal,
  connector,
  url,
  city,
  name: own,
  taken,
  canRun,
  onAdded,
  onComplete,
}) {
  const form = React.useRef(null);
  const [texts, setTexts] = React.useState(() => {
    const name = own || nameFor(url);
    return { name, slug: freeSlug(slugFor(name) || slugFor(nameFor(url)), taken) };
  });
  const { add, busy, faults, failure } = useAdding(proposal, city, onAdded);
  const missing = missingSettings(connector, proposal.settings);
  React.useEffect(() => {
    const [first] = Object.keys(faults);
    if (first) {
      form.current.querySelector(`[data-field="${first}"] input`)?.focus();
    }
  }, [faults]);
  const complete = () =>
    onComplete({
      initial: { ...texts, kind: proposal.kind, settings: proposal.settings },
      needed: missing.map(({ name }) => `settings.${name}`),
    });
  const submit = (event) => {
    event.preventDefault();
    if (missing.length > 0) {
      complete();
    } else {
      add(texts);
    }
  };
  return h(
    "form",
    { ref: form, onSubmit: submit, noValidate: true },
    h(
      Stack,
      { gap: 3 },
      failure &&
        h(
          ErrorPanel,
          { title: "Nothing was added" },
          Object.entries(failure.fields ?? {}).length === 0
            ? failure.message
            : Object.entries(failure.fields).map(([path, message]) =>
                h(Box, { key: path }, path ? `${path}: ${message}` : message),
              ),
        ),
      h(
        Box,
        {
          display: "grid",
          gap: 4,
          gridTemplateColumns: { base: "1fr", md: "1fr 1fr" },
          alignItems: "start",
        },
        [
          [NAME, "name"],
          [SLUG, "slug"],
        ].map(([field, key]) =>
          h(SchemaField, {
            key,
            field,
            text: texts[key],
            onChange: (text) => setTexts((current) => ({ ...current, [key]: text })),
            error: faults[field.path],
          }),
        ),
      ),
      proposal.needs_connection && h(KeyNote, { slug: texts.slug }),
      missing.length > 0 &&
        h(
          Text,
          { fontSize: "sm" },
          `Still required: ${missing.map(({ label }) => label).join(", ")}.`,
        ),
      h(
        HStack,
        { gap: 2, flexWrap: "wrap" },
        h(
          Button,
          { type: "submit", size: "sm", colorPalette: "brand", loading: busy },
          missing.length > 0 ? "Add with more settings" : `Add to ${city.name}`,
        ),
        missing.length === 0 &&
          canRun &&
          city.enabled &&
          !proposal.needs_connection &&
          h(
            Button,
            {
              type: "button",
              size: "sm",
              variant: "outline",
              disabled: busy,
              onClick: () => add(texts, true),
            },
            "Add and run now",
          ),
        missing.length === 0 &&
          h(
            Button,
            { type: "button", size: "sm", variant: "outline", disabled: busy, onClick: complete },
            "Change settings first",
          ),
      ),
    ),
  );
}
