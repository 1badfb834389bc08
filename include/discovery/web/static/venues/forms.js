/** What people decide about one venue: another name, its building, the same as another or not. */

import { h, React, Chakra } from "../shared/host.js";
import { api } from "../shared/api.js";
import { ConfirmDialog } from "../shared/dialogs.js";
import { Reason } from "../shared/reason.js";
import { reloadAll } from "../shared/resource.js";
import { say } from "../shared/toast.js";
import { addressOf, nameOf } from "./words.js";

const { Field, Input, Text } = Chakra;

function TextField({ label, help, required = false, ...rest }) {
  return h(
    Field.Root,
    { required },
    h(Field.Label, null, label, required && h(Field.RequiredIndicator)),
    h(Input, { size: "sm", autoComplete: "off", "data-autofocus": true, ...rest }),
    h(Field.HelperText, null, help),
  );
}

/** The number of another venue, typed, or chosen from those that are listed. */
function VenueField({ venue, others, label, help, value, onChange, required }) {
  const list = React.useId();
  return h(
    React.Fragment,
    null,
    h(TextField, {
      label,
      help,
      required,
      value,
      list,
      inputMode: "numeric",
      onChange: (event) => onChange(event.currentTarget.value),
    }),
    h(
      "datalist",
      { id: list },
      others
        .filter(({ id }) => id !== venue.id)
        .map((other) =>
          h("option", { key: other.id, value: other.id }, `${other.name}, ${addressOf(other)}`),
        ),
    ),
  );
}

const isNumber = (text) => /^\s*[1-9]\d*\s*$/.test(text);

/** A dialog that takes a reason, and says what was done. */
function DecisionDialog({ reason, setReason, isReady, save, done, onClose, children, ...rest }) {
  const action = async () => {
    await save();
    say("success", done);
    reloadAll();
  };
  return h(
    ConfirmDialog,
    { ...rest, danger: false, isReady: isReady && reason.trim() !== "", action, onClose },
    children,
    h(Reason, { value: reason, onChange: setReason }),
  );
}

export function RenameDialog({ venue, onClose }) {
  const [name, setName] = React.useState(venue.name);
  const [reason, setReason] = React.useState("");
  const given = name.trim() === "" ? null : name.trim();
  return h(
    DecisionDialog,
    {
      title: `Rename ${nameOf(venue)}`,
      confirm: "Rename",
      isReady: given === null ? venue.is_renamed : given !== venue.name,
      save: () => api.put(`venues/${venue.id}/name`, { name: given, reason }),
      done: given === null ? `${venue.name} has its source's name again` : `${venue.name} is ${given} now`,
      reason,
      setReason,
      onClose,
    },
    h(TextField, {
      label: "Name",
      value: name,
      maxLength: 300,
      help: venue.is_renamed
        ? "Shown instead of what its sources call it. Empty: again the name that its source gives."
        : "Shown instead of what its sources call it.",
      onChange: (event) => setName(event.currentTarget.value),
    }),
  );
}

export function BuildingDialog({ venue, others, onClose }) {
  const [typed, setTyped] = React.useState(String(venue.building?.id ?? ""));
  const [reason, setReason] = React.useState("");
  const building = typed.trim() === "" ? null : Number(typed);
  return h(
    DecisionDialog,
    {
      title: `Building of ${nameOf(venue)}`,
      confirm: "Save",
      isReady: (building === null || isNumber(typed)) && building !== (venue.building?.id ?? null),
      save: () => api.put(`venues/${venue.id}/building`, { building, reason }),
      done: building === null ? `${venue.name} is in no building` : `${venue.name} is a hall of ${building} now`,
      reason,
      setReason,
      onClose,
    },
    h(Text, { fontSize: "sm" }, "Events in two halls of one building stay two."),
    h(VenueField, {
      venue,
      others,
      label: "Building",
      help: "The number of the building. Empty: it is a hall of none.",
      value: typed,
      onChange: setTyped,
    }),
  );
}

const PAIRS = {
  same: {
    title: (venue) => `Merge ${nameOf(venue)} with another`,
    confirm: "Merge",
    text: "The two become one venue: their events show the older one, and are compared as being at one place.",
    done: "The two are one venue now",
  },
  different: {
    title: (venue) => `Split ${nameOf(venue)} from another`,
    confirm: "Split",
    text: "The two are two places: no rule makes one event of what is listed at them.",
    done: "The two are two venues now",
  },
};

export function PairDialog({ venue, others, verdict, onClose }) {
  const [typed, setTyped] = React.useState(
    verdict === "different" && venue.names.length === 1 ? String(venue.names[0].id) : "",
  );
  const [reason, setReason] = React.useState("");
  const { title, confirm, text, done } = PAIRS[verdict];
  return h(
    DecisionDialog,
    {
      title: title(venue),
      confirm,
      isReady: isNumber(typed),
      save: () =>
        api.post("venues/judgements", {
          first: venue.id,
          second: Number(typed),
          verdict,
          reason,
        }),
      done,
      reason,
      setReason,
      onClose,
    },
    h(Text, { fontSize: "sm" }, text),
    h(VenueField, {
      venue,
      others: [...venue.names, ...others],
      label: "The other venue",
      help: "Its number, which stands below its name.",
      required: true,
      value: typed,
      onChange: setTyped,
    }),
  );
}
