-- The change engine: repositories, shifts, targets, changes, events, leases.
-- Times are milliseconds since 1970 UTC. Columns named `detail` hold JSON of the named core type.

CREATE TABLE repo (
    id             INTEGER PRIMARY KEY,
    forge          TEXT    NOT NULL,
    name           TEXT    NOT NULL,
    facts          TEXT    NOT NULL,            -- RepoFacts
    head           TEXT,                        -- tip of the default branch; NULL while unborn or unread
    tree           TEXT,                        -- that commit's tree
    fault          TEXT,                        -- why it could not be read, the last time
    seen_at        INTEGER NOT NULL,
    UNIQUE (forge, name)
);

CREATE TABLE shift (
    name           TEXT    PRIMARY KEY,
    digest         TEXT    NOT NULL,            -- of file and scripts
    steps_digest   TEXT    NOT NULL,
    detail         TEXT    NOT NULL,            -- Shift
    scripts        TEXT    NOT NULL,            -- Scripts
    source         TEXT    NOT NULL,            -- the file it was read from
    control        TEXT    NOT NULL,            -- Control
    created_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL
);

CREATE TABLE selection (
    shift          TEXT    NOT NULL REFERENCES shift (name),
    repo           INTEGER NOT NULL REFERENCES repo (id),
    selected       INTEGER NOT NULL,
    reason         TEXT    NOT NULL,            -- the rule that decided, for people
    PRIMARY KEY (shift, repo)
);

CREATE TABLE target (
    id             INTEGER PRIMARY KEY,
    shift          TEXT    NOT NULL REFERENCES shift (name),
    repo           INTEGER NOT NULL REFERENCES repo (id),
    dir            TEXT    NOT NULL,
    stage          TEXT    NOT NULL,            -- the word of Stage
    detail         TEXT    NOT NULL,            -- Stage
    reason         TEXT    NOT NULL,            -- why it stands there, for people and for grouping
    final          INTEGER NOT NULL,            -- 1: nothing happens any more by itself
    key            TEXT,                        -- inputs of the last result, the key of its change
    waiting        TEXT,                        -- Why
    intent         TEXT,                        -- Intent: an effect whose answer is not known
    pushed         TEXT,                        -- the last commit we pushed for it
    updated_at     INTEGER NOT NULL,
    UNIQUE (shift, repo, dir)
);
CREATE INDEX target_open ON target (shift, final, id);

CREATE TABLE change (
    key            TEXT    PRIMARY KEY,         -- steps, base tree, tools and target
    outcome        TEXT    NOT NULL,            -- changed, unchanged, notApplicable, failed
    detail         TEXT    NOT NULL,            -- Outcome
    cluster        TEXT,                        -- digest of the normal form
    patch          BLOB,                        -- unified diff
    log            BLOB,                        -- what the steps printed
    created_at     INTEGER NOT NULL
);

CREATE TABLE content (
    digest         TEXT    PRIMARY KEY,         -- SHA-256 of the bytes
    bytes          BLOB    NOT NULL
);

CREATE TABLE event (
    id             INTEGER PRIMARY KEY,
    at             INTEGER NOT NULL,
    shift          TEXT    NOT NULL,
    repo           TEXT,
    dir            TEXT,
    actor          TEXT    NOT NULL,
    what           TEXT    NOT NULL,
    detail         TEXT    NOT NULL
);
CREATE INDEX event_shift ON event (shift, id);

CREATE TABLE lease (
    name           TEXT    PRIMARY KEY,
    holder         TEXT    NOT NULL,
    epoch          INTEGER NOT NULL,
    expires_at     INTEGER NOT NULL
);
