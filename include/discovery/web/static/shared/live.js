/** Live refresh: one clock for the page, silent while the tab is hidden or the user said off. */

import { React } from "./host.js";

const KEY = "discovery.live";
const listeners = new Set();

function notify() {
  listeners.forEach((listener) => listener());
}

function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function isOn() {
  return localStorage.getItem(KEY) !== "off";
}

/** Whether the page refreshes itself, and a function that switches it. */
export function useLiveSwitch() {
  const on = React.useSyncExternalStore(subscribe, isOn);
  const set = (value) => {
    localStorage.setItem(KEY, value ? "on" : "off");
    notify();
  };
  return [on, set];
}

/**
 * Call `refresh` every `seconds` while refreshing is on and the tab is seen; at once when the tab
 * comes back.
 */
export function useRefresh(refresh, seconds) {
  const [on] = useLiveSwitch();
  const latest = React.useRef(refresh);
  latest.current = refresh;
  React.useEffect(() => {
    if (!on || !seconds) {
      return undefined;
    }
    const tick = () => {
      if (!document.hidden) {
        latest.current();
      }
    };
    const timer = setInterval(tick, seconds * 1000);
    document.addEventListener("visibilitychange", tick);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", tick);
    };
  }, [on, seconds]);
}
