-- The audit: one row per outside write and per command, each chained to the one before. Rows are only added.
CREATE TABLE audit (
    id INTEGER PRIMARY KEY NOT NULL,  -- 1, 2, 3, without a gap
    at INTEGER NOT NULL,              -- milliseconds since 1970 UTC
    actor TEXT NOT NULL,              -- a person's name, or fleetwright for the machine
    what TEXT NOT NULL,               -- a dotted word such as effect.merge or call.shift.apply
    shift TEXT,
    digest TEXT,                      -- of the shift as it was
    repo TEXT,
    dir TEXT,
    detail TEXT NOT NULL,             -- JSON: the intent, and the facts
    hash TEXT NOT NULL                -- SHA-256 over the hash before and this row, hex
);
CREATE INDEX audit_at ON audit (at);

-- The last row, so that rows missing at the end are found.
CREATE TABLE audit_head (
    one INTEGER PRIMARY KEY NOT NULL CHECK (one = 1),
    id INTEGER NOT NULL,
    hash TEXT NOT NULL
);
INSERT INTO audit_head (one, id, hash) VALUES (1, 0, '');
