/** Pairs of venues that may be one place, decided one after the other. */

import { h, React, Chakra } from "../shared/host.js";
import { api, withQuery } from "../shared/api.js";
import { DecisionBar, useDecisions } from "../shared/decisions.js";
import { Empty } from "../shared/loading.js";
import { PageLink } from "../shared/query.js";
import { plural } from "../shared/time.js";
import { addressOf } from "./words.js";

const { Box, Button, SimpleGrid, Stack, Text } = Chakra;

const keyOf = ({ first, second }) => `${first.id}-${second.id}`;

/** The path of the API that takes a decision about a pair back. */
export function judgementPath({ first, second }) {
  return withQuery("venues/judgements", { first: first.id, second: second.id });
}

const WAYS = {
  send: ({ first, second }, word) =>
    api.post("venues/judgements", { first: first.id, second: second.id, ...word }),
  takeBack: (pair) => api.remove(judgementPath(pair)),
  told: { same: "are one venue now", different: "stay two venues" },
  namesOf: ({ first, second }) => `“${first.name}” and “${second.name}”`,
};

const LABELS = { same: "Same place", different: "Different places" };

function Side({ venue }) {
  return h(
    Box,
    { minW: 0, overflowWrap: "anywhere" },
    h(
      PageLink,
      { to: { view: "events", text: venue.name }, fontWeight: "semibold" },
      venue.name,
    ),
    h(Text, { fontSize: "sm" }, addressOf(venue) || "no address"),
    h(Text, { fontSize: "xs", color: "fg.muted" }, `number ${venue.id}`),
  );
}

function Proposal({ proposal }) {
  const { city, first, second, titles, examples, rules } = proposal;
  const more = titles - examples.length;
  return h(
    Stack,
    { gap: 3, minW: 0 },
    h(SimpleGrid, { columns: 2, gap: 4 }, h(Side, { venue: first }), h(Side, { venue: second })),
    h(
      Text,
      { fontSize: "sm", overflowWrap: "anywhere" },
      `${city.name}: ${plural(titles, "title")} at the same starts: ${examples.join("; ")}`,
      more > 0 && `; and ${more} more`,
      ".",
    ),
    h(Text, { fontSize: "sm", color: "fg.muted" }, `The rules say: ${rules}.`),
  );
}

/**
 * @param {{data: {proposals: object[], waiting: number, permissions: object}}} props
 */
export function Proposals({ data }) {
  const [position, setPosition] = React.useState(0);
  const decisions = useDecisions(WAYS);
  const isMade = new Set(decisions.made.map(keyOf));
  const open = data.proposals.filter((proposal) => !isMade.has(keyOf(proposal)));
  const proposal = open[position];
  const nothing =
    open.length > 0
      ? {
          title: "That was the last one",
          action: h(
            Button,
            { size: "sm", variant: "outline", onClick: () => setPosition(0) },
            "Start again with what was skipped",
          ),
        }
      : { title: "No two venues wait for an answer" };
  return h(
    Stack,
    { gap: 3, minW: 0, "aria-busy": decisions.busy },
    proposal
      ? h(
          Box,
          {
            borderWidth: 1,
            borderRadius: "md",
            p: { base: 3, md: 4 },
            "data-proposal": keyOf(proposal),
          },
          h(
            Text,
            { fontSize: "sm", color: "fg.muted", mb: 2 },
            `Are these one place? ${position + 1} of ${open.length}`,
            data.waiting > data.proposals.length && "+",
          ),
          h(Proposal, { proposal }),
        )
      : h(
          Empty,
          nothing,
          "Two venues are shown here when sources list several titles at the same starts at both.",
        ),
    h(DecisionBar, {
      question: proposal,
      canEdit: data.permissions.can_edit,
      decisions,
      labels: LABELS,
      skip: proposal ? () => setPosition(position + 1) : null,
      back: position > 0 ? () => setPosition(Math.min(position, open.length) - 1) : null,
    }),
  );
}
