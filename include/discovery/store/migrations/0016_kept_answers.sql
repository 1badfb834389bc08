-- What a source answered when it could not be read: for whoever finds out why.

CREATE TABLE discovery.kept_answers (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    city_source_id bigint NOT NULL REFERENCES discovery.city_source ON DELETE CASCADE,
    category       text NOT NULL,
    message        text NOT NULL,
    dag_run_id     text NOT NULL,
    kept_at        timestamptz NOT NULL,
    url            text NOT NULL,
    status         smallint NOT NULL,
    content_type   text NOT NULL,
    size           bigint NOT NULL CHECK (size >= 0),
    is_cut         boolean NOT NULL,
    body           bytea NOT NULL CHECK (octet_length(body) <= 65536),
    CONSTRAINT kept_answer_is_the_latest_of_its_kind UNIQUE (city_source_id, category)
);
COMMENT ON TABLE discovery.kept_answers IS
    'The answer behind the latest failure of each category of a pair, secrets masked.';
COMMENT ON COLUMN discovery.kept_answers.message IS 'Of the failure, as in sync_runs.';
COMMENT ON COLUMN discovery.kept_answers.size IS 'Bytes of the whole answer, as received.';
COMMENT ON COLUMN discovery.kept_answers.body IS 'UTF-8 text, compressed by zlib; its beginning.';
CREATE INDEX kept_answers_by_age ON discovery.kept_answers (kept_at);
