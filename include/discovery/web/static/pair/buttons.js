/** The buttons of a pair, the same wherever one stands: what they say, and when they may not. */

import { h, Chakra } from "../shared/host.js";

const { Button } = Chakra;

/** Why somebody may not start runs; undefined for those who may. */
export function noRuns(permissions) {
  return permissions.can_run ? undefined : "You may not trigger runs of this DAG";
}

/** Starts a run of the pair; says why not where that is so. */
export function RunButton({ pair, permissions, ...look }) {
  return h(
    Button,
    {
      ...look,
      disabled: !permissions.can_run || !pair.active,
      title: noRuns(permissions) ?? pair.inactive_because ?? undefined,
    },
    "Run now",
  );
}

/** The two buttons of a table's row. */
export function RowButtons({ pair, permissions, onRun, onEdit }) {
  return [
    h(RunButton, {
      key: "run",
      pair,
      permissions,
      size: "2xs",
      variant: "outline",
      "aria-label": `Run now: ${pair.label}`,
      onClick: () => onRun(pair),
    }),
    permissions.can_edit &&
      h(
        Button,
        {
          key: "edit",
          size: "2xs",
          variant: "ghost",
          "aria-label": `Edit ${pair.label}`,
          onClick: () => onEdit(pair),
        },
        "Edit",
      ),
  ];
}
