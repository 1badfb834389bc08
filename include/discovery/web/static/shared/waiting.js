/** What waits for a person, in numbers beside the names of the views; nothing where nothing waits. */

import { h } from "./host.js";
import { CountBadge } from "./count-badge.js";
import { useResource } from "./resource.js";
import { number, plural } from "./time.js";

/** What is not known yet (null) is soon read. */
function useWaiting() {
  return useResource("waiting", (waiting) => (waiting?.venues === null ? 5 : 60)).data;
}

export function AlertsMark() {
  const alerts = useWaiting()?.alerts;
  return alerts
    ? h(CountBadge, { text: number(alerts), title: plural(alerts, "open alert") })
    : null;
}

export function WithdrawalsMark() {
  const withdrawals = useWaiting()?.withdrawals;
  return withdrawals
    ? h(CountBadge, {
        text: number(withdrawals),
        title: `${plural(withdrawals, "decision")} on missing listings to be made`,
      })
    : null;
}

export function VenuesMark() {
  const venues = useWaiting()?.venues;
  return venues
    ? h(CountBadge, {
        text: number(venues),
        title: `${plural(venues, "pair")} of venues that may be one`,
      })
    : null;
}
