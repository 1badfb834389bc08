/** The review: pairs of listings of which the rules are not sure, decided one after the other. */

import { h, React, Chakra } from "../shared/host.js";
import { api, withQuery } from "../shared/api.js";
import { DecisionBar, useDecisions } from "../shared/decisions.js";
import { Select } from "../shared/fields.js";
import { Empty, Loaded, TableSkeleton } from "../shared/loading.js";
import { PageLink, useQuery } from "../shared/query.js";
import { useLast, useResource } from "../shared/resource.js";
import { Cancellations } from "./cancellations.js";
import { Question } from "./question.js";

const { Box, Button, Heading, HStack, Stack, Text } = Chakra;

const PAGE = 20;

const keyOf = ({ first, second }) => `${first.id}-${second.id}`;

const WAYS = {
  send: ({ first, second }, word) =>
    api.post("judgements", { first: first.id, second: second.id, ...word }),
  takeBack: ({ first, second }) =>
    api.remove(withQuery("judgements", { first: first.id, second: second.id })),
  told: { same: "are one event now", different: "stay two events" },
  namesOf: ({ first, second }) => `“${first.title}” and “${second.title}”`,
};

const LABELS = { same: "Same event", different: "Not the same" };

function Queue({ data, decisions, isOld }) {
  const [, change] = useQuery();
  const [position, setPosition] = React.useState(0);
  const isMade = new Set(decisions.made.map(keyOf));
  const open = data.questions.filter((question) => !isMade.has(keyOf(question)));
  const question = isOld ? null : open[position];
  const canEdit = data.permissions.can_edit;
  const turn = (after) => {
    setPosition(0);
    change({ after });
  };
  const skip =
    position + 1 < open.length
      ? () => setPosition(position + 1)
      : data.next
        ? () => turn(data.next)
        : () => setPosition(open.length);
  const back = position > 0 ? () => setPosition(Math.min(position, open.length) - 1) : null;
  const nothing =
    open.length > 0
      ? {
          title: "That was the last one",
          action: h(
            Button,
            { size: "sm", variant: "outline", onClick: () => turn(null) },
            "Start again with what was skipped",
          ),
        }
      : { title: "Nothing to review" };
  return h(
    Stack,
    { gap: 4, minW: 0, "aria-busy": decisions.busy || isOld },
    question
      ? h(
          Box,
          { borderWidth: 1, borderRadius: "md", p: { base: 3, md: 4 }, "data-question": keyOf(question) },
          h(
            Text,
            { fontSize: "sm", color: "fg.muted", mb: 2 },
            `Are these one event? ${position + 1} of ${open.length}${data.next ? "+" : ""}`,
          ),
          h(Question, { question, sameFrom: data.same_from }),
        )
      : isOld
        ? h(TableSkeleton)
        : h(
            Empty,
            nothing,
            "Pairs of which the rules are not sure appear here at the end of each sync.",
          ),
    h(DecisionBar, {
      question,
      canEdit,
      decisions,
      labels: LABELS,
      skip: question ? skip : null,
      back,
    }),
  );
}

export function Review() {
  const [query, change] = useQuery();
  const { city, after } = query;
  const path = withQuery("review", { city, after, limit: PAGE });
  const resource = useLast(useResource(path, () => 60));
  const decisions = useDecisions(WAYS);
  const cities = (resource.data?.cities ?? []).map(({ slug, name }) => [slug, name]);
  return h(
    Stack,
    { gap: 4, minW: 0 },
    h(Heading, { as: "h2", size: "lg" }, "Review"),
    h(
      Text,
      { fontSize: "sm", color: "fg.muted", maxW: "60rem" },
      "Two listings may be one event, and the rules are not sure. What you decide holds for good, and is noted under Changes.",
    ),
    h(
      HStack,
      { gap: 4, align: "end", flexWrap: "wrap" },
      h(Select, {
        label: "City",
        empty: "All",
        options: cities,
        value: city ?? "",
        onChange: (value) => change({ city: value, after: null }),
        width: { base: "100%", sm: "12rem" },
      }),
      h(
        PageLink,
        { to: { view: "events", city, duplicates: "true" }, fontSize: "sm", pb: 2 },
        "Events with several listings",
      ),
    ),
    h(Loaded, { resource, skeleton: h(TableSkeleton) }, (data) =>
      h(
        React.Fragment,
        null,
        h(Cancellations, { data }),
        // Another page or city begins with its first question.
        h(Queue, { key: `${city}-${after}`, data, decisions, isOld: resource.isOld }),
      ),
    ),
  );
}
