/** Parts of the view of one pair. */

import { h, Chakra } from "../shared/host.js";
import { COLUMNS } from "../shared/columns.js";
import { LongCode } from "../shared/fold.js";
import { PageLink } from "../shared/query.js";
import { Samples } from "../shared/samples.js";
import { NUMBERS, WORDS } from "../shared/terms.js";
import { Facts, Tile, TileRow } from "../shared/tiles.js";
import { Time, number, plural } from "../shared/time.js";

const { Box, Stack } = Chakra;

/** What counts, in figures. */
export function Figures({ pair, days }) {
  const { statistics, totals, last_run: run } = pair;
  const rate = statistics?.success_rate;
  return h(
    TileRow,
    null,
    h(Tile, {
      term: WORDS.run,
      label: `Runs, last ${days} days`,
      value: number(statistics?.runs),
      note: statistics
        ? [
            `${number(statistics.succeeded)} succeeded`,
            `${number(statistics.failed)} failed`,
            statistics.running > 0 && `${number(statistics.running)} running`,
          ]
            .filter(Boolean)
            .join(", ")
        : "none, or not known",
    }),
    h(Tile, {
      term: NUMBERS.success_rate,
      value: rate === null || rate === undefined ? "–" : `${Math.round(rate * 100)} %`,
      note: `last ${days} days`,
    }),
    h(Tile, {
      term: NUMBERS.last_success,
      value: h(Time, { value: pair.last_success_at, relative: "long", empty: "never" }),
      note: pair.last_success_at && h(Time, { value: pair.last_success_at }),
    }),
    h(Tile, {
      term: NUMBERS.fetched,
      label: "Last run",
      value: run ? `${number(run.counts.fetched)} fetched` : "–",
      note:
        run &&
        `${number(run.counts.inserted)} new, ${number(run.counts.updated)} updated, ${number(run.counts.rejected)} rejected`,
    }),
    h(Tile, { term: NUMBERS.events_upcoming, value: number(pair.events_upcoming) }),
    h(Tile, {
      term: WORDS.attempt,
      label: "All-time",
      value: `${number(totals.fetched)} fetched`,
      note: `${number(totals.succeeded)} of ${plural(totals.attempts, "attempt")} succeeded`,
    }),
  );
}

/** Rejected items by reason, with samples. */
export function Rejects({ groups }) {
  return h(
    Stack,
    { gap: 2 },
    groups.map(({ reason, count, samples }) =>
      h(
        Box,
        { key: reason, as: "details", borderWidth: 1, borderRadius: "md", p: 2, fontSize: "sm" },
        h(Box, { as: "summary", cursor: "pointer" }, `${number(count)} × ${reason}`),
        h(Samples, { samples }),
      ),
    ),
  );
}

/** What is configured, the source's part included. */
export function Configuration({ data }) {
  const { pair, effective_settings: settings } = data;
  return h(Facts, {
    facts: [
      [
        "Source",
        h(
          PageLink,
          { to: { view: "source", source: pair.source } },
          `${pair.source_name} (${pair.kind})`,
        ),
      ],
      pair.city && ["City", h(PageLink, { to: { view: "city", city: pair.city } }, pair.city_name)],
      ["Enabled", pair.active ? "yes" : (pair.inactive_because ?? "no")],
      ["Schedule", `every ${pair.frequency_hours} h, priority ${pair.priority}`],
      pair.less_often && ["Less often", pair.less_often],
      ["Next due", COLUMNS.next.cell(pair)],
      (pair.connection.required || pair.connection.problem) && [
        "Connection",
        pair.connection.problem ?? pair.connection.id,
      ],
      ...Object.entries(settings).map(([key, value]) => [
        key,
        h(LongCode, null, typeof value === "string" ? value : JSON.stringify(value)),
      ]),
    ],
  });
}
