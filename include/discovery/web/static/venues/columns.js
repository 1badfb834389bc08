/** Columns of the table of venues. */

import { h, Chakra } from "../shared/host.js";
import { PageLink } from "../shared/query.js";
import { number } from "../shared/time.js";
import { addressOf } from "./words.js";

const { Box, Button, HStack, Text } = Chakra;

function NameCell({ venue }) {
  const more = [
    `number ${venue.id}`,
    venue.is_renamed && "renamed",
    venue.names.length > 0 && `also ${venue.names.map(({ id, name }) => `${name} (${id})`).join(", ")}`,
  ];
  return h(
    Box,
    { minW: "9rem", maxW: { md: "26rem" }, overflowWrap: "anywhere" },
    venue.name,
    h(Text, { fontSize: "xs", color: "fg.muted" }, more.filter(Boolean).join(" · ")),
  );
}

const ACTIONS = [
  ["rename", "Rename"],
  ["building", "Building"],
  ["same", "Merge"],
  ["different", "Split"],
];

/** @param {boolean} canEdit @param {(dialog: {what: string, venue: object}) => void} open */
export function venueColumns(canEdit, open) {
  return [
    {
      key: "name",
      label: "Venue",
      isHeader: true,
      value: ({ name }) => name,
      cell: (venue) => h(NameCell, { venue }),
    },
    { key: "address", label: "Address", isInCard: true, value: addressOf, cell: (venue) => addressOf(venue) || "–" },
    {
      key: "building",
      label: "Hall of",
      help: "The building in which it is a hall",
      isInCard: true,
      value: ({ building }) => building?.name,
      cell: ({ building }) => (building ? `${building.name} (${building.id})` : "–"),
    },
    {
      key: "upcoming",
      label: "Events to come",
      isInCard: true,
      numeric: true,
      value: ({ upcoming }) => upcoming,
      cell: ({ name, upcoming }) =>
        upcoming > 0
          ? h(
              PageLink,
              { to: { view: "events", text: name }, title: "Search the events by this name" },
              number(upcoming),
            )
          : "0",
    },
    canEdit && {
      key: "actions",
      label: "Actions",
      isPinned: true,
      cell: (venue) =>
        h(
          HStack,
          { gap: 1, flexWrap: "wrap" },
          ACTIONS.map(([what, label]) =>
            h(
              Button,
              {
                key: what,
                size: "2xs",
                variant: what === "rename" ? "outline" : "ghost",
                "aria-label": `${label}: ${venue.name} (${venue.id})`,
                onClick: () => open({ what, venue }),
              },
              label,
            ),
          ),
        ),
    },
  ].filter(Boolean);
}
