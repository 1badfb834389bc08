/** What a run makes of a pair, in the pair's own row: queued, how far it is, how it ended and why. */

import { h, Chakra } from "./host.js";
import { Fold } from "./fold.js";
import { HealthBadge, RunBadge } from "./health.js";
import { progressText } from "./progress.js";
import { AirflowLink } from "./query.js";
import { useRunMark } from "./runs.js";
import { number } from "./time.js";

const { Box, Text } = Chakra;

/** What is said of a pair that the run has not got, or not yet. */
const WITHOUT_PAIR = {
  queued: ["queued", "waits for the run to start"],
  left_out: [null, "The run left it out: it is not due, or parked."],
  no_plan: ["failed", "The run could not be planned: its task plan says why."],
};

function outcomeText({ counts }) {
  const parts = [
    `${number(counts.fetched)} fetched`,
    `${number(counts.inserted)} new`,
    `${number(counts.updated)} updated`,
    counts.rejected > 0 && `${number(counts.rejected)} rejected`,
  ];
  return `This run: ${parts.filter(Boolean).join(", ")}`;
}

function textOf(mark) {
  switch (mark.state) {
    case "planned":
    case "running":
      return progressText(mark);
    case "failed":
      return mark.error?.message ?? "It failed.";
    case "lost":
      return "It never ended, although the run is over.";
    default:
      return outcomeText(mark);
  }
}

function Mark({ mark, hasBadge }) {
  const [state, text] = WITHOUT_PAIR[mark.state] ?? [mark.state, textOf(mark)];
  return h(
    Box,
    { fontSize: "xs", mt: 1, "data-mark": mark.state },
    hasBadge && state && h(RunBadge, { state }),
    h(
      Fold,
      { text, lines: 3, color: "fg.muted", mt: 1 },
      mark.log_path && h(AirflowLink, { path: `/${mark.log_path}`, fontSize: "xs" }, "Log"),
    ),
    mark.dry_run && h(Text, { color: "fg.muted" }, "Dry run: nothing is stored."),
  );
}

/** That the alerts of the pair are muted. */
function Muted({ mute }) {
  return h(
    Text,
    { fontSize: "xs", color: "fg.muted", mt: 1, title: mute.reason ?? undefined, "data-muted": true },
    `Muted until ${mute.until}`,
  );
}

/** How a pair is doing, and below it what a run makes of it right now. */
export function HealthAndRun({ pair, lines }) {
  const mark = useRunMark(pair);
  const isRunning = pair.health.state === "running";
  return h(
    Box,
    { minW: 0 },
    h(HealthBadge, { health: pair.health, lines, withReason: !(mark && isRunning) }),
    pair.mute && h(Muted, { mute: pair.mute }),
    // A pair that is running says so already.
    mark && h(Mark, { mark, hasBadge: !(isRunning && mark.state === "running") }),
  );
}
