/**
 * What is expected of a pair or a source, and whether it alerts: the forms that change a part of it.
 * `of` says of what: its name in words, where it is sent, what is set now, and its version.
 */

import { h, React } from "../shared/host.js";
import { ApiError, api } from "../shared/api.js";
import { Editor } from "../shared/editor.js";
import { pairPath } from "../pair/forms.js";
import { reloadAll } from "../shared/resource.js";
import { say } from "../shared/toast.js";
import {
  MEASURES,
  fromPercent,
  inWords,
  isOver,
  isShare,
  seasonFrom,
  seasonText,
  toPercent,
  today,
} from "./words.js";

/** What the forms need to know of a pair. */
export function ofPair({ label, city, source, monitoring, version }) {
  return { label, path: pairPath("pairs/monitoring", { city, source }), monitoring, version };
}

/** The same of a source, with all its pairs. */
export function ofSource({ slug, name, monitoring, version }) {
  const path = `sources/${encodeURIComponent(slug)}/monitoring`;
  return { label: `all pairs of ${name}`, path, monitoring, version };
}

/** A refusal in the words of a form that holds a part of what was sent. */
function inForm(error, toForm, fieldOf) {
  if (!(error instanceof ApiError)) {
    return error;
  }
  const { errors, current } = error.body;
  return new ApiError(error.status, error.message, {
    ...error.body,
    errors: errors?.map(({ path, message }) => ({ path: fieldOf(path), message })),
    current: current && { ...toForm(current.monitoring), version: current.version },
  });
}

/**
 * The form of a part. What others have changed meanwhile beside that part stays, even where somebody
 * saves over the part itself.
 * @param {{toForm: (monitoring: object) => object, change: (body: object, monitoring: object) => object,
 *   fieldOf: (path: string[]) => string[]}} props `fieldOf` names the field of a fault
 */
function PartEditor({ of, toForm, change, fieldOf, initial, ...rest }) {
  const set = React.useRef(of.monitoring);
  const save = async ({ version, ...body }) => {
    try {
      return await api.put(of.path, { monitoring: change(body, set.current), version });
    } catch (error) {
      set.current = error.body?.current?.monitoring ?? set.current;
      throw inForm(error, toForm, fieldOf);
    }
  };
  return h(Editor, { ...rest, initial: initial ?? toForm(of.monitoring), version: of.version, save });
}

const MUTE_FIELDS = [
  {
    path: "issue",
    label: "Issue",
    kind: "text",
    isSet: true,
    required: true,
    help: "The web address where the problem is worked on.",
  },
  {
    path: "until",
    label: "Until",
    kind: "date",
    isSet: true,
    required: true,
    help: "The last day, in UTC. If it is still wrong after that, it is sent as a new alert.",
    check: (day) => (isOver(day) ? "This day is over." : undefined),
  },
  { path: "reason", label: "Reason", kind: "text", help: "In a few words, for others." },
];

const WEEKS = 14;

/** Mute the alerts of a pair, or of a source with all its pairs. */
export function MuteForm({ of, onClose }) {
  const toForm = ({ mute }) => ({ ...mute });
  return h(PartEditor, {
    of,
    title: `Mute the alerts of ${of.label}`,
    initial: of.monitoring.mute ? undefined : { until: today(WEEKS) },
    submitLabel: "Mute",
    sections: () => [
      {
        note: "No alert is sent until then. It is still synced, judged, and counted as muted.",
        fields: MUTE_FIELDS,
      },
    ],
    toForm,
    change: (mute, monitoring) => ({ ...monitoring, mute }),
    fieldOf: (path) => path.slice(-1),
    done: `The alerts of ${of.label} are muted`,
    onClose,
  });
}

/** Set what is expected of something as a whole, say so, and offer to take it back. */
async function put(of, monitoring, done) {
  try {
    const saved = await api.put(of.path, { monitoring, version: of.version });
    const after = { ...of, version: saved.version };
    const undo = () => put(after, of.monitoring, `${of.label} is as it was`);
    say("success", done, undefined, { undo: saved.changed ? undo : undefined });
  } catch (error) {
    say("error", `${of.label} was not changed`, error.message);
  }
  await reloadAll();
}

/** End the mute of a pair or a source. */
export function unmute(of) {
  return put(of, { ...of.monitoring, mute: null }, `The alerts of ${of.label} are sent again`);
}

/** Make a proposal an assertion, as it was shown. */
export async function accept(proposal) {
  const { source, city, is_of_pair: isOfPair, measure, label } = proposal;
  const { least, most } = proposal.proposed;
  const { label: what } = MEASURES[measure];
  try {
    await api.post("proposals", { source, city, is_of_pair: isOfPair, measure, least, most });
    say("success", `${what} of ${label}: ${inWords(measure, proposal.proposed)}`);
  } catch (error) {
    say("error", "The proposal was not accepted", error.message);
  }
  await reloadAll();
}

/** Set on which days of each year the source may list nothing. */
export function SeasonsForm({ of, inherited, onClose }) {
  const note = "An empty answer on these days raises no alert and withdraws nothing.";
  return h(PartEditor, {
    of,
    title: `When ${of.label} may be empty`,
    sections: () => [
      {
        note: inherited.length > 0 ? `${note} Its source has set: ${inherited.join(", ")}.` : note,
        fields: [
          {
            path: "seasons",
            label: "Seasons",
            kind: "lines",
            help: "Month and day, both days included, every year: 07-01 to 08-31.",
            check: (lines) => {
              const wrong = lines.find((line) => seasonFrom(line) === null);
              return wrong && `“${wrong}” is not a season: write it as 07-01 to 08-31.`;
            },
          },
        ],
      },
    ],
    toForm: ({ expected_empty: seasons }) => ({ seasons: seasons.map(seasonText) }),
    change: ({ seasons = [] }, monitoring) => ({
      ...monitoring,
      expected_empty: seasons.map(seasonFrom),
    }),
    fieldOf: () => ["seasons"],
    done: `The seasons of ${of.label} are saved`,
    onClose,
  });
}

/** Assert bounds of a measure, change them, or mute them. */
export function AssertionForm({ of, measure, proposed, isOfPair, onClose }) {
  const { label, help } = MEASURES[measure];
  const unit = isShare(measure) ? " (%)" : "";
  const bound = (path, name, text) => ({
    path,
    label: `${name}${unit}`,
    kind: "number",
    min: 0,
    max: isShare(measure) ? 100 : undefined,
    help: text,
  });
  const shown = isShare(measure) ? toPercent : (value) => value;
  const stored = isShare(measure) ? fromPercent : (value) => value;
  const toForm = ({ assertions }) => {
    const { least, most, muted_until: until } = assertions[measure] ?? {};
    return { least: shown(least), most: shown(most), muted_until: until };
  };
  const note = [
    help,
    proposed && `Proposed from the latest runs: ${inWords(measure, proposed)}.`,
    isOfPair ? "Empty: that of its source, if any." : "Empty: no assertion.",
  ];
  return h(PartEditor, {
    of,
    title: `${label}: assertion about ${of.label}`,
    sections: () => [
      {
        note: note.filter(Boolean).join(" "),
        fields: [
          bound("least", "At least", "A run below it withdraws nothing; three in a row alert."),
          bound("most", "At most", "A run above it warns."),
          {
            path: "muted_until",
            label: "Muted until",
            kind: "date",
            help: "The bounds do not apply until the end of this day, in UTC.",
          },
        ],
      },
    ],
    toForm,
    change: ({ least, most, muted_until: until = null }, { assertions, ...monitoring }) => {
      const { [measure]: _, ...others } = assertions;
      const isAsserted = least !== undefined || most !== undefined;
      const bounds = { least: stored(least), most: stored(most), muted_until: until };
      return { ...monitoring, assertions: isAsserted ? { ...others, [measure]: bounds } : others };
    },
    fieldOf: (path) => (path.at(-1) === measure ? [] : path.slice(-1)),
    done: `${label} of ${of.label} is saved`,
    onClose,
  });
}
