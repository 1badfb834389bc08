/**
 * What the words and numbers of this page mean. Each is defined here and nowhere else: headings,
 * tiles, forms and the help show these texts, and the tests hold the numbers against them.
 */

/** @type {Record<string, {label: string, text: string}>} */
export const WORDS = {
  pair: {
    label: "Pair",
    text:
      "One source that is read for one city, such as krakow · ticketmaster: what runs sync, retry" +
      " and report. A source of a wider scope has one pair without a city.",
  },
  scope: {
    label: "Scope",
    text:
      "What one pair of a source covers. City: one pair per city. Country or regional: one pair" +
      " for all its cities.",
  },
  role: {
    label: "Role",
    text:
      "What the source is to its events. Where sources disagree on an event, the venue itself, its" +
      " organizer and ticket shops are preferred to aggregators, which collect what others announce.",
  },
  trust: {
    label: "Trust",
    text:
      "Where sources disagree on an event, and both or neither are aggregators, the one with the" +
      " higher trust wins.",
  },
  priority: {
    label: "Priority",
    text: "In a run, pairs of a higher priority are synced first.",
  },
  enabled: {
    label: "Enabled",
    text: "Runs take a pair only if it, its city and its source are all enabled.",
  },
  schedule: {
    label: "Schedule",
    text:
      "A pair is due in the first scheduled run of each of its periods, for example every 24" +
      " hours.",
  },
  less_often: {
    label: "Less often",
    text:
      "While three and more syncs in a row find no change, a pair is due less and less often, up to" +
      " so many hours. A change ends that. Empty: as often as ever.",
  },
  run: {
    label: "Run",
    text: "One run of the DAG city_discovery. It syncs each of its pairs once.",
  },
  attempt: {
    label: "Attempt",
    text: "One try to sync a pair in a run. A failed one is repeated up to three times.",
  },
  limit: {
    label: "Limit",
    text:
      "Load at most this many events per pair. Such a run is a trial: it says nothing of the" +
      " pair's health.",
  },
  force: {
    label: "Force",
    text: "Also sync pairs that are not due, and read each source completely, not only its changes.",
  },
  dry_run: {
    label: "Dry run",
    text: "Fetch and parse, write no events, leave the schedule.",
  },
  alert: {
    label: "Alerts",
    text:
      "A message is sent once when a pair gets into a bad state, and once when it has recovered." +
      " A mute holds it back while a known problem is worked on.",
  },
  season: {
    label: "May be empty",
    text: "Days of each year on which the source may list nothing.",
  },
  assertion: {
    label: "Assertions",
    text:
      "Bounds for what a run brings, set by a person. A run below one withdraws nothing; one" +
      " above warns. Once a week new ones are proposed; none applies until it is accepted.",
  },
  connection: {
    label: "Connection",
    text: "The Airflow connection that holds the key of a source, and the hosts that may get it.",
  },
};

/** @type {Record<string, {label: string, text: string}>} */
export const NUMBERS = {
  pairs_enabled: {
    label: "Pairs enabled",
    text: "Pairs that runs take, of all that are configured. The filters count.",
  },
  events_upcoming: {
    label: "Events upcoming",
    text:
      "Events from today on that are not withdrawn. Each counts once, whoever lists it; the" +
      " events of a pair are its own listings.",
  },
  events_new: {
    label: "Events new this week",
    text: "Events that were stored first within the last 7 days, and are not withdrawn.",
  },
  last_run: {
    label: "Last run",
    text:
      "The DAG's newest run, and how many of its pairs succeeded, those with an incomplete" +
      " listing included. Its state is no better than that of its pairs.",
  },
  next_run: {
    label: "Next run",
    text: "When the schedule starts the next run. It takes the pairs that are due by then.",
  },
  next_due: {
    label: "Next due",
    text:
      "The next scheduled run that takes the pair. It may be later than the next run, for example for" +
      " a pair that is due once a week. Runs by hand do not change it.",
  },
  succeeded: {
    label: "Succeeded",
    text:
      "Runs of the pair that ended without an error. A run whose listing was incomplete" +
      " succeeded, too: it is partial.",
  },
  failed: { label: "Failed", text: "Runs of the pair whose last attempt failed." },
  success_rate: {
    label: "Success rate",
    text: "Runs that succeeded, of those that succeeded or failed. Running ones do not count.",
  },
  last_success: {
    label: "Last success",
    text: "When the pair's newest successful attempt ended; trials do not count.",
  },
  recent: {
    label: "Last 14 runs",
    text:
      "Oldest first. Full height: succeeded; crossed: failed; half: partial; hollow: running or a" +
      " trial; low: lost. Sorted by how many failed.",
  },
  fetched: { label: "Fetched", text: "Items that the source sent in the pair's last run." },
  inserted: { label: "New", text: "Items of the last run that were not known before." },
  updated: { label: "Updated", text: "Items of the last run that were known and had changed." },
  rejected: {
    label: "Rejected",
    text: "Items of the last run that are no usable event, such as one without a date.",
  },
  duration: {
    label: "Duration",
    text: "From the start of the last run's first attempt to its end.",
  },
  last_error: {
    label: "Last error",
    text: "Of the pair's last run if that failed, else of the newest failed one in the window.",
  },
  active_pairs: {
    label: "Active pairs",
    text: "Pairs that runs take, of all that are configured: they, their city and source are enabled.",
  },
  fill_rate: {
    label: "Filled",
    text: "The share of a source's upcoming events that say this at all.",
  },
};
