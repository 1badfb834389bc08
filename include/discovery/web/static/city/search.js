/** Looking up a city by its name, so that nobody has to know its coordinates. */

import { h, React, Chakra } from "../shared/host.js";
import { api } from "../shared/api.js";
import { number } from "../shared/time.js";

const { Box, Button, Field, Input, Stack, Text } = Chakra;

const SHORTEST = 2;
const PAUSE = 200;

/** What the server finds for a text, a moment after it was typed; `null` until there is an answer. */
function useFound(text) {
  const [found, setFound] = React.useState(null);
  React.useEffect(() => {
    setFound(null);
    if (text.length < SHORTEST) {
      return undefined;
    }
    const controller = new AbortController();
    const timer = setTimeout(async () => {
      const answer = await api
        .get(`known-cities?${new URLSearchParams({ name: text })}`, controller.signal)
        .catch((error) => ({ error }));
      if (!controller.signal.aborted) {
        setFound(answer);
      }
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [text]);
  return found;
}

function says(found, text) {
  if (text.length < SHORTEST) {
    return "Fills in all that is below. Everything may be changed.";
  }
  if (found === null) {
    return "Looking it up …";
  }
  if (found.error) {
    return `It could not be looked up: ${found.error.message} Fill in the fields below.`;
  }
  return found.cities.length === 0
    ? "No city of 5,000 inhabitants or more has this name. Fill in the fields below."
    : "Choose one, or press Enter for the first.";
}

function place({ region, country_name: country, population }) {
  return `${region ? `${region}, ` : ""}${country}, ${number(population)} inhabitants`;
}

/** @param {{fill: (values: object) => void}} props `fill` puts values into the form's fields */
export function CitySearch({ fill }) {
  const [typed, setTyped] = React.useState("");
  const text = typed.trim();
  const found = useFound(text);
  const cities = found?.cities ?? [];
  const choose = ({ region, population, ...values }) => {
    fill(values);
    setTyped("");
  };
  const choosesFirst = (event) => {
    if (event.key === "Enter" && text !== "") {
      event.preventDefault();
      if (cities.length > 0) {
        choose(cities[0]);
      }
    }
  };
  return h(
    Stack,
    { gap: 2 },
    h(
      Field.Root,
      { "data-field": "search" },
      h(Field.Label, null, "Find a city"),
      h(Input, {
        size: "sm",
        value: typed,
        maxLength: 100,
        placeholder: "Leipzig",
        autoComplete: "off",
        spellCheck: false,
        "data-autofocus": true,
        onChange: (event) => setTyped(event.currentTarget.value),
        onKeyDown: choosesFirst,
      }),
      h(Field.HelperText, { role: "status" }, says(found, text)),
    ),
    cities.length > 0 &&
      h(
        Stack,
        { as: "ul", gap: 1, listStyleType: "none", "aria-label": "Cities found" },
        cities.map((city, index) =>
          h(
            Box,
            { as: "li", key: index },
            h(
              Button,
              {
                type: "button",
                size: "sm",
                variant: "outline",
                width: "100%",
                height: "auto",
                py: 1,
                justifyContent: "flex-start",
                textAlign: "start",
                whiteSpace: "normal",
                onClick: () => choose(city),
              },
              h("span", null, city.name),
              h(Text, { as: "span", color: "fg.muted", fontWeight: "normal" }, place(city)),
            ),
          ),
        ),
      ),
  );
}
