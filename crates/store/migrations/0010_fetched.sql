-- What Locations of the catalog name by address: the last good text of each address.

CREATE TABLE fetched (
    address        TEXT    PRIMARY KEY,         -- https://...; or a repository's row and a path in it: 7:all.yaml
    tag            TEXT    NOT NULL,            -- the server's ETag, or the mirror's tree; empty: none
    text           TEXT,                        -- its last good version; none was seen yet: null
    fault          TEXT    NOT NULL,            -- why the newest is not taken; empty: it is
    remedy         TEXT    NOT NULL,            -- what to try; empty with no fault
    missing        INTEGER NOT NULL,            -- 1: the server says that there is nothing
    at             INTEGER NOT NULL             -- when this row became what it is
) WITHOUT ROWID;

-- The few entities that may name addresses.
CREATE INDEX document_location ON document (repo, path, part) WHERE name >= 'location:' AND name < 'location;';
