/** How pairs are doing: a badge of word, sign and colour; the reason in words beside it. */

import { h, React, Chakra } from "./host.js";
import { Fold } from "./fold.js";
import { PageLink } from "./query.js";
import { number } from "./time.js";

const { Badge, Box, Icon } = Chakra;

/** Signs, drawn on 16 by 16. */
const SIGNS = {
  check: "M3 8.5l3.2 3.2L13 5",
  cross: "M4 4l8 8M12 4l-8 8",
  bang: "M8 3v6M8 12.5v.5",
  clock: "M8 2a6 6 0 100 12A6 6 0 008 2zM8 5v3.5l2.2 1.3",
  play: "M5 3.5v9l7-4.5z",
  pause: "M5.5 4v8M10.5 4v8",
  key: "M5.5 7.5a2.5 2.5 0 100 5 2.5 2.5 0 000-5zM7.5 8.2L13 3M11 5l1.8 1.8",
  dots: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  half: "M8 2a6 6 0 100 12M8 2v12",
};

/** The states of a pair and what each means, worst first: the order in which they are wanted. */
export const HEALTH = {
  stuck: {
    label: "Stuck",
    sign: "clock",
    palette: "failed",
    help: "An attempt runs longer than any may take.",
  },
  failing: {
    label: "Failing",
    sign: "cross",
    palette: "failed",
    help: "It never succeeded, or failed three times in a row, or in most of its last ten runs.",
  },
  missing_key: {
    label: "Missing key",
    sign: "key",
    palette: "awaiting_input",
    help: "Its connection is not there, has no key, or does not name the host.",
  },
  stale: {
    label: "Stale",
    sign: "clock",
    palette: "upstream_failed",
    help: "No run, or no success, for three of its periods and at least 48 hours.",
  },
  empty: {
    label: "Empty",
    sign: "bang",
    palette: "upstream_failed",
    help: "The source lists nothing any more, although it used to.",
  },
  partial: {
    label: "Partial",
    sign: "half",
    palette: "up_for_retry",
    help: "The last run succeeded, but the listing it read is not complete.",
  },
  warning: {
    label: "Warning",
    sign: "bang",
    palette: "up_for_retry",
    help: "The last run failed, or succeeded with something that a person should look at.",
  },
  parked: {
    label: "Parked",
    sign: "pause",
    palette: "deferred",
    help: "The source asked for a wait, or its quota is used up: runs leave it out until then.",
  },
  never_run: {
    label: "Never run",
    sign: "dots",
    palette: "scheduled",
    help: "No run of it has ended yet; trials do not count.",
  },
  running: {
    label: "Running",
    sign: "play",
    palette: "running",
    help: "A run holds it: it is being synced, or waits for its turn.",
  },
  healthy: {
    label: "Healthy",
    sign: "check",
    palette: "success",
    help: "The last run succeeded, was complete, and its numbers are as usual.",
  },
  disabled: {
    label: "Disabled",
    sign: "pause",
    palette: "removed",
    help: "It, its city or its source is disabled: runs leave it out.",
  },
};

/** The states of runs and what each means, in the colours that Airflow gives them. */
export const RUN_STATES = {
  success: {
    label: "Success",
    sign: "check",
    palette: "success",
    help: "Ended without an error, and read what it was to read.",
  },
  partial: {
    label: "Partial",
    sign: "half",
    palette: "up_for_retry",
    help: "Ended without an error, but the listing is not complete: nothing is withdrawn.",
  },
  failed: {
    label: "Failed",
    sign: "cross",
    palette: "failed",
    help: "Its last attempt ended with an error.",
  },
  running: { label: "Running", sign: "play", palette: "running", help: "It is being synced." },
  planned: {
    label: "Planned",
    sign: "dots",
    palette: "queued",
    help: "The run has it, and its task has not begun.",
  },
  queued: {
    label: "Queued",
    sign: "dots",
    palette: "queued",
    help: "Airflow has not started it yet.",
  },
  lost: {
    label: "Lost",
    sign: "bang",
    palette: "upstream_failed",
    help: "It was planned or begun, and never ended although the run is over.",
  },
};

const UNKNOWN = { label: "Unknown", sign: "bang", palette: "none" };

/** The place of a health state in the order from bad to good. */
export function severity(state) {
  return Object.keys(HEALTH).indexOf(state);
}

/** A sign of the set above. */
export function Sign({ name, ...rest }) {
  return h(
    Icon,
    { boxSize: "1em", asChild: true, ...rest },
    h(
      "svg",
      {
        viewBox: "0 0 16 16",
        fill: "none",
        stroke: "currentColor",
        strokeWidth: 2,
        strokeLinecap: "round",
        strokeLinejoin: "round",
        "aria-hidden": true,
      },
      h("path", { d: SIGNS[name] }),
    ),
  );
}

/** The badge of a state of the tables above; its tooltip says what the state means. */
export function StateBadge({ label, sign, palette, help, ...rest }) {
  return h(
    Badge,
    {
      colorPalette: palette,
      variant: "surface",
      title: help,
      borderRadius: "full",
      fontSize: "xs",
      px: 2,
      py: 0.5,
      gap: 1,
      whiteSpace: "nowrap",
      ...rest,
    },
    h(Sign, { name: sign }),
    label,
  );
}

/** Badge of a health state, with its reason below: whole, or its first lines. */
export function HealthBadge({ health, withReason = true, lines }) {
  const known = HEALTH[health.state] ?? UNKNOWN;
  return h(
    Box,
    { "data-health": health.state, minW: 0 },
    h(StateBadge, known),
    withReason &&
      h(
        Box,
        { fontSize: "xs", color: "fg.muted", mt: 1, overflowWrap: "anywhere" },
        lines ? h(Fold, { text: health.reason, lines }) : health.reason,
      ),
  );
}

/** A column of how the pairs of a row are doing together; `pairsOf` gives the filters that find them. */
export function groupHealthColumn(pairsOf) {
  return {
    key: "health",
    label: "Health",
    help: "The worst state of its enabled pairs, and how many pairs are in each. Sorted worst first.",
    isInCard: true,
    value: ({ health }) => (health ? severity(health.state) : null),
    cell: (row) =>
      row.health ? h(GroupHealth, { health: row.health, pairs: pairsOf(row) }) : "no pairs yet",
  };
}

/** The badge of the worst state of several pairs, and how many are in each: links to these pairs. */
export function GroupHealth({ health, pairs }) {
  const states = Object.keys(HEALTH).filter((state) => health.counts[state]);
  return h(
    Box,
    { "data-health": health.state, minW: "8rem", maxW: { md: "14rem" } },
    h(StateBadge, HEALTH[health.state] ?? UNKNOWN),
    h(
      Box,
      { fontSize: "xs", mt: 1 },
      states.map((state, index) =>
        h(
          React.Fragment,
          { key: state },
          index > 0 && ", ",
          h(
            PageLink,
            { to: { ...pairs, health: state } },
            `${number(health.counts[state])} ${HEALTH[state].label.toLowerCase()}`,
          ),
        ),
      ),
    ),
  );
}

/** Badge of a run's state. */
export function RunBadge({ state, ...rest }) {
  return h(StateBadge, { ...(RUN_STATES[state] ?? { ...UNKNOWN, label: state }), ...rest });
}
