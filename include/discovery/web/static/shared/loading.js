/** What is shown instead of data, or beside it: skeletons, empty states, error panels, notices. */

import { h, React, Chakra } from "./host.js";

const { Alert, Box, Button, Code, Skeleton, Stack, Text } = Chakra;

/** A panel that says what went wrong, with a way to try again. */
export function ErrorPanel({ title, children, onRetry, status = "error" }) {
  const [busy, setBusy] = React.useState(false);
  const retry = async () => {
    setBusy(true);
    await onRetry();
    setBusy(false);
  };
  return h(
    Alert.Root,
    { status, role: "alert", alignItems: "flex-start" },
    h(Alert.Indicator),
    h(
      Alert.Content,
      { minW: 0 },
      h(Alert.Title, null, title),
      children && h(Alert.Description, { overflowWrap: "anywhere" }, children),
    ),
    onRetry &&
      h(
        Button,
        { size: "xs", variant: "outline", flexShrink: 0, loading: busy, onClick: retry },
        "Retry",
      ),
  );
}

/** Nothing here: says why, and what to do. */
export function Empty({ title, children, action }) {
  return h(
    Box,
    { borderWidth: 1, borderRadius: "md", borderStyle: "dashed", p: 8, textAlign: "center" },
    h(Text, { fontWeight: "semibold" }, title),
    children && h(Box, { color: "fg.muted", mt: 1, maxW: "46rem", mx: "auto" }, children),
    action && h(Box, { mt: 4 }, action),
  );
}

/** What a failed request says on its panel. */
export function failureOf(error, title = "This page could not be loaded") {
  if (error.status === 503) {
    return {
      title: "The discovery database cannot be used",
      text: h(
        React.Fragment,
        null,
        `${error.message.replace(/\.?$/, ".")} It is reached by the Airflow connection `,
        h(Code, null, error.body.connection ?? "discovery_db"),
        " (Admin, Connections).",
      ),
    };
  }
  return { title, text: error.message };
}

/**
 * The frame around everything that is read from the server: skeleton, panel, or the data.
 * What was read before stays when a refresh fails; then a notice says so.
 */
export function Loaded({ resource, skeleton, children }) {
  const { data, error, reload } = resource;
  if (data === null && error === null) {
    return h(
      Box,
      { "aria-busy": true, "data-testid": "loading" },
      h(Box, { srOnly: true, role: "status" }, "Loading"),
      skeleton,
    );
  }
  const failure = error && failureOf(error);
  if (data === null) {
    return h(ErrorPanel, { title: failure.title, onRetry: reload }, failure.text);
  }
  return h(
    Stack,
    { gap: 4, minW: 0 },
    error &&
      h(
        ErrorPanel,
        {
          title: "The last refresh failed; this is what was read before",
          onRetry: reload,
          status: "warning",
        },
        failure.text,
      ),
    children(data),
  );
}

/** Lines of a table to come, of the height that the rows will have. */
export function TableSkeleton({ rows = 8 }) {
  return h(
    Stack,
    { gap: "1px" },
    Array.from({ length: rows }, (_, index) => h(Skeleton, { key: index, height: "46px" })),
  );
}

/** A row of tiles to come. */
export function TilesSkeleton({ count = 6, height = "84px" }) {
  return h(
    Box,
    { display: "grid", gap: 3, gridTemplateColumns: "repeat(auto-fit, minmax(150px, 1fr))" },
    Array.from({ length: count }, (_, index) => h(Skeleton, { key: index, height })),
  );
}

/** The note that the figures from Airflow are missing while everything else works. */
export function StatisticsPanel({ problem, onRetry }) {
  return (
    problem &&
    h(
      ErrorPanel,
      { title: "Failed to load statistics", onRetry },
      `${problem.message.replace(/^Failed to load statistics:? ?/, "")} `,
      "Everything else on this page is up to date.",
    )
  );
}

/** A notice about the DAG: not parsed yet, paused, or unknown. */
export function DagNotice({ dag, problem }) {
  if (problem) {
    return h(
      ErrorPanel,
      { title: "The state of the DAG is not known", status: "warning" },
      problem.message,
    );
  }
  if (dag && !dag.known) {
    return h(
      ErrorPanel,
      { title: "Airflow does not know the DAG city_discovery yet", status: "warning" },
      "It appears once the DAG processor has read it; until then nothing can run.",
    );
  }
  if (dag?.paused) {
    return h(
      ErrorPanel,
      { title: "The DAG city_discovery is paused", status: "warning" },
      "Nothing runs, not even Run now, until you unpause it on its own page.",
    );
  }
  return null;
}
