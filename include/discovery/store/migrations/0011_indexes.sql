-- For questions that are asked often, and would read more with every night that passes.

-- When a pair was last synced completely: by the page and every plan, for each pair.
CREATE INDEX sync_runs_complete_of_pair ON discovery.sync_runs (city_source_id, started_at DESC)
    WHERE complete AND NOT dry_run AND event_limit IS NULL;

-- Which runs are not over: by every open page, every few seconds.
CREATE INDEX planned_syncs_not_ended ON discovery.planned_syncs (planned_at)
    WHERE ended_at IS NULL;

-- What has begun while it was missing, among all past listings of a pair: by every complete sync.
CREATE INDEX listings_missing_of_pair ON discovery.listings (city_source_id)
    WHERE missing_since IS NOT NULL AND withdrawn_at IS NULL;

-- What lies in a city: asked when a city is removed, and before.
CREATE INDEX listings_of_city ON discovery.listings (city_id);
