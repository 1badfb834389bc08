-- What was told of pairs, and the messages that told it.

CREATE TABLE discovery.alerts (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    city_source_id bigint NOT NULL REFERENCES discovery.city_source ON DELETE CASCADE,
    condition      text NOT NULL CHECK (condition IN ('failing', 'stale', 'empty', 'doubtful')),
    reason         text NOT NULL,
    dag_run_id     text NOT NULL,
    opened_at      timestamptz NOT NULL,
    closed_at      timestamptz,
    closed_because text CHECK (closed_because IN ('recovered', 'changed', 'muted', 'disabled')),
    CONSTRAINT alert_is_closed_for_a_reason CHECK ((closed_at IS NULL) = (closed_because IS NULL))
);
COMMENT ON TABLE discovery.alerts IS 'Conditions of pairs that somebody was told of.';
CREATE UNIQUE INDEX alerts_one_open_per_pair
    ON discovery.alerts (city_source_id) WHERE closed_at IS NULL;
CREATE INDEX alerts_of_pair ON discovery.alerts (city_source_id, opened_at DESC);

CREATE TABLE discovery.alert_messages (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    dag_run_id  text NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('alert', 'digest', 'late')),
    channel     text NOT NULL CHECK (channel <> ''),
    content     jsonb NOT NULL CHECK (jsonb_typeof(content) = 'object'),
    created_at  timestamptz NOT NULL,
    state       text NOT NULL DEFAULT 'pending'
        CHECK (state IN ('pending', 'sending', 'sent', 'failed', 'unconfirmed')),
    attempts    integer NOT NULL DEFAULT 0,
    state_at    timestamptz NOT NULL,
    error       text,
    is_mentioned boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE discovery.alert_messages IS
    'The outbox: a message is written before it is sent, by the transaction that decides on it.';
COMMENT ON COLUMN discovery.alert_messages.state IS
    'sending: handed to the channel; unconfirmed: so, by a process that died before the answer.';
COMMENT ON COLUMN discovery.alert_messages.is_mentioned IS
    'Of one that may not have arrived: a later message has said so.';
CREATE UNIQUE INDEX alert_messages_once_per_run
    ON discovery.alert_messages (dag_run_id, kind, channel) WHERE kind <> 'alert';
CREATE INDEX alert_messages_not_settled ON discovery.alert_messages (created_at)
    WHERE state IN ('pending', 'sending');
CREATE INDEX alert_messages_newest_first ON discovery.alert_messages (created_at DESC);
