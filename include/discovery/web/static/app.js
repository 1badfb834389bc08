/** The frame of the page: title, views, live switch, and the boundary that catches what breaks. */

import { h, React, Chakra } from "./shared/host.js";
import { useLiveSwitch } from "./shared/live.js";
import { PageLink, useQuery } from "./shared/query.js";
import { ErrorPanel } from "./shared/loading.js";
import { Toasts } from "./shared/toast.js";
import { Changes } from "./changes/view.js";
import { Cities } from "./city/list.js";
import { City } from "./city/view.js";
import { Errors } from "./errors/view.js";
import { Overview } from "./overview/view.js";
import { Pair } from "./pair/view.js";
import { Sources } from "./sources/view.js";

const { Box, Flex, Heading, Stack, Switch } = Chakra;

const VIEWS = {
  overview: { label: "Overview", component: Overview },
  cities: { label: "Cities", component: Cities },
  sources: { label: "Sources", component: Sources },
  errors: { label: "Errors", component: Errors },
  changes: { label: "Changes", component: Changes },
  city: { component: City, within: "cities" },
  pair: { component: Pair, within: "overview" },
};

/** Keeps a fault of one view from taking Airflow's whole page with it. */
class Boundary extends React.Component {
  state = { error: null };

  static getDerivedStateFromError(error) {
    return { error };
  }

  componentDidCatch(error) {
    console.error("The City Discovery page failed", error);
  }

  componentDidUpdate({ view }) {
    if (view !== this.props.view && this.state.error) {
      this.setState({ error: null });
    }
  }

  render() {
    if (this.state.error === null) {
      return this.props.children;
    }
    return h(
      ErrorPanel,
      { title: "This view failed", onRetry: () => this.setState({ error: null }) },
      `${this.state.error.message}. The browser's console has the details.`,
    );
  }
}

function LiveSwitch() {
  const [on, set] = useLiveSwitch();
  return h(
    Switch.Root,
    {
      size: "sm",
      checked: on,
      onCheckedChange: ({ checked }) => set(checked),
      colorPalette: "brand",
    },
    h(Switch.HiddenInput),
    h(Switch.Control, null, h(Switch.Thumb)),
    h(Switch.Label, { title: "Refresh automatically while this tab is visible" }, "Live"),
  );
}

function Views({ current }) {
  return h(
    Flex,
    { as: "nav", "aria-label": "Views", borderBottomWidth: 1, gap: 1, flexWrap: "wrap" },
    Object.entries(VIEWS)
      .filter(([, { label }]) => label)
      .map(([view, { label }]) => {
        const isCurrent = view === current;
        return h(
          PageLink,
          {
            key: view,
            to: view === "overview" ? {} : { view },
            "aria-current": isCurrent ? "page" : undefined,
            display: "inline-flex",
            px: 3,
            py: 2,
            fontSize: "sm",
            fontWeight: isCurrent ? "semibold" : "normal",
            color: isCurrent ? "fg" : "fg.muted",
            borderBottomWidth: 2,
            borderBottomColor: isCurrent ? "brand.solid" : "transparent",
            borderRadius: 0,
            mb: "-1px",
          },
          label,
        );
      }),
  );
}

export default function App() {
  const [query] = useQuery();
  const view = query.view in VIEWS ? query.view : "overview";
  const { component, within } = VIEWS[view];
  return h(
    Stack,
    { gap: 4, minW: 0, width: "100%", p: 2, pb: 8, "data-testid": "discovery" },
    h(
      Flex,
      { justify: "space-between", align: "center", gap: 3, flexWrap: "wrap" },
      h(Heading, { as: "h1", size: "xl" }, "City Discovery"),
      h(LiveSwitch),
    ),
    h(Views, { current: within ?? view }),
    h(Boundary, { view }, h(Box, { minW: 0 }, h(component))),
    h(Toasts),
  );
}
