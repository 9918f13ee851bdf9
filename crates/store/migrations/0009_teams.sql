-- Teams of forges: a row for each organisation or group that was asked. What it last told stays while it
-- cannot be asked. Times are milliseconds since 1970 UTC.

CREATE TABLE org (
    forge          TEXT    NOT NULL,
    name           TEXT    NOT NULL,
    teams          TEXT    NOT NULL,            -- [Team], as it last told
    fault          TEXT,                        -- why it did not tell, the last time it was asked
    told_at        INTEGER NOT NULL,            -- 0: never
    asked_at       INTEGER NOT NULL,
    PRIMARY KEY (forge, name)
) WITHOUT ROWID;
