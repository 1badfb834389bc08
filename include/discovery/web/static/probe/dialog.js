/** The dialog that adds a source by an address: looks at it, and offers what was found. */

import { h, React, Chakra } from "../shared/host.js";
import { webAddress } from "./address.js";
import { Modal } from "../shared/dialogs.js";
import { SchemaField } from "../shared/fields.js";
import { NEEDED } from "../shared/form-parts.js";
import { useProbe } from "./probe.js";
import { LookFailure, Looking } from "./loading.js";
import { Findings } from "./proposal.js";
import { PageLink } from "../shared/query.js";
import { useResource } from "../shared/resource.js";
import { EditSource } from "../sources/form.js";
import { ErrorPanel, failureOf } from "../shared/loading.js";

const { Box, Button, HStack, Stack, Text } = Chakra;

const ADDRESS = {
  path: "url",
  label: "Address",
  kind: "text",
  required: true,
  empty: "https://calendar.example.edu/events",
  help: "The page that lists the events, or the feed itself.",
};

function cityField(cities) {
  return {
    path: "city",
    label: "City",
    kind: "choice",
    required: true,
    empty: "Choose a city",
    options: cities.map(({ slug }) => slug),
    names: Object.fromEntries(
      cities.map(({ slug, name, enabled }) => [slug, enabled ? name : `${name} (disabled)`]),
    ),
    help: "Whose events these are.",
  };
}

function focusOn(path) {
  document.querySelector(`[data-field="${path}"]`)?.querySelector("input, select")?.focus();
}

/** The faults that belong beside the two fields; what else is wrong is for a panel. */
function faultsOf(error) {
  const { url, city } = error?.fields ?? {};
  return { ...(url && { url }), ...(city && { city }) };
}

function Question({ cities, texts, setTexts, faults, isLooking, isAgain, onLook }) {
  const submit = (event) => {
    event.preventDefault();
    onLook();
  };
  return h(
    "form",
    { onSubmit: submit, noValidate: true },
    h(
      Stack,
      { gap: 3 },
      h(
        Box,
        {
          display: "grid",
          gap: 4,
          gridTemplateColumns: { base: "1fr", md: "minmax(0, 2fr) minmax(0, 1fr)" },
          alignItems: "start",
        },
        [ADDRESS, cityField(cities)].map((field, index) =>
          h(SchemaField, {
            key: field.path,
            field,
            text: texts[field.path],
            onChange: (text) => setTexts((current) => ({ ...current, [field.path]: text })),
            error: faults[field.path],
            isFirst: index === 0,
          }),
        ),
      ),
      h(
        HStack,
        { gap: 3, flexWrap: "wrap" },
        h(
          Button,
          {
            type: "submit",
            size: "sm",
            colorPalette: "brand",
            variant: isAgain ? "outline" : "solid",
            loading: isLooking,
          },
          isAgain ? "Look again" : "Look",
        ),
        h(Text, { fontSize: "sm", color: "fg.muted" }, "Nothing is stored by this check."),
      ),
    ),
  );
}

function NoCity() {
  return h(
    ErrorPanel,
    { title: "There is no city yet", status: "warning" },
    "A source is added together with its first city: add one under ",
    h(PageLink, { to: {} }, "Overview"),
    ".",
  );
}

/** What the look came to so far: under way, failed, or its findings. */
function Outcome({ probe, cities, connectors, taken, canRun, onRetry, onStop, onAdded, onForm }) {
  const { asked, answer, error, since, isLooking } = probe;
  if (isLooking) {
    return h(Looking, { url: asked.url, since, onStop });
  }
  if (error && Object.keys(faultsOf(error)).length === 0) {
    return h(LookFailure, { error, url: asked.url, onRetry });
  }
  if (!answer) {
    return null;
  }
  // Should the city be gone by now, the server says so when something is added.
  const city = cities.find(({ slug }) => slug === asked.city) ?? {
    slug: asked.city,
    name: asked.city,
  };
  return h(Findings, {
    key: since,
    answer,
    city,
    connectors,
    taken,
    canRun,
    onAdded,
    onComplete: (known) => onForm({ ...known, city }),
    onByHand: () => onForm({}),
  });
}

/**
 * @param {{connectors?: object[], city?: string, onClose: () => void}} props `city` is chosen to
 *   begin with; without `connectors` they are read here
 */
export function AddByUrl({ connectors: known, city: first = "", onClose }) {
  const { data, error, reload } = useResource("cities");
  const { data: configured } = useResource("sources");
  const connectors = known ?? configured?.connectors ?? [];
  const cities = data?.cities ?? [];
  const [texts, setTexts] = React.useState({ url: "", city: first });
  const [missing, setMissing] = React.useState({});
  const [form, setForm] = React.useState(null);
  const probe = useProbe();
  const given = { ...texts, city: texts.city || (cities.length === 1 ? cities[0].slug : "") };
  const faults = { ...faultsOf(probe.error), ...missing };

  const look = () => {
    const question = { url: webAddress(given.url), city: given.city };
    const empty = Object.keys(question).filter((path) => question[path] === "");
    setMissing(Object.fromEntries(empty.map((path) => [path, NEEDED])));
    setTexts(question);
    if (empty.length === 0) {
      probe.look(question);
    }
  };
  React.useEffect(() => {
    const [first] = Object.keys(faults);
    if (first) {
      focusOn(first);
    }
  }, [missing, probe.error]);
  const stop = () => {
    probe.stop();
    focusOn("url");
  };

  return h(
    React.Fragment,
    null,
    h(
      Modal,
      {
        title: "Add a source by its address",
        size: "lg",
        onClose,
        footer: h(Button, { variant: "outline", onClick: onClose }, "Close"),
      },
      error &&
        data === null &&
        h(
          ErrorPanel,
          { title: "The cities could not be read", onRetry: reload },
          failureOf(error).text,
        ),
      data?.cities.length === 0 && h(NoCity),
      h(Question, {
        cities,
        texts: given,
        setTexts,
        faults,
        isLooking: probe.isLooking,
        isAgain: probe.answer !== null,
        onLook: look,
      }),
      h(Outcome, {
        probe,
        cities,
        connectors,
        canRun: data?.permissions.can_run ?? false,
        taken: configured?.sources.map(({ slug }) => slug) ?? [],
        onRetry: look,
        onStop: stop,
        onAdded: onClose,
        onForm: setForm,
      }),
    ),
    form &&
      h(EditSource, {
        ...form,
        connectors,
        onClose: () => setForm(null),
        onSaved: onClose,
      }),
  );
}
