/**
 * Runs that somebody has started on this page: each is followed to its end, so that the rows of its
 * pairs can say at once what becomes of them.
 */

import { React } from "./host.js";
import { api, trigger, withQuery } from "./api.js";
import { known, reloadAll, subscribe as subscribeToAnswers } from "./resource.js";
import { plural } from "./time.js";
import { say } from "./toast.js";

const STEP_MS = 2_000;
/** How long the row says how a run ended; by then it shows the same in its own columns. */
const SHOWN_MS = 60_000;

/** What a row says of a run that has not got to its pair. */
const QUEUED = { state: "queued" };
const LEFT_OUT = { state: "left_out" };
const NO_PLAN = { state: "no_plan" };

/** @type {{id: string, asked: object, state: string, ended: boolean, pairs: Map<string, object>}[]} */
let runs = [];
const listeners = new Set();

function publish(next) {
  runs = next;
  listeners.forEach((listener) => listener());
}

function subscribe(listener) {
  listeners.add(listener);
  const leave = subscribeToAnswers(listener);
  return () => {
    listeners.delete(listener);
    leave();
  };
}

/** A pair as a run is asked for it. */
export function nameOf({ city, source }) {
  return city ? `${city}/${source}` : source;
}

function asksFor({ cities, sources, pairs }, pair) {
  const isNamed = (names, name) => names.length === 0 || names.includes(name);
  return (
    isNamed(cities, pair.city) && isNamed(sources, pair.source) && isNamed(pairs, nameOf(pair))
  );
}

function markFrom(run, pair) {
  const found = run.pairs.get(pair.label);
  if (found) {
    return found;
  }
  if (run.pairs.size > 0) {
    return LEFT_OUT;
  }
  if (run.ended) {
    return run.state === "failed" ? NO_PLAN : LEFT_OUT;
  }
  return QUEUED;
}

function markOf(pair) {
  const run = runs.find(({ asked }) => pair.active && asksFor(asked, pair));
  // A run of somebody else, or of the schedule, is shown while it goes on.
  return run ? markFrom(run, pair) : known("live")?.pairs.find(({ label }) => label === pair.label);
}

/** What a run makes of a pair right now; nothing where no run has it. */
export function useRunMark(pair) {
  return React.useSyncExternalStore(subscribe, () => markOf(pair));
}

/** Whether a run that was started here has not ended. */
export function isFollowing() {
  return runs.some(({ ended }) => !ended);
}

function change(id, news) {
  publish(runs.map((run) => (run.id === id ? { ...run, ...news } : run)));
}

function sayHowItEnded({ state, pairs, run_path: path }) {
  const failed = pairs.filter((pair) => pair.state === "failed" || pair.state === "lost");
  if (pairs.length === 0) {
    say(
      state === "failed" ? "error" : "info",
      state === "failed" ? "The run could not be planned" : "The run had nothing to do",
      state === "failed" ? "Its task plan says why." : "None of its pairs was due.",
      { link: { path, label: "Open the run" } },
    );
  } else if (failed.length > 0) {
    const [{ label, error }] = failed;
    say(
      "error",
      `${failed.length} of ${plural(pairs.length, "pair")} failed`,
      error ? `${label}: ${error.message}` : `${label} never ended.`,
      { link: { path, label: "Open the run" } },
    );
  } else {
    say("success", `The run has ended: ${plural(pairs.length, "pair")} synced`);
  }
}

async function look(id) {
  if (document.hidden) {
    return false;
  }
  let answer;
  try {
    answer = await api.get(withQuery("run", { run: id }));
  } catch (error) {
    // Whatever else is wrong may pass; a run that is gone, or may not be seen, stays so.
    return error.status === 403 || error.status === 404;
  }
  const pairs = new Map(answer.pairs.map((pair) => [pair.label, pair]));
  change(id, { state: answer.state, ended: answer.ended, pairs });
  if (answer.ended) {
    sayHowItEnded(answer);
    reloadAll();
  }
  return answer.ended;
}

async function watch(id) {
  const isOver = await look(id);
  setTimeout(
    () => (isOver ? publish(runs.filter((run) => run.id !== id)) : watch(id)),
    isOver ? SHOWN_MS : STEP_MS,
  );
}

/**
 * Start a run of the DAG, and follow it.
 * @param {{cities?: string[], sources?: string[], pairs?: string[]}} what empty ones mean all
 * @param {object} more the run's other parameters
 */
export async function startRun({ cities = [], sources = [], pairs = [] }, more) {
  const asked = { cities, sources, pairs };
  const { dag_run_id: id } = await trigger({ ...asked, ...more });
  publish([{ id, asked, state: "queued", ended: false, pairs: new Map() }, ...runs]);
  watch(id);
}
