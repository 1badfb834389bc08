/** Looking at an address: one look at a time, which can be stopped. */

import { React } from "../shared/host.js";
import { api } from "../shared/api.js";

/** @typedef {{url: string, city: string}} Question */

const IDLE = { asked: null, since: 0, answer: null, error: null };

/**
 * What the server finds at an address.
 * @returns {{asked: Question|null, since: number, answer: object|null, error: Error|null,
 *   isLooking: boolean, look: (asked: Question) => void, stop: () => void}}
 *   `since` is when the look began, in milliseconds
 */
export function useProbe() {
  const [state, setState] = React.useState(IDLE);
  const running = React.useRef(null);
  const stop = () => {
    running.current?.abort();
    running.current = null;
  };
  React.useEffect(() => stop, []);

  const look = async (asked) => {
    if (running.current) {
      return;
    }
    const controller = new AbortController();
    running.current = controller;
    const begun = { ...IDLE, asked, since: Date.now() };
    setState(begun);
    const outcome = await api.post("probe", asked, controller.signal).then(
      (answer) => ({ answer }),
      (error) => ({ error }),
    );
    if (!controller.signal.aborted) {
      running.current = null;
      setState({ ...begun, ...outcome });
    }
  };
  return {
    ...state,
    isLooking: state.asked !== null && state.answer === null && state.error === null,
    look,
    stop: () => {
      stop();
      setState(IDLE);
    },
  };
}
