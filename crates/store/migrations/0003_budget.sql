-- What identities may create at a forge, who waits for it, and what checks said on distinct runs.
-- Times are milliseconds since 1970 UTC. Columns named `detail` hold JSON of the named core type.

CREATE TABLE budget (
    forge          TEXT    NOT NULL,
    identity       TEXT    NOT NULL,            -- whose word requests carry, never a secret
    detail         TEXT    NOT NULL,            -- Budget
    updated_at     INTEGER NOT NULL,
    PRIMARY KEY (forge, identity)
) WITHOUT ROWID;

CREATE TABLE wish (
    forge          TEXT    NOT NULL,
    identity       TEXT    NOT NULL,
    lane           TEXT    NOT NULL,            -- the word of Lane
    asker          TEXT    NOT NULL,            -- who waits, such as a shift's name
    waiting        INTEGER NOT NULL,            -- how many creations
    believed_until INTEGER NOT NULL,            -- after that whoever asked has gone
    PRIMARY KEY (forge, identity, lane, asker)
) WITHOUT ROWID;

CREATE TABLE check_run (
    repo           INTEGER NOT NULL REFERENCES repo (id),
    name           TEXT    NOT NULL,
    head           TEXT    NOT NULL,            -- the commit it ran on
    run            TEXT    NOT NULL,            -- the forge's name for the run; empty where it has none
    verdict        TEXT    NOT NULL,            -- Verdict, never pending
    at             INTEGER NOT NULL,            -- when it was seen
    PRIMARY KEY (repo, name, head, run)
) WITHOUT ROWID;
CREATE INDEX check_run_last ON check_run (repo, name, at);
