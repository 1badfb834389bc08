/** What is running right now, and how far it is. */

import { h, Chakra } from "./host.js";
import { AirflowLink, PageLink } from "./query.js";
import { RunBadge } from "./health.js";
import { useResource } from "./resource.js";
import { isFollowing } from "./runs.js";
import { number, plural } from "./time.js";

const { Box, HStack, Progress, Stack, Text } = Chakra;

const BUSY_SECONDS = 2;
const IDLE_SECONDS = 15;

/** The live state, asked for often while something is going on. */
export function useProgress() {
  return useResource("live", (live) =>
    live?.running || isFollowing() ? BUSY_SECONDS : IDLE_SECONDS,
  ).data;
}

/** How often the view around should be read again. */
export function pace(live) {
  return live?.running || isFollowing() ? 5 : 30;
}

/** How far one pair is, in words: "3 pages, 240 of 900 events". */
export function progressText({ counts, expected, try_number: attempt, state }) {
  if (state === "planned") {
    return "waiting for its turn";
  }
  const of = expected ? ` of ${number(expected)}` : "";
  const parts = [plural(counts.pages, "page"), `${number(counts.fetched)}${of} events`];
  return parts.concat(attempt > 1 ? [`attempt ${attempt}`] : []).join(", ");
}

function PairProgress({ pair }) {
  const share = pair.expected ? Math.min(100, (100 * pair.counts.fetched) / pair.expected) : null;
  return h(
    HStack,
    { gap: 3, flexWrap: "wrap", "data-live": pair.label },
    h(
      PageLink,
      { to: { view: "pair", city: pair.city, source: pair.source }, minW: "12rem" },
      pair.label,
    ),
    h(RunBadge, { state: pair.state }),
    h(
      Progress.Root,
      {
        value: share,
        size: "xs",
        width: "8rem",
        colorPalette: "running",
      },
      h(Progress.Track, { "aria-label": `Progress of ${pair.label}` }, h(Progress.Range)),
    ),
    h(
      Text,
      { fontSize: "sm", color: "fg.muted", fontVariantNumeric: "tabular-nums" },
      progressText(pair),
    ),
    pair.dry_run && h(Text, { fontSize: "sm" }, "dry run"),
    pair.log_path && h(AirflowLink, { path: `/${pair.log_path}`, fontSize: "sm" }, "Log"),
  );
}

function Frame({ children }) {
  return h(
    Box,
    {
      borderWidth: 1,
      borderColor: "running.solid",
      borderRadius: "md",
      p: 3,
      "data-testid": "live",
    },
    children,
  );
}

/** The panel of the run that is on; nothing when none is. */
export function LivePanel({ live, dag }) {
  if (!live?.running) {
    return dag?.running
      ? h(
          Frame,
          null,
          h(
            Text,
            { fontWeight: "semibold", role: "status" },
            "A run is in progress: queued, planning or ending",
          ),
        )
      : null;
  }
  const total = live.planned + live.in_progress + live.done + live.failed;
  const ended = live.done + live.failed;
  const active = live.pairs.filter(({ state }) => state === "running");
  return h(
    Frame,
    null,
    h(
      HStack,
      { justify: "space-between", flexWrap: "wrap", mb: active.length > 0 ? 3 : 0 },
      h(
        Text,
        { fontWeight: "semibold", role: "status" },
        `A run is in progress: ${ended} of ${total} pairs done` +
          (live.failed > 0 ? `, ${live.failed} failed` : ""),
      ),
      h(
        Text,
        { fontSize: "sm", color: "fg.muted" },
        `${live.in_progress} in progress, ${live.planned} waiting`,
      ),
    ),
    h(
      Stack,
      { gap: 2 },
      active.map((pair) => h(PairProgress, { key: `${pair.run_id} ${pair.label}`, pair })),
    ),
  );
}
