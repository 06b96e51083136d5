-- The request log added up for the dashboard, so that it never reads the log itself: one row for each width of a point on its
-- time lines (60 s, 15 min, 1 h, 6 h), for each node and each such stretch of time; scope 0 is all requests, 1 one model.
-- bucket is the number of the stretch since 1970 UTC. A node adds only to its own rows. latency_ms and ttft_ms hold counts of
-- rounded times, as Histogram encodes them. Requests logged before this table existed are not in it.
CREATE TABLE request_rollup (
  step_s        INTEGER      NOT NULL,
  scope         SMALLINT     NOT NULL,
  bucket        BIGINT       NOT NULL,
  node          VARCHAR(255) NOT NULL,
  platform      VARCHAR(64)  NOT NULL,
  model         VARCHAR(255) NOT NULL,
  requests      BIGINT       NOT NULL,
  successes     BIGINT       NOT NULL,
  failures      BIGINT       NOT NULL,
  input_tokens  BIGINT       NOT NULL,
  output_tokens BIGINT       NOT NULL,
  latency_ms    VARBINARY(20000) NOT NULL,
  ttft_ms       VARBINARY(20000) NOT NULL,
  PRIMARY KEY (step_s, scope, bucket, node, platform, model)
);

-- The wide index was for adding up the log; lists and the purge need the time alone.
DROP INDEX request_log_at;
CREATE INDEX request_log_at ON request_log (at_ms);
