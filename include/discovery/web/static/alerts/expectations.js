/** What is expected of one pair or source, and whether it alerts: a section of its view. */

import { h, React, Chakra } from "../shared/host.js";
import { Help } from "../shared/help.js";
import { LongLink } from "../shared/fold.js";
import { PageLink } from "../shared/query.js";
import { DataTable } from "../shared/table.js";
import { WORDS } from "../shared/terms.js";
import { Facts } from "../shared/tiles.js";
import { AssertionForm, MuteForm, SeasonsForm, accept, unmute } from "./forms.js";
import { MEASURES, inWords, isOver, seasonText } from "./words.js";

const { Box, Button, HStack, Stack, Text } = Chakra;

function Small(props) {
  return h(Button, { size: "2xs", variant: "outline", ...props });
}

function MuteText({ mute }) {
  return h(
    Box,
    null,
    `Muted until the end of ${mute.until} (UTC). `,
    mute.reason && `${mute.reason}. `,
    h(LongLink, { url: mute.issue }, mute.issue),
  );
}

/** Whether it alerts, by its own mute or its source's. */
function Alerts({ of, effective, source, canEdit, open }) {
  const own = of.monitoring.mute;
  const mute = effective.mute && !isOver(effective.mute.until) ? effective.mute : null;
  const isInherited = mute !== null && JSON.stringify(mute) !== JSON.stringify(own);
  return h(
    Stack,
    { gap: 1, minW: 0 },
    mute ? h(MuteText, { mute }) : "Alerts are sent as usual.",
    isInherited &&
      h(
        Text,
        { as: "span", color: "fg.muted" },
        "By ",
        h(
          PageLink,
          { to: { view: "source", source }, textDecoration: "underline" },
          "its source",
        ),
        ".",
      ),
    canEdit &&
      h(
        HStack,
        { gap: 2 },
        h(
          Small,
          { "aria-label": `Mute the alerts of ${of.label}`, onClick: () => open({ mute: of }) },
          own ? "Change mute" : "Mute",
        ),
        own && h(Small, { onClick: () => unmute(of) }, "Unmute"),
      ),
  );
}

function Seasons({ of, effective, canEdit, open }) {
  const seasons = effective.expected_empty.map(seasonText).join(", ");
  return h(
    HStack,
    { gap: 2, flexWrap: "wrap" },
    seasons || "Never.",
    canEdit &&
      h(
        Small,
        { "aria-label": `Change when ${of.label} may be empty`, onClick: () => open({ seasons: of }) },
        "Change",
      ),
  );
}

function boundsText({ measure, assertion, isInherited }) {
  const muted = assertion?.muted_until;
  return [
    inWords(measure, assertion),
    isInherited && " (by its source)",
    muted && !isOver(muted) && `, muted until ${muted}`,
  ]
    .filter(Boolean)
    .join("");
}

function columnsFor(canEdit, open) {
  return [
    {
      key: "measure",
      label: "Measure",
      isHeader: true,
      cell: ({ measure }) =>
        h(
          Box,
          { minW: "7rem" },
          MEASURES[measure].label,
          h(
            Text,
            { fontSize: "xs", fontWeight: "normal", color: "fg.muted" },
            MEASURES[measure].help,
          ),
        ),
    },
    { key: "asserted", label: "Asserted", cell: boundsText },
    {
      key: "proposed",
      label: "Proposed",
      cell: ({ measure, proposal }) => (proposal ? inWords(measure, proposal.proposed) : "–"),
    },
    canEdit && {
      key: "actions",
      label: "Actions",
      isPinned: true,
      cell: (row) =>
        h(
          HStack,
          { gap: 1 },
          h(
            Small,
            {
              "aria-label": `Change: ${MEASURES[row.measure].label}`,
              onClick: () => open({ assertion: row }),
            },
            "Change",
          ),
          row.proposal &&
            h(
              Small,
              {
                "aria-label": `Accept proposal: ${MEASURES[row.measure].label}`,
                onClick: () => accept(row.proposal),
              },
              "Accept proposal",
            ),
        ),
    },
  ].filter(Boolean);
}

function rowsOf({ of, effective, proposals }) {
  return Object.keys(MEASURES).map((measure) => ({
    of,
    measure,
    assertion: effective.assertions[measure],
    isInherited: measure in effective.assertions && !(measure in of.monitoring.assertions),
    proposal: proposals.find((each) => each.measure === measure),
  }));
}

/**
 * @param {{of: object, effective: object, proposals: object[], source?: string,
 *   canEdit: boolean}} props `effective` is what holds in the end; of a pair, `source` is the slug of
 *   its source
 */
export function Expectations({ of, effective, proposals, source, canEdit }) {
  const [dialog, setDialog] = React.useState(null);
  const close = () => setDialog(null);
  const row = dialog?.assertion;
  const own = of.monitoring.expected_empty.map(seasonText);
  const inherited = effective.expected_empty.map(seasonText).filter((each) => !own.includes(each));
  const explained = (term) => h(React.Fragment, null, term.label, h(Help, { term }));
  return h(
    Stack,
    { gap: 4, minW: 0 },
    h(Facts, {
      facts: [
        [explained(WORDS.alert), h(Alerts, { of, effective, source, canEdit, open: setDialog })],
        [explained(WORDS.season), h(Seasons, { of, effective, canEdit, open: setDialog })],
      ],
    }),
    h(DataTable, {
      caption: `Assertions about ${of.label}`,
      name: "asserted-",
      rows: rowsOf({ of, effective, proposals }),
      rowKey: ({ measure }) => measure,
      columns: columnsFor(canEdit, setDialog),
      summary: h(Text, { fontSize: "sm" }, explained(WORDS.assertion)),
    }),
    dialog?.mute && h(MuteForm, { of: dialog.mute, onClose: close }),
    dialog?.seasons && h(SeasonsForm, { of: dialog.seasons, inherited, onClose: close }),
    row &&
      h(AssertionForm, {
        of: row.of,
        measure: row.measure,
        isOfPair: source !== undefined,
        proposed: row.proposal?.proposed,
        onClose: close,
      }),
  );
}
