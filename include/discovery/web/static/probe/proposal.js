/** Everything that was found at an address: proposals of how to read it, the best one open. */

import { h, React, Chakra } from "../shared/host.js";
import { useKinds } from "../shared/kinds.js";
import { hostOf } from "./address.js";
import { Quality, SampleEvents } from "./sample.js";
import { NothingFound } from "./loading.js";
import { AddProposal } from "./add.js";
import { LongLink } from "../shared/fold.js";
import { ErrorPanel } from "../shared/loading.js";
import { FoldedList, TextList } from "./text-list.js";
import { number, plural } from "../shared/time.js";

const { Badge, Box, Code, Heading, Stack, Text } = Chakra;

function Part({ title, children }) {
  return h(
    Box,
    { minW: 0 },
    h(Heading, { as: "h4", fontSize: "sm", fontWeight: "semibold", mb: 1 }, title),
    children,
  );
}

function Settings({ settings }) {
  return h(
    Code,
    {
      as: "pre",
      display: "block",
      p: 2,
      fontSize: "xs",
      whiteSpace: "pre-wrap",
      overflowWrap: "anywhere",
    },
    JSON.stringify(settings, null, 2),
  );
}

function Proposal({ proposal, connector, isFirst, isBest, children }) {
  const { kind, read, problem, events } = proposal;
  const repairs = Object.entries(proposal.warnings).map(
    ([text, count]) => `${number(count)} × ${text}`,
  );
  return h(
    Box,
    {
      as: "details",
      open: isFirst,
      borderWidth: 1,
      borderRadius: "md",
      p: 3,
      minW: 0,
      "data-proposal": kind,
    },
    h(
      Box,
      { as: "summary", cursor: "pointer", overflowWrap: "anywhere" },
      h("strong", null, kind),
      connector && ` – ${connector.summary}`,
      isBest && h(Badge, { ms: 2, size: "sm", colorPalette: "brand" }, "best"),
      proposal.needs_connection &&
        h(Badge, { ms: 2, size: "sm", variant: "outline" }, "needs a key"),
      h(
        Text,
        { as: "span", fontSize: "sm", color: "fg.muted" },
        problem === null ? ` ${plural(read, "event")} read` : " nothing read",
      ),
    ),
    h(
      Stack,
      { gap: 4, mt: 3, minW: 0 },
      problem === null
        ? h(Text, { fontSize: "sm" }, proposal.reason)
        : h(ErrorPanel, { title: "No sample was read", status: "warning" }, problem),
      children,
      proposal.evidence.length > 0 &&
        h(Part, { title: "Evidence" }, h(TextList, { texts: proposal.evidence })),
      read > 0 &&
        h(
          Part,
          { title: "What its events contain" },
          h(Quality, { quality: proposal.quality, read }),
        ),
      events.length > 0 &&
        h(
          Part,
          { title: "The first events" },
          h(SampleEvents, { events, caption: `The first events by ${kind}` }),
        ),
      repairs.length > 0 &&
        h(Part, { title: "Repaired, guessed or left out" }, h(TextList, { texts: repairs })),
      h(Part, { title: "Settings" }, h(Settings, { settings: proposal.settings })),
    ),
  );
}

/**
 * @param {{answer: object, city: object, connectors: object[], onAdded: () => void,
 *   taken: string[], canRun: boolean, onComplete: (form: object) => void, onByHand: () => void}} props
 */
export function Findings({ answer, city, connectors, taken, canRun, onAdded, onComplete, onByHand }) {
  const kindOf = useKinds();
  const { url, title, proposals, notes, tried } = answer;
  const heading = React.useRef(null);
  React.useEffect(() => heading.current.focus(), []);
  return h(
    Stack,
    { gap: 3, minW: 0, "data-testid": "findings" },
    h(
      Box,
      { minW: 0 },
      h(
        Heading,
        {
          as: "h3",
          size: "md",
          ref: heading,
          tabIndex: -1,
          outline: "none",
          overflowWrap: "anywhere",
        },
        proposals.length === 0
          ? `Nothing found at ${hostOf(url)}`
          : `${plural(proposals.length, "way")} to read ${hostOf(url)}`,
      ),
      h(
        Text,
        { as: "div", fontSize: "sm", color: "fg.muted" },
        `Looked for ${city.name} at`,
        h(LongLink, { url }, url),
      ),
      notes.map((note, index) => h(Text, { key: index, fontSize: "sm", mt: 1 }, note)),
    ),
    proposals.length === 0 && h(NothingFound, { onByHand }),
    proposals.map((proposal, index) => {
      const connector = connectors.find(({ kind }) => kind === proposal.kind);
      return h(
        Proposal,
        {
          key: index,
          proposal,
          connector,
          isFirst: index === 0,
          isBest: index === 0 && proposals.length > 1 && proposal.read > 0,
        },
        h(AddProposal, {
          proposal,
          connector: kindOf(connector?.kind),
          url,
          city,
          name: title,
          taken,
          canRun,
          onAdded,
          onComplete,
        }),
      );
    }),
    tried.length > 0 &&
      h(FoldedList, { title: `What was tried (${number(tried.length)})`, texts: tried }),
  );
}
