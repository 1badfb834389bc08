/**
 * Everything that comes from Airflow's own page: React, Chakra UI, React Router.
 *
 * Airflow puts them on `globalThis` for plugin apps. This is the only module that reads them from
 * there, so that a change in a later Airflow has one place to be noticed and mended.
 */

const WANTED = {
  React: ["createElement", "useState", "useEffect", "useSyncExternalStore", "Component"],
  ReactRouterDOM: ["Link", "useSearchParams"],
  ChakraUI: ["Box", "Button", "Table", "Dialog", "Field", "Switch", "Alert", "Skeleton", "Toaster"],
};

/** What this Airflow does not offer, in words; empty when the page can work. */
export const missing = Object.entries(WANTED).flatMap(([name, parts]) => {
  const found = globalThis[name];
  return found ? parts.filter((part) => !(part in found)).map((part) => `${name}.${part}`) : [name];
});

export const React = globalThis.React ?? {};
export const Chakra = globalThis.ChakraUI ?? {};
export const Router = globalThis.ReactRouterDOM ?? {};

/** `React.createElement`: what JSX would compile to. */
export const h = React.createElement;

/** The page when something is missing: plain HTML, since Chakra may be what is missing. */
export function MissingHost() {
  return h(
    "section",
    { role: "alert", style: { padding: "1.5rem", maxWidth: "46rem" } },
    h("h1", { style: { fontSize: "1.25rem", fontWeight: 600 } }, "Discovery cannot be shown"),
    h(
      "p",
      null,
      "This page uses parts of the Airflow UI that this version does not offer to plugins: ",
      h("code", null, missing.join(", ")),
      ". It was made for Airflow 3.3. The data is not affected: the same numbers are at ",
      h("code", null, "discovery/api/overview"),
      " and the DAG ",
      h("code", null, "city_discovery"),
      " runs as before.",
    ),
  );
}
