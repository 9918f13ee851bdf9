-- Pull requests as the forge last showed them: what gates are shown from, and what need not be asked again.

CREATE TABLE seen (
    target         INTEGER PRIMARY KEY REFERENCES target (id),
    detail         TEXT    NOT NULL,            -- PullSeen
    pending        INTEGER NOT NULL,            -- how many of its checks run
    at             INTEGER NOT NULL             -- when the forge was asked, in milliseconds since 1970 UTC
);
