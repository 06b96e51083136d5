-- Responses that later requests build on, forgotten some time after their last use. Times in epoch milliseconds.
CREATE TABLE response_memory (
  id         VARCHAR(255) NOT NULL PRIMARY KEY,
  caller     VARCHAR(64)  NOT NULL,
  body       TEXT NOT NULL,
  expires_ms BIGINT       NOT NULL
);

CREATE INDEX response_memory_expires ON response_memory (expires_ms);
