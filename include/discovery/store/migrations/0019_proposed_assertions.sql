-- Bounds that a weekly look at the measures of runs proposes; a person accepts them, or does not.

CREATE TABLE discovery.proposed_assertions (
    source_id      bigint NOT NULL REFERENCES discovery.sources ON DELETE CASCADE,
    city_source_id bigint REFERENCES discovery.city_source ON DELETE CASCADE,
    measure        text NOT NULL CHECK (measure <> ''),
    least          double precision CHECK (least >= 0),
    most           double precision CHECK (most >= least),
    proposed_at    timestamptz NOT NULL,
    CONSTRAINT proposed_once UNIQUE NULLS NOT DISTINCT (source_id, city_source_id, measure),
    CONSTRAINT proposal_has_a_bound CHECK (least IS NOT NULL OR most IS NOT NULL)
);
COMMENT ON COLUMN discovery.proposed_assertions.city_source_id IS
    'The pair that it is about; NULL: all pairs of the source.';
CREATE INDEX proposed_assertions_of_pair ON discovery.proposed_assertions (city_source_id)
    WHERE city_source_id IS NOT NULL;

-- When it was looked last: there may be nothing to propose.
CREATE TABLE discovery.proposal_runs (proposed_at timestamptz PRIMARY KEY);
