/** How a pair is doing: a badge of word, sign and colour; the reason in words beside it. */

import { h, Chakra } from "./host.js";

const { Badge, Box, Icon, Text } = Chakra;

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

/** Worst first: the order in which somebody wants to see them. */
export const HEALTH = {
  stuck: { label: "Stuck", sign: "clock", palette: "failed" },
  failing: { label: "Failing", sign: "cross", palette: "failed" },
  missing_key: { label: "Missing key", sign: "key", palette: "awaiting_input" },
  stale: { label: "Stale", sign: "clock", palette: "upstream_failed" },
  empty: { label: "Empty", sign: "bang", palette: "upstream_failed" },
  partial: { label: "Partial", sign: "half", palette: "up_for_retry" },
  warning: { label: "Warning", sign: "bang", palette: "up_for_retry" },
  parked: { label: "Parked", sign: "pause", palette: "deferred" },
  never_run: { label: "Never run", sign: "dots", palette: "scheduled" },
  running: { label: "Running", sign: "play", palette: "running" },
  healthy: { label: "Healthy", sign: "check", palette: "success" },
  disabled: { label: "Disabled", sign: "pause", palette: "removed" },
};

/** States of runs, in the colours that Airflow gives them. */
export const RUN_STATES = {
  success: { label: "Success", sign: "check", palette: "success" },
  partial: { label: "Partial", sign: "half", palette: "up_for_retry" },
  failed: { label: "Failed", sign: "cross", palette: "failed" },
  running: { label: "Running", sign: "play", palette: "running" },
  planned: { label: "Planned", sign: "dots", palette: "queued" },
  queued: { label: "Queued", sign: "dots", palette: "queued" },
  lost: { label: "Lost", sign: "bang", palette: "upstream_failed" },
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

function StateBadge({ label, sign, palette, ...rest }) {
  return h(
    Badge,
    {
      colorPalette: palette,
      variant: "solid",
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
        Text,
        {
          fontSize: "xs",
          color: "fg.muted",
          mt: 1,
          lineHeight: "short",
          lineClamp: lines,
          overflowWrap: "anywhere",
          title: health.reason,
        },
        health.reason,
      ),
  );
}

/** Badge of a run's state. */
export function RunBadge({ state, ...rest }) {
  return h(StateBadge, { ...(RUN_STATES[state] ?? { ...UNKNOWN, label: state }), ...rest });
}
