/** The figures on top of the overview. */

import { h, Chakra } from "../shared/host.js";
import { RetryFailed } from "./retry-failed.js";
import { HEALTH, RunBadge, Sign } from "../shared/health.js";
import { AirflowLink } from "../shared/query.js";
import { NUMBERS } from "../shared/terms.js";
import { Tile, TileRow } from "../shared/tiles.js";
import { Time, number, plural } from "../shared/time.js";

const { Box, Button, HStack } = Chakra;

const ALWAYS_SHOWN = new Set(["healthy", "warning", "failing", "stale", "never_run"]);

/** The pairs by health, each a filter. */
export function HealthCounts({ health, chosen, onChoose }) {
  const counts = Object.keys(HEALTH).map((state) => [state, health[state] ?? 0]);
  return h(
    HStack,
    {
      gap: 2,
      flexWrap: { md: "wrap" },
      overflowX: { base: "auto", md: "visible" },
      maxW: "100%",
      // The focus ring of the first and the last would be cut.
      p: "2px",
      m: "-2px",
      role: "group",
      "aria-label": "Pairs by health",
    },
    counts
      .filter(([state, count]) => count > 0 || ALWAYS_SHOWN.has(state) || state === chosen)
      .map(([state, count]) => {
        const { label, sign, palette, help } = HEALTH[state];
        return h(
          Button,
          {
            key: state,
            size: "xs",
            variant: state === chosen ? "surface" : "outline",
            colorPalette: palette,
            title: help,
            flexShrink: 0,
            "aria-pressed": state === chosen,
            "data-count": state,
            onClick: () => onChoose(state === chosen ? null : state),
          },
          h(Box, { as: "span", color: `${palette}.fg` }, h(Sign, { name: sign })),
          label,
          h(Box, { as: "b", fontVariantNumeric: "tabular-nums" }, count),
        );
      }),
  );
}

/** The state of the DAG's last run, which is no better than that of its pairs. */
function stateOf(run, outcome) {
  if (run.state !== "success" || !outcome || outcome.failed + outcome.partial === 0) {
    return run.state;
  }
  return outcome.failed === outcome.pairs ? "failed" : "partial";
}

function inWords({ pairs, running, failed, partial }) {
  const parts = [
    `${number(pairs - failed - running)} of ${plural(pairs, "pair")} succeeded`,
    partial && `${number(partial)} of them incomplete`,
    failed && `${number(failed)} failed`,
    running && `${number(running)} not ended`,
  ];
  return parts.filter(Boolean).join(", ");
}

/** The figures; those of pairs follow the filters. */
export function Tiles({ data, isFiltered }) {
  const { tiles, dag, chosen } = data;
  const run = dag?.last_run;
  return h(
    TileRow,
    null,
    h(Tile, {
      term: NUMBERS.pairs_enabled,
      value: `${number(chosen.active)} of ${number(chosen.pairs)}`,
      note: `${tiles.cities === 1 ? "1 city" : `${number(tiles.cities)} cities`}, ${plural(tiles.sources, "source")}`,
    }),
    h(Tile, {
      term: NUMBERS.events_upcoming,
      value: number(tiles.events_upcoming),
      note: isFiltered
        ? `all pairs; the chosen ones list ${number(chosen.events_upcoming)}`
        : "each counted once",
    }),
    h(Tile, {
      term: NUMBERS.events_new,
      value: number(tiles.events_new_this_week),
      note: isFiltered ? "all pairs" : "stored first in 7 days",
    }),
    h(Tile, {
      term: NUMBERS.last_run,
      isLong: true,
      value: run
        ? h(Time, { value: run.started_at ?? run.run_after, relative: "long" })
        : "none yet",
      note:
        run &&
        h(
          HStack,
          { as: "span", gap: 2, flexWrap: "wrap", rowGap: 1 },
          h(RunBadge, { state: stateOf(run, tiles.last_run) }),
          h(AirflowLink, { path: `/${run.run_path}` }, "Open"),
          tiles.last_run?.failed > 0 && h(RetryFailed, { run, permissions: data.permissions }),
          tiles.last_run?.pairs
            ? h(Box, { as: "span", flexBasis: "100%" }, inWords(tiles.last_run))
            : null,
        ),
    }),
    h(Tile, {
      term: NUMBERS.next_run,
      value:
        dag?.next_run_at && !dag.paused
          ? h(Time, { value: dag.next_run_at, relative: "long" })
          : "–",
      note: dag?.paused
        ? "the DAG is paused"
        : dag?.next_run_at && h(Time, { value: dag.next_run_at }),
    }),
  );
}
