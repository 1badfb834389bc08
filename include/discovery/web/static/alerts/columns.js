/** The columns of the alerts' tables: open alerts, mutes, proposed assertions, messages. */

import { h, Chakra } from "../shared/host.js";
import { urlOf } from "../shared/api.js";
import { Fold, LongLink } from "../shared/fold.js";
import { StateBadge } from "../shared/health.js";
import { AirflowLink, OutLink, PageLink } from "../shared/query.js";
import { Time, plural } from "../shared/time.js";
import { accept, ofPair, ofSource, unmute } from "./forms.js";
import { CONDITIONS, MEASURES, inWords } from "./words.js";

const { Box, Button, HStack, Text } = Chakra;

/** So many runs of a pair are looked at. */
const RUNS_READ = 14;

function Small(props) {
  return h(Button, { size: "2xs", variant: "outline", ...props });
}

const PAIR = {
  key: "pair",
  label: "Pair",
  isHeader: true,
  value: ({ label }) => label,
  cell: ({ city, source, label }) => h(PageLink, { to: { view: "pair", city, source } }, label),
};

function often({ failures }) {
  if (failures === 0) {
    return "–";
  }
  return failures < RUNS_READ
    ? `${plural(failures, "failure")} in a row`
    : `${RUNS_READ} failures in a row, or more`;
}

/** What was told and is not over. */
export function openColumns(canEdit, open) {
  return [
    PAIR,
    {
      key: "condition",
      label: "What",
      isInCard: true,
      value: ({ condition }) => Object.keys(CONDITIONS).indexOf(condition),
      cell: ({ condition }) => h(StateBadge, CONDITIONS[condition]),
    },
    {
      key: "since",
      label: "Since",
      help: "When the alert was raised.",
      isInCard: true,
      value: ({ opened_at: at }) => at,
      cell: ({ opened_at: at }) => h(Time, { value: at, relative: "long" }),
    },
    {
      key: "failures",
      label: "How often",
      help: "How many of the pair's latest runs have failed in a row.",
      isInCard: true,
      value: ({ failures }) => failures,
      cell: often,
    },
    {
      key: "reason",
      label: "Why",
      help: "As of when the alert was raised.",
      isInCard: true,
      value: ({ reason }) => reason,
      cell: ({ reason }) =>
        h(Fold, { text: reason, lines: 3, fontSize: "xs", minW: { md: "12rem" }, maxW: "28rem" }),
    },
    {
      key: "links",
      label: "What to do",
      isInCard: true,
      cell: ({ runbook, log_path: log, run_path: run, label }) =>
        h(
          HStack,
          { gap: 3, flexWrap: "wrap", fontSize: "sm" },
          h(OutLink, { url: urlOf(runbook).href, "aria-label": `Runbook: ${label}` }, "Runbook"),
          log && h(AirflowLink, { path: `/${log}`, "aria-label": `Log: ${label}` }, "Log"),
          h(AirflowLink, { path: `/${run}`, "aria-label": `Run: ${label}` }, "Run"),
        ),
    },
    canEdit && {
      key: "actions",
      label: "Actions",
      isPinned: true,
      cell: (alert) =>
        h(
          Small,
          {
            "aria-label": `Mute: ${alert.label}`,
            onClick: () => open({ mute: ofPair(alert) }),
          },
          "Mute",
        ),
    },
  ].filter(Boolean);
}

function holderOf(muted) {
  return muted.is_of_pair
    ? ofPair(muted)
    : ofSource({ ...muted, slug: muted.source, name: muted.source });
}

/** The pairs that are muted. */
export function mutedColumns(canEdit, open) {
  return [
    PAIR,
    {
      key: "until",
      label: "Until",
      help: "The last day, in UTC.",
      isInCard: true,
      value: ({ until }) => until,
      cell: ({ until }) => h(Box, { as: "span", whiteSpace: "nowrap" }, until),
    },
    {
      key: "issue",
      label: "Issue",
      isInCard: true,
      value: ({ issue }) => issue,
      cell: ({ issue }) => h(LongLink, { url: issue, minW: { md: "10rem" }, maxW: "24rem" }, issue),
    },
    {
      key: "reason",
      label: "Reason",
      isInCard: true,
      value: ({ reason }) => reason,
      cell: ({ reason }) => h(Text, { overflowWrap: "anywhere", maxW: "20rem" }, reason ?? "–"),
    },
    {
      key: "by",
      label: "Muted",
      isInCard: true,
      value: ({ is_of_pair: isOfPair }) => Number(isOfPair),
      cell: ({ is_of_pair: isOfPair, source }) =>
        isOfPair
          ? "this pair"
          : h(PageLink, { to: { view: "source", source } }, `all pairs of ${source}`),
    },
    canEdit && {
      key: "actions",
      label: "Actions",
      isPinned: true,
      cell: (muted) =>
        h(
          HStack,
          { gap: 1 },
          h(
            Small,
            {
              "aria-label": `Change mute: ${muted.label}`,
              onClick: () => open({ mute: holderOf(muted) }),
            },
            "Change",
          ),
          h(
            Small,
            { "aria-label": `Unmute: ${muted.label}`, onClick: () => unmute(holderOf(muted)) },
            muted.is_of_pair ? "Unmute" : "Unmute source",
          ),
        ),
    },
  ].filter(Boolean);
}

/** Assertions that the latest runs propose, beside those that apply. */
export function proposedColumns(canEdit) {
  return [
    {
      key: "of",
      label: "Of",
      isHeader: true,
      value: ({ label }) => label,
      cell: ({ city, source, label, is_of_pair: isOfPair }) =>
        h(PageLink, { to: isOfPair ? { view: "pair", city, source } : { view: "source", source } }, label),
    },
    {
      key: "measure",
      label: "Measure",
      isInCard: true,
      value: ({ measure }) => MEASURES[measure].label,
      cell: ({ measure }) =>
        h(Box, { as: "span", title: MEASURES[measure].help }, MEASURES[measure].label),
    },
    {
      key: "proposed",
      label: "Proposed",
      isInCard: true,
      cell: ({ measure, proposed }) => inWords(measure, proposed),
    },
    {
      key: "current",
      label: "Now",
      isInCard: true,
      cell: ({ measure, current }) => inWords(measure, current),
    },
    canEdit && {
      key: "actions",
      label: "Actions",
      isPinned: true,
      cell: (proposal) =>
        h(
          Small,
          {
            "aria-label": `Accept: ${MEASURES[proposal.measure].label} of ${proposal.label}`,
            onClick: () => accept(proposal),
          },
          "Accept",
        ),
    },
  ].filter(Boolean);
}

const KINDS = { alert: "Alert", digest: "Daily digest", late: "Run is late" };

const STATES = {
  pending: "waits to be sent",
  sending: "being sent",
  sent: "sent",
  failed: "not sent",
  unconfirmed: "may not have arrived",
};

/** Messages that were made, and what became of them. */
export const MESSAGE_COLUMNS = [
  {
    key: "made",
    label: "When",
    isInCard: true,
    value: ({ created_at: at }) => at,
    cell: ({ created_at: at }) => h(Time, { value: at }),
  },
  {
    key: "subject",
    label: "Message",
    isHeader: true,
    value: ({ subject }) => subject,
    cell: ({ subject, kind }) => h(Box, { minW: { md: "12rem" } }, subject ?? KINDS[kind]),
  },
  { key: "kind", label: "Kind", value: ({ kind }) => KINDS[kind], cell: ({ kind }) => KINDS[kind] },
  {
    key: "channel",
    label: "Channel",
    isInCard: true,
    value: ({ channel }) => channel,
    cell: ({ channel }) => h(Box, { as: "span", overflowWrap: "anywhere" }, channel),
  },
  {
    key: "state",
    label: "State",
    isInCard: true,
    value: ({ state }) => STATES[state],
    cell: ({ state, attempts, error }) =>
      h(
        Box,
        { maxW: "24rem" },
        STATES[state],
        attempts > 1 && ` after ${attempts} attempts`,
        error && h(Fold, { text: error, fontSize: "xs", color: "fg.muted" }),
      ),
  },
];
