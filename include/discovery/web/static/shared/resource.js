/**
 * What the server last said, by path. The old answer stays on the screen until the new one is there,
 * and an answer that says the same renders nothing: scroll, focus and open forms are kept.
 */

import { React } from "./host.js";
import { api } from "./api.js";
import { useRefresh } from "./live.js";

const EMPTY = { data: null, error: null, loading: true };
const FRESH_MS = 2_000;

/** @type {Map<string, {state: object, text: string, at: number, pending: Promise|null}>} */
const entries = new Map();
const listeners = new Set();

function entryOf(path) {
  if (!entries.has(path)) {
    entries.set(path, { state: EMPTY, text: "", at: 0, pending: null });
  }
  return entries.get(path);
}

function publish(entry, state) {
  entry.state = state;
  listeners.forEach((listener) => listener());
}

/** Ask the server; who asks while an answer is on its way gets that one. */
export function load(path) {
  const entry = entryOf(path);
  entry.pending ??= api
    .get(path)
    .then((data) => {
      const text = JSON.stringify(data);
      if (text !== entry.text || entry.state.error || entry.state.loading) {
        entry.text = text;
        publish(entry, { data, error: null, loading: false });
      }
    })
    .catch((error) => publish(entry, { data: entry.state.data, error, loading: false }))
    .finally(() => {
      entry.pending = null;
      entry.at = Date.now();
    });
  return entry.pending;
}

/** What a path of the API said last; nothing is asked for. */
export function known(path) {
  return entries.get(path)?.state.data ?? null;
}

/** Call a listener whenever an answer has changed; what is returned ends that. */
export function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** After a change: everything that is on the screen is asked for again, the rest is forgotten. */
export async function reloadAll() {
  await Promise.all([...entries.values()].map((entry) => entry.pending));
  const shown = new Set([...listeners].map(({ path }) => path).filter(Boolean));
  for (const path of entries.keys()) {
    if (!shown.has(path)) {
      entries.delete(path);
    }
  }
  await Promise.all([...shown].map(load));
}

/**
 * A function that returns what a path of the API says, null until it is there: for paths that are only
 * known while something is drawn. What it gives is asked for once.
 */
export function useAnswers() {
  const [, notice] = React.useReducer((count) => count + 1, 0);
  React.useEffect(() => subscribe(notice), []);
  return (path) => {
    const entry = entryOf(path);
    if (entry.at === 0 && entry.pending === null) {
      load(path);
    }
    return entry.state.data;
  };
}

/**
 * Read a path of the API and keep it fresh.
 * @param {string|null} path null: nothing is asked for
 * @param {(data: object|null) => number} seconds how often to ask again, given what is known
 */
export function useResource(path, seconds = () => 0) {
  const subscribe = React.useCallback(
    (listener) => {
      const own = () => listener();
      own.path = path;
      if (path !== null) {
        listeners.add(own);
      }
      return () => listeners.delete(own);
    },
    [path],
  );
  const state = React.useSyncExternalStore(subscribe, () =>
    path === null ? EMPTY : entryOf(path).state,
  );
  React.useEffect(() => {
    if (path !== null && Date.now() - entryOf(path).at > FRESH_MS) {
      load(path);
    }
  }, [path]);
  const refresh = React.useCallback(() => (path === null ? null : load(path)), [path]);
  useRefresh(refresh, path === null ? 0 : seconds(state.data));
  // Who asks for it by hand wants what is true now, not an answer that was asked for before.
  const reload = React.useCallback(async () => {
    if (path !== null) {
      await entryOf(path).pending;
      await load(path);
    }
  }, [path]);
  return { ...state, reload };
}

/** A resource whose path has changed keeps what the path before said, until the new answer is there. */
export function useLast(resource) {
  const last = React.useRef(null);
  React.useEffect(() => {
    last.current = resource.data ?? last.current;
  });
  const data = resource.data ?? last.current;
  return { ...resource, data, isOld: resource.data === null && data !== null };
}
