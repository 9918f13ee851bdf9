-- People: what they prove themselves with, who they are at their provider, and what they approved. Times are
-- milliseconds since 1970 UTC.

CREATE TABLE credential (
    id             TEXT    PRIMARY KEY,         -- no secret: people name it
    kind           TEXT    NOT NULL,            -- token, session, link
    hash           BLOB    NOT NULL,            -- SHA-256 of a secret of 256 random bits
    person         TEXT    NOT NULL,
    label          TEXT    NOT NULL,            -- what it is for
    role           TEXT    NOT NULL,            -- at most this one
    people_groups  TEXT    NOT NULL,            -- JSON: the groups of the person
    scope          TEXT    NOT NULL,            -- JSON: which calls
    via            TEXT    NOT NULL,            -- by which door a session began: link, oidc; else empty
    created_at     BIGINT  NOT NULL,
    expires_at     BIGINT  NOT NULL,
    used_at        BIGINT,                      -- roughly; null: never
    ended_at       BIGINT                       -- revoked, signed out, or spent
);
CREATE INDEX credential_expires ON credential (expires_at);
CREATE INDEX credential_kind ON credential (kind, created_at);

CREATE TABLE person (
    name           TEXT    PRIMARY KEY,
    issuer         TEXT    NOT NULL,
    subject        TEXT    NOT NULL,            -- the issuer's own name of the person, which never changes
    created_at     BIGINT  NOT NULL,
    UNIQUE (issuer, subject)
);

CREATE TABLE author (
    shift          TEXT    NOT NULL,
    digest         TEXT    NOT NULL,            -- of the shift as it was then
    person         TEXT    NOT NULL,
    at             BIGINT  NOT NULL,
    PRIMARY KEY (shift, digest, person)
);

CREATE TABLE approval (
    shift          TEXT    NOT NULL,
    digest         TEXT    NOT NULL,
    person         TEXT    NOT NULL,
    at             BIGINT  NOT NULL,
    PRIMARY KEY (shift, digest, person)
);
