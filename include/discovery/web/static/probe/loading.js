/** What is shown while an address is checked, when that fails, and when nothing is found. */

import { h, React, Chakra } from "../shared/host.js";
import { hostOf } from "./address.js";
import { Empty, ErrorPanel, failureOf } from "../shared/loading.js";
import { duration, plural } from "../shared/time.js";

const { Box, Button, Code, Flex, Spinner, Text } = Chakra;

/** How often the seconds are read out to those who do not see them. */
const SECONDS_PER_ANNOUNCEMENT = 20;

function useSeconds(since) {
  const elapsed = () => Math.floor((Date.now() - since) / 1000);
  const [seconds, setSeconds] = React.useState(elapsed);
  React.useEffect(() => {
    const timer = setInterval(() => setSeconds(elapsed()), 1000);
    return () => clearInterval(timer);
  }, [since]);
  return seconds;
}

/** The look that is on: at what, for how long, and the way to stop it. */
export function Looking({ url, since, onStop }) {
  const seconds = useSeconds(since);
  const announced = seconds - (seconds % SECONDS_PER_ANNOUNCEMENT);
  return h(
    Flex,
    {
      borderWidth: 1,
      borderColor: "running.solid",
      borderRadius: "md",
      p: 3,
      gap: 3,
      align: "center",
      flexWrap: "wrap",
      "data-testid": "looking",
    },
    h(Spinner, { size: "sm", flexShrink: 0 }),
    h(
      Box,
      { role: "status", id: "looking-at", flex: "1 1 16rem", minW: 0 },
      h(Text, { fontWeight: "semibold", overflowWrap: "anywhere" }, `Looking at ${hostOf(url)}`),
      h(
        Text,
        { fontSize: "sm", color: "fg.muted" },
        "Every kind of source is asked whether it can read this, and a sample is read of each that can. This may take a minute or more.",
      ),
      announced > 0 && h(Box, { srOnly: true }, `${plural(announced, "second")} so far.`),
    ),
    h(
      Text,
      { "aria-hidden": true, fontVariantNumeric: "tabular-nums", "data-testid": "elapsed" },
      seconds < 60 ? `${seconds} s` : duration(seconds),
    ),
    h(
      Button,
      {
        size: "sm",
        variant: "outline",
        autoFocus: true,
        "aria-describedby": "looking-at",
        onClick: onStop,
      },
      "Stop looking",
    ),
  );
}

const TITLES = {
  0: "The address was not checked",
  429: "Other addresses are being checked right now",
  502: "The check took too long",
  504: "The check took too long",
};

function nextStep(error, url) {
  if (error.status === 502 || error.status === 504) {
    return h(
      React.Fragment,
      null,
      "A proxy in front of Airflow did not wait for the answer. Try again, or use the command line: ",
      h(Code, { overflowWrap: "anywhere" }, `python -m include.discovery probe '${url}'`),
    );
  }
  const { text } = failureOf(error);
  return error.status === 0 ? `${text} Look again once it does.` : text;
}

/** Why there are no findings, with what to do about it. */
export function LookFailure({ error, url, onRetry }) {
  const { title } = failureOf(error, TITLES[error.status] ?? "The address could not be checked");
  return h(
    ErrorPanel,
    // Without the permission another try ends in the same way.
    {
      title,
      status: error.status === 429 ? "warning" : "error",
      onRetry: error.status === 403 ? undefined : onRetry,
    },
    nextStep(error, url),
  );
}

/** No kind can read the address: what else can be done. */
export function NothingFound({ onByHand }) {
  return h(
    Empty,
    {
      title: "What to do next",
      action: h(Button, { size: "sm", variant: "outline", onClick: onByHand }, "Add it by hand"),
    },
    h(
      Text,
      null,
      "Look on the site for a calendar to subscribe to (a link that ends in .ics or begins with webcal:), an RSS or JSON feed, or the page that lists the events, and paste the address of that.",
    ),
    h(Text, { mt: 2 }, "If you know the kind of source and its settings, add it by hand."),
  );
}
