/**
 * The state of the page lives in the query string: every view can be linked to, and Back works.
 * The path never changes, because Airflow mounts the page anew when it does.
 */

import { h, React, Chakra, Router } from "./host.js";

/** Merge changes into a query; null, "" and undefined take a name away. */
function merged(current, changes) {
  const next = new URLSearchParams(current);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === undefined || value === "") {
      next.delete(name);
    } else {
      next.set(name, String(value));
    }
  }
  return next;
}

/**
 * The query as a plain object, and a function that changes some of it.
 * @returns {[Record<string, string>, (changes: object|Function, options?: {replace?: boolean}) => void]}
 */
export function useQuery() {
  const [params, setParams] = Router.useSearchParams();
  const query = React.useMemo(() => Object.fromEntries(params), [params]);
  const latest = React.useRef(setParams);
  latest.current = setParams;
  const change = React.useCallback((changes, { replace = false } = {}) => {
    // What the address says now: the last render may be behind it when clicks follow quickly.
    const current = new URLSearchParams(location.search);
    const wanted = typeof changes === "function" ? changes(Object.fromEntries(current)) : changes;
    latest.current(merged(current, wanted), { replace, preventScrollReset: true });
  }, []);
  return [query, change];
}

/** A function that opens a view of this page: only what `to` names is in its query. */
export function useOpen() {
  const [, setParams] = Router.useSearchParams();
  return (to) => setParams(merged(new URLSearchParams(), to));
}

/** A link to a view of this page: only what `to` names is in its query. */
export function PageLink({ to, children, ...rest }) {
  const search = `?${merged(new URLSearchParams(), to)}`;
  return h(
    Chakra.Link,
    { asChild: true, color: "fg.info", display: "inline", ...rest },
    h(Router.Link, { to: { search } }, children),
  );
}

/** A link to a page of Airflow itself, below its base path. */
export function AirflowLink({ path, children, ...rest }) {
  return h(
    Chakra.Link,
    { asChild: true, color: "fg.info", display: "inline", ...rest },
    h(Router.Link, { to: path }, children),
  );
}

/** A link out, in a new tab; whatever is not http(s) is shown as text. */
export function OutLink({ url, children, ...rest }) {
  if (!/^https?:\/\//i.test(url ?? "")) {
    return h(Chakra.Text, { as: "span", ...rest }, children);
  }
  return h(
    Chakra.Link,
    {
      href: url,
      target: "_blank",
      rel: "noopener noreferrer nofollow",
      color: "fg.info",
      display: "inline",
      ...rest,
    },
    children,
  );
}
