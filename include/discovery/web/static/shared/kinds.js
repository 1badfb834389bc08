/** What is known of a kind of source: asked for when a form or a data sheet shows it, one by one. */

import { h, Chakra } from "./host.js";
import { Modal } from "./dialogs.js";
import { ErrorPanel, TableSkeleton, failureOf } from "./loading.js";
import { useAnswers, useResource } from "./resource.js";

const { Box, Button, Stack, Text } = Chakra;

function pathOf(kind) {
  return `kinds/${encodeURIComponent(kind)}`;
}

/** A function that returns a kind in full; undefined until it is known, or where there is none. */
export function useKinds() {
  const answers = useAnswers();
  return (kind) => (kind ? (answers(pathOf(kind)) ?? undefined) : undefined);
}

/**
 * A form that needs a kind from the beginning, since what is in its fields is read with them.
 * @param {{kind?: string, title: string, onClose: () => void, children: () => object}} props
 */
export function WithKind({ kind, title, onClose, children }) {
  const { data, error, reload } = useResource(kind ? pathOf(kind) : null);
  if (!kind || data !== null) {
    return children();
  }
  if (error === null) {
    return null;
  }
  const failure = failureOf(error, "The form could not be loaded");
  return h(
    Modal,
    {
      title,
      size: "lg",
      onClose,
      footer: h(Button, { variant: "outline", onClick: onClose }, "Cancel"),
    },
    h(ErrorPanel, { title: failure.title, onRetry: reload }, failure.text),
  );
}

/** A data sheet: what a kind provides, needs and is known for. */
export function DataSheet({ sections }) {
  return h(
    Stack,
    { gap: 2, fontSize: "sm" },
    sections.map(({ title, text }) =>
      h(
        Box,
        { key: title },
        h(Text, { fontWeight: "semibold" }, title),
        h(Text, { overflowWrap: "anywhere", whiteSpace: "pre-line" }, text),
      ),
    ),
  );
}

/** The data sheet of a kind that is not on the screen yet. */
export function DataSheetOf({ kind }) {
  const { data, error, reload } = useResource(pathOf(kind));
  if (data === null) {
    return error
      ? h(ErrorPanel, { title: failureOf(error).title, onRetry: reload }, failureOf(error).text)
      : h(TableSkeleton, { rows: 3 });
  }
  return h(DataSheet, { sections: data.data_sheet });
}
