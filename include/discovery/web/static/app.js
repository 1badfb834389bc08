/** The frame of the page: title, views, live switch, and the boundary that catches what breaks. */

import { h, React, Chakra } from "./shared/host.js";
import { Glossary } from "./shared/help.js";
import { useLiveSwitch } from "./shared/live.js";
import { AlertsMark, VenuesMark, WithdrawalsMark } from "./shared/waiting.js";
import { PageLink, useQuery } from "./shared/query.js";
import { Empty, ErrorPanel } from "./shared/loading.js";
import { reloadAll } from "./shared/resource.js";
import { ShortcutHelp, useShortcuts } from "./shared/shortcuts.js";
import { Toasts, say } from "./shared/toast.js";
import { Alerts } from "./alerts/view.js";
import { Changes } from "./changes/view.js";
import { Cities } from "./city/list.js";
import { City } from "./city/view.js";
import { Errors } from "./errors/view.js";
import { Event } from "./events/detail.js";
import { Events } from "./events/list.js";
import { Overview } from "./overview/view.js";
import { ReviewCount } from "./review/count.js";
import { Review } from "./review/view.js";
import { Pair } from "./pair/view.js";
import { Source } from "./source/view.js";
import { Sources } from "./sources/view.js";
import { Venues } from "./venues/view.js";
import { Withdrawals } from "./withdrawals/view.js";

const { Box, Button, Flex, Heading, Stack, Switch } = Chakra;

/** What Airflow's navigation, the heading and the browser's tab call this page. */
const PAGE = "Discovery";

/**
 * The views by their name in the URL. One with a `label` is in the navigation, in this order, with its
 * `mark`; another is `within` one of those, and says by `title` what it is about.
 */
const VIEWS = {
  overview: { label: "Overview", component: Overview },
  cities: { label: "Cities", component: Cities },
  sources: { label: "Sources", component: Sources },
  events: { label: "Events", component: Events },
  venues: { label: "Venues", component: Venues, mark: VenuesMark },
  review: { label: "Review", component: Review, mark: ReviewCount },
  errors: { label: "Errors", component: Errors },
  alerts: { label: "Alerts", component: Alerts, mark: AlertsMark },
  withdrawals: { label: "Withdrawals", component: Withdrawals, mark: WithdrawalsMark },
  changes: { label: "Changes", component: Changes },
  city: { component: City, within: "cities", title: ({ city }) => city },
  source: { component: Source, within: "sources", title: ({ source }) => source },
  event: { component: Event, within: "events", title: ({ event }) => `Event ${event}` },
  pair: {
    component: Pair,
    within: "overview",
    title: ({ city, source }) => [city, source].filter(Boolean).join(" · "),
  },
};

/** Keeps a fault of one view from taking Airflow's whole page with it. */
class Boundary extends React.Component {
  state = { error: null };

  static getDerivedStateFromError(error) {
    return { error };
  }

  componentDidCatch(error) {
    console.error("The Discovery page failed", error);
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

/** Reads everything on the screen again. */
function Refresh({ refresh, busy }) {
  return h(
    Button,
    { size: "xs", variant: "outline", loading: busy, title: "Shortcut: r", onClick: refresh },
    "Refresh",
  );
}

function useReload() {
  const [busy, setBusy] = React.useState(false);
  const reload = async () => {
    setBusy(true);
    await reloadAll();
    setBusy(false);
    say("success", "Everything on this view is read again");
  };
  return [reload, busy];
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
  const bar = React.useRef(null);
  // On a phone the bar scrolls: where one is has to be in sight, also once the numbers have come.
  React.useEffect(() => {
    const [link] = bar.current.querySelectorAll("[aria-current]");
    link?.scrollIntoView({ inline: "center", block: "nearest" });
  }, [current]);
  return h(
    Flex,
    { ref: bar, as: "nav", "aria-label": "Views", borderBottomWidth: 1, gap: { md: 1 }, overflowX: "auto" },
    Object.entries(VIEWS)
      .filter(([, { label }]) => label)
      .map(([view, { label, mark }]) => {
        const isCurrent = view === current;
        return h(
          PageLink,
          {
            key: view,
            to: view === "overview" ? {} : { view },
            "aria-current": isCurrent ? "page" : undefined,
            display: "inline-flex",
            px: { base: 2, md: 3 },
            py: 2,
            flexShrink: 0,
            fontSize: "sm",
            fontWeight: isCurrent ? "semibold" : "normal",
            color: isCurrent ? "fg" : "fg.muted",
            borderBottomWidth: 2,
            borderBottomColor: isCurrent ? "brand.solid" : "transparent",
            borderRadius: 0,
          },
          label,
          mark && h(mark),
        );
      }),
  );
}

/** An address that names no view, as after a typing error. */
function Unknown() {
  const [query] = useQuery();
  return h(
    Empty,
    {
      title: `There is no view “${query.view}”`,
      action: h(PageLink, { to: {} }, "Go to the overview"),
    },
    "The address may be mistyped, or of another version of this page.",
  );
}

const UNKNOWN = { component: Unknown, title: () => "Unknown view" };

/** The browser's tab says what is shown; Airflow's own title comes back afterwards. */
function useTitle(text) {
  React.useEffect(() => {
    const before = document.title;
    document.title = text;
    return () => {
      document.title = before;
    };
  }, [text]);
}

/** After a change of the view the focus is in it, unless it is on something that is still there. */
function useFocusIn(view) {
  const box = React.useRef(null);
  const last = React.useRef(view);
  React.useEffect(() => {
    if (last.current !== view && document.activeElement === document.body) {
      box.current?.focus({ preventScroll: true });
    }
    last.current = view;
  }, [view]);
  return box;
}

export default function App() {
  const [query] = useQuery();
  const view = query.view ?? "overview";
  const { component, within, label, title } = Object.hasOwn(VIEWS, view) ? VIEWS[view] : UNKNOWN;
  useTitle(`${label ?? title(query)} – ${PAGE}`);
  const box = useFocusIn(view);
  const [reload, isReloading] = useReload();
  const [hasHelp, setHasHelp] = React.useState(false);
  useShortcuts({ refresh: reload, showHelp: () => setHasHelp(true) });
  return h(
    Stack,
    {
      as: "main",
      // What is for screen readers alone is placed absolutely: else it would lengthen the document
      // that Airflow scrolls this page in.
      position: "relative",
      gap: 4,
      minW: 0,
      width: "100%",
      p: 2,
      pb: 8,
      "data-testid": "discovery",
    },
    h(
      Flex,
      { justify: "space-between", align: "center", gap: 3, flexWrap: "wrap" },
      h(Heading, { as: "h1", size: "xl" }, PAGE),
      h(Chakra.HStack, { gap: 4 }, h(Glossary), h(Refresh, { refresh: reload, busy: isReloading }), h(LiveSwitch)),
    ),
    h(Views, { current: within ?? view }),
    h(
      Boundary,
      { view },
      h(Box, { ref: box, tabIndex: -1, minW: 0, outline: "none" }, h(component)),
    ),
    hasHelp && h(ShortcutHelp, { onClose: () => setHasHelp(false) }),
    h(Toasts),
  );
}
