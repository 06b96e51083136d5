-- Ids of the log's rows are taken from the sequence a thousand at a time: each take writes a page, and the default of 32 made
-- that a quarter of what logging costs. After a crash the rest of a stretch is skipped, which no reader minds.
ALTER TABLE request_log ALTER COLUMN id SET CACHE 1000;
ALTER TABLE error_log ALTER COLUMN id SET CACHE 1000;
