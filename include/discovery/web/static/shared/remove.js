/** Removing a city, a source or a pair: what goes with it is said first, and its slug is typed. */

import { h, React, Chakra } from "./host.js";
import { api } from "./api.js";
import { ConfirmDialog } from "./dialogs.js";
import { reloadAll } from "./resource.js";
import { ErrorPanel } from "./loading.js";
import { plural } from "./time.js";
import { say } from "./toast.js";

const { Box, Code, Field, Input, List, Skeleton, Text } = Chakra;

/** What goes, and what stays, as the server counts it. */
function Extent({ extent }) {
  const { pairs, listings, events, is_all: isAll } = extent;
  const least = isAll ? "" : "at least ";
  const goes = [
    pairs > 0 && `${plural(pairs, "pair")}: ${extent.pair_labels.join(", ")}`,
    listings > 0 && `${least}${plural(listings, "listing")} that it brought`,
    events > 0 && `${least}${plural(events, "event")} that nothing else lists`,
  ].filter(Boolean);
  const stays = [
    extent.events_kept > 0 &&
      `${least}${plural(extent.events_kept, "event")} that other sources list, too`,
    extent.listings_kept > 0 &&
      `${least}${plural(extent.listings_kept, "listing")} of other sources, without this city`,
    "the log of its runs and of this change",
  ].filter(Boolean);
  const list = (title, items) =>
    h(
      Box,
      null,
      h(Text, { fontWeight: "semibold" }, title),
      h(
        List.Root,
        { ps: 5 },
        items.map((item) => h(List.Item, { key: item, overflowWrap: "anywhere" }, item)),
      ),
    );
  return h(
    React.Fragment,
    null,
    goes.length === 0
      ? h(Text, null, "Nothing else depends on it.")
      : list("This is removed with it and cannot be restored:", goes),
    list("This stays:", stays),
  );
}

/**
 * @param {{
 *   what: string, pathOf: (part: string) => string, onClose: () => void, onDone?: () => void,
 * }} props `pathOf("")` is the API's path of the entity, `pathOf("/removal")` of what would go
 */
export function RemoveDialog({ what, pathOf, onClose, onDone }) {
  const [extent, setExtent] = React.useState(null);
  const [fault, setFault] = React.useState(null);
  const [typed, setTyped] = React.useState("");
  React.useEffect(() => {
    api.get(pathOf("/removal")).then(setExtent, setFault);
  }, []);
  const isAsked = extent !== null && extent.pairs + extent.listings + extent.events > 0;
  const action = async () => {
    const path = pathOf("");
    const query = new URLSearchParams({ version: extent.version });
    if (isAsked) {
      query.set("confirm", typed.trim());
    }
    const gone = await api.remove(`${path}${path.includes("?") ? "&" : "?"}${query}`);
    const counts =
      gone.listings + gone.events > 0 &&
      `${plural(gone.listings, "listing")} and ${plural(gone.events, "event")} went with it.`;
    say("success", `${what} is removed`, counts || undefined);
    onDone?.();
    reloadAll();
  };
  const isReady =
    extent !== null && extent.held === null && (!isAsked || typed.trim() === extent.confirm);
  return h(
    ConfirmDialog,
    { title: `Remove ${what}?`, confirm: "Remove", isReady, action, onClose },
    fault && h(ErrorPanel, { title: "What would be removed could not be counted" }, fault.message),
    extent?.held &&
      h(ErrorPanel, { title: "It cannot be removed now", status: "warning" }, `${extent.held}.`),
    extent === null ? !fault && h(Skeleton, { height: "6rem" }) : h(Extent, { extent }),
    extent !== null &&
      h(
        Text,
        { fontSize: "sm", color: "fg.muted" },
        "To keep its events and only stop its runs, disable it instead.",
      ),
    isAsked &&
      extent.held === null &&
      h(
        Field.Root,
        { "data-field": "confirm" },
        h(Field.Label, null, "Type ", h(Code, null, extent.confirm), " to confirm"),
        h(Input, {
          size: "sm",
          value: typed,
          autoComplete: "off",
          autoCapitalize: "none",
          spellCheck: false,
          "data-autofocus": true,
          onChange: (event) => setTyped(event.currentTarget.value),
        }),
      ),
  );
}
