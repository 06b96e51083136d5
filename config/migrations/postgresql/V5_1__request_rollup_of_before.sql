-- What was logged before V5 is added up once, under the name 'before', so that the dashboard goes on showing it. Its latencies are
-- not: they stay in the log. Nothing is done where a node has begun to add up.

INSERT INTO request_rollup
SELECT 60, 0, at_ms / (60 * 1000), 'before', '', '', COUNT(*), SUM(CASE WHEN outcome = 1 THEN 1 ELSE 0 END),
  SUM(CASE WHEN outcome = 0 THEN 1 ELSE 0 END), SUM(input_tokens), SUM(output_tokens), ''::bytea, ''::bytea
FROM request_log
WHERE at_ms >= (EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) - 60 * 60) * 1000
  AND NOT EXISTS (SELECT 1 FROM request_rollup WHERE node <> 'before')
GROUP BY at_ms / (60 * 1000);

INSERT INTO request_rollup
SELECT 60, 1, bucket, 'before', platform, model, SUM(requests), SUM(successes), SUM(failures), SUM(input), SUM(output), ''::bytea, ''::bytea
FROM (
  SELECT at_ms / (60 * 1000) AS bucket, platform, model, CASE WHEN outcome = 1 THEN 1 ELSE 0 END AS requests,
    CASE WHEN outcome = 1 THEN 1 ELSE 0 END AS successes, 0 AS failures, input_tokens AS input, output_tokens AS output
  FROM request_log
  WHERE at_ms >= (EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) - 60 * 60) * 1000
  UNION ALL
  SELECT at_ms / (60 * 1000), platform, model, 1, 0, CASE WHEN counted THEN 1 ELSE 0 END, 0, 0
  FROM error_log
  WHERE at_ms >= (EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) - 60 * 60) * 1000
) AS logged
WHERE platform IS NOT NULL AND model IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM request_rollup WHERE node <> 'before')
GROUP BY bucket, platform, model;

INSERT INTO request_rollup
SELECT 900, 0, at_ms / (900 * 1000), 'before', '', '', COUNT(*), SUM(CASE WHEN outcome = 1 THEN 1 ELSE 0 END),
  SUM(CASE WHEN outcome = 0 THEN 1 ELSE 0 END), SUM(input_tokens), SUM(output_tokens), ''::bytea, ''::bytea
FROM request_log
WHERE at_ms >= (EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) - 900 * 96) * 1000
  AND NOT EXISTS (SELECT 1 FROM request_rollup WHERE node <> 'before')
GROUP BY at_ms / (900 * 1000);

INSERT INTO request_rollup
SELECT 900, 1, bucket, 'before', platform, model, SUM(requests), SUM(successes), SUM(failures), SUM(input), SUM(output), ''::bytea, ''::bytea
FROM (
  SELECT at_ms / (900 * 1000) AS bucket, platform, model, CASE WHEN outcome = 1 THEN 1 ELSE 0 END AS requests,
    CASE WHEN outcome = 1 THEN 1 ELSE 0 END AS successes, 0 AS failures, input_tokens AS input, output_tokens AS output
  FROM request_log
  WHERE at_ms >= (EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) - 900 * 96) * 1000
  UNION ALL
  SELECT at_ms / (900 * 1000), platform, model, 1, 0, CASE WHEN counted THEN 1 ELSE 0 END, 0, 0
  FROM error_log
  WHERE at_ms >= (EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) - 900 * 96) * 1000
) AS logged
WHERE platform IS NOT NULL AND model IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM request_rollup WHERE node <> 'before')
GROUP BY bucket, platform, model;

INSERT INTO request_rollup
SELECT 3600, 0, at_ms / (3600 * 1000), 'before', '', '', COUNT(*), SUM(CASE WHEN outcome = 1 THEN 1 ELSE 0 END),
  SUM(CASE WHEN outcome = 0 THEN 1 ELSE 0 END), SUM(input_tokens), SUM(output_tokens), ''::bytea, ''::bytea
FROM request_log
WHERE at_ms >= (EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) - 3600 * 168) * 1000
  AND NOT EXISTS (SELECT 1 FROM request_rollup WHERE node <> 'before')
GROUP BY at_ms / (3600 * 1000);

INSERT INTO request_rollup
SELECT 3600, 1, bucket, 'before', platform, model, SUM(requests), SUM(successes), SUM(failures), SUM(input), SUM(output), ''::bytea, ''::bytea
FROM (
  SELECT at_ms / (3600 * 1000) AS bucket, platform, model, CASE WHEN outcome = 1 THEN 1 ELSE 0 END AS requests,
    CASE WHEN outcome = 1 THEN 1 ELSE 0 END AS successes, 0 AS failures, input_tokens AS input, output_tokens AS output
  FROM request_log
  WHERE at_ms >= (EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) - 3600 * 168) * 1000
  UNION ALL
  SELECT at_ms / (3600 * 1000), platform, model, 1, 0, CASE WHEN counted THEN 1 ELSE 0 END, 0, 0
  FROM error_log
  WHERE at_ms >= (EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) - 3600 * 168) * 1000
) AS logged
WHERE platform IS NOT NULL AND model IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM request_rollup WHERE node <> 'before')
GROUP BY bucket, platform, model;

INSERT INTO request_rollup
SELECT 21600, 0, at_ms / (21600 * 1000), 'before', '', '', COUNT(*), SUM(CASE WHEN outcome = 1 THEN 1 ELSE 0 END),
  SUM(CASE WHEN outcome = 0 THEN 1 ELSE 0 END), SUM(input_tokens), SUM(output_tokens), ''::bytea, ''::bytea
FROM request_log
WHERE at_ms >= (EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) - 21600 * 120) * 1000
  AND NOT EXISTS (SELECT 1 FROM request_rollup WHERE node <> 'before')
GROUP BY at_ms / (21600 * 1000);

INSERT INTO request_rollup
SELECT 21600, 1, bucket, 'before', platform, model, SUM(requests), SUM(successes), SUM(failures), SUM(input), SUM(output), ''::bytea, ''::bytea
FROM (
  SELECT at_ms / (21600 * 1000) AS bucket, platform, model, CASE WHEN outcome = 1 THEN 1 ELSE 0 END AS requests,
    CASE WHEN outcome = 1 THEN 1 ELSE 0 END AS successes, 0 AS failures, input_tokens AS input, output_tokens AS output
  FROM request_log
  WHERE at_ms >= (EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) - 21600 * 120) * 1000
  UNION ALL
  SELECT at_ms / (21600 * 1000), platform, model, 1, 0, CASE WHEN counted THEN 1 ELSE 0 END, 0, 0
  FROM error_log
  WHERE at_ms >= (EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) - 21600 * 120) * 1000
) AS logged
WHERE platform IS NOT NULL AND model IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM request_rollup WHERE node <> 'before')
GROUP BY bucket, platform, model;
