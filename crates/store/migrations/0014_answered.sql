-- Answers to requests that came with an idempotency key, for a day.
CREATE TABLE answered (
    name TEXT PRIMARY KEY NOT NULL,   -- digest of the person and the key
    request TEXT NOT NULL,            -- digest of what was asked
    done INTEGER NOT NULL,            -- 1: an answer, 0: a problem
    answer TEXT NOT NULL,             -- JSON
    at INTEGER NOT NULL               -- milliseconds since 1970 UTC
);
CREATE INDEX answered_at ON answered (at);
