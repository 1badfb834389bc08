/** Runs the pairs again that failed in the last run. */

import { h, React, Chakra } from "../shared/host.js";
import { api, withQuery } from "../shared/api.js";
import { RunNow } from "../shared/run-now.js";
import { nameOf } from "../shared/runs.js";
import { plural } from "../shared/time.js";
import { say } from "../shared/toast.js";

const { Button } = Chakra;

async function failedPairsOf(runId) {
  const { pairs } = await api.get(withQuery("run", { run: runId }));
  return pairs.filter(({ state }) => state === "failed" || state === "lost");
}

/** @param {{run: object, permissions: object}} props the DAG's last run; nothing while it is on */
export function RetryFailed({ run, permissions }) {
  const [pairs, setPairs] = React.useState(null);
  const [busy, setBusy] = React.useState(false);
  const ask = async () => {
    setBusy(true);
    try {
      setPairs(await failedPairsOf(run.run_id));
    } catch (error) {
      say("error", "The pairs that failed could not be read", error.message);
    }
    setBusy(false);
  };
  if (!permissions.can_run || run.state === "running" || run.state === "queued") {
    return null;
  }
  return h(
    React.Fragment,
    null,
    h(Button, { size: "2xs", variant: "outline", loading: busy, onClick: ask }, "Retry failed"),
    pairs !== null &&
      h(RunNow, {
        what: `${plural(pairs.length, "failed pair")} of the last run`,
        pairs: pairs.map(nameOf),
        onClose: () => setPairs(null),
      }),
  );
}
