-- Bills of materials: who stood where, and since when. Times are milliseconds since 1970 UTC.

CREATE TABLE bom (
    name           TEXT    PRIMARY KEY,
    digest         TEXT    NOT NULL,            -- of what everybody's standing depends on beside the repositories
    version        INTEGER NOT NULL,            -- catalog.version when users were last looked at
    first_at       INTEGER NOT NULL,            -- when users were first looked at
    at             INTEGER NOT NULL             -- when they were last looked at
) WITHOUT ROWID;

CREATE TABLE bom_stay (
    bom            TEXT    NOT NULL REFERENCES bom (name),
    repo           INTEGER NOT NULL REFERENCES repo (id),
    component      TEXT    NOT NULL,            -- its reference; empty: what of the repository is no component's
    since          INTEGER NOT NULL,
    until          INTEGER,                     -- null: still so
    standing       TEXT    NOT NULL,            -- on, behind, untold
    release        TEXT    NOT NULL,            -- which one it is on; or empty
    PRIMARY KEY (bom, repo, component, since)
) WITHOUT ROWID;
CREATE INDEX bom_stay_open ON bom_stay (bom, repo) WHERE until IS NULL;
