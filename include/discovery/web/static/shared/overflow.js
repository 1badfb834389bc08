/** What does not fit: whether the screen is narrow, and whether a frame hides columns. */

import { h, React, Chakra } from "./host.js";

const { Button } = Chakra;

// Chakra's breakpoint "md": below it a table has no room, and its rows are cards.
const narrow = globalThis.matchMedia("(max-width: 767.9px)");

function subscribe(listener) {
  narrow.addEventListener("change", listener);
  return () => narrow.removeEventListener("change", listener);
}

/** Whether the screen is too narrow for tables. */
export function useIsNarrow() {
  return React.useSyncExternalStore(subscribe, () => narrow.matches);
}

/** Whether a frame hides something to its right, watched through scrolling and changes of size. */
export function useHidesMore(frame, ...causes) {
  const [hides, setHides] = React.useState(false);
  React.useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) {
      return undefined;
    }
    const measure = () =>
      setHides(Math.abs(element.scrollLeft) + element.clientWidth < element.scrollWidth - 1);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    element.addEventListener("scroll", measure, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", measure);
    };
  }, causes);
  return hides;
}

/** Says that a table goes on to the right, and scrolls there. */
export function MoreColumns({ frame }) {
  const scroll = () => {
    const { current: element } = frame;
    const isRtl = getComputedStyle(element).direction === "rtl";
    element.scrollBy({ left: (isRtl ? -1 : 1) * element.clientWidth * 0.6, behavior: "smooth" });
  };
  return h(
    Button,
    { size: "xs", variant: "ghost", onClick: scroll },
    "More columns ",
    h("span", { "aria-hidden": true }, "→"),
  );
}
