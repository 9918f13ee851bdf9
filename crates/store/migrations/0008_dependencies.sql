-- What repositories depend on. A file declares or locks; its rows are what it names, in its order.

CREATE TABLE package (
    id             INTEGER PRIMARY KEY,
    ecosystem      TEXT    NOT NULL,            -- maven, npm, cargo, ...
    name           TEXT    NOT NULL,            -- in the ecosystem's normal form
    UNIQUE (ecosystem, name)
);

CREATE TABLE dependency_file (
    id             INTEGER PRIMARY KEY,
    repo           INTEGER NOT NULL REFERENCES repo (id),
    path           TEXT    NOT NULL,
    ecosystem      TEXT    NOT NULL,
    is_lock        INTEGER NOT NULL,            -- 1: it locks; 0: it declares
    format         TEXT    NOT NULL,            -- of a lockfile, such as package-lock 3
    package        TEXT    NOT NULL,            -- what it is itself published as, such as maven:g:a; or empty
    version        TEXT    NOT NULL             -- the version it is itself published as; or empty
);
CREATE INDEX dependency_file_repo ON dependency_file (repo);
CREATE INDEX dependency_file_package ON dependency_file (package) WHERE package <> '';

CREATE TABLE dependency (
    file           INTEGER NOT NULL REFERENCES dependency_file (id),
    part           INTEGER NOT NULL,            -- its place among those of the file
    package        INTEGER NOT NULL REFERENCES package (id),
    version        TEXT    NOT NULL,            -- empty: it cannot be told
    why            TEXT    NOT NULL,            -- why it cannot be told
    requirement    TEXT    NOT NULL,            -- as it is declared; empty for what is only locked
    scope          TEXT    NOT NULL,            -- runtime, optional, provided, build, development; managed, own
    direct         INTEGER NOT NULL,            -- 1: a manifest declares it
    line           INTEGER NOT NULL,            -- from 1; 0 where there is none
    through        TEXT    NOT NULL,            -- where the version comes from, such as property log4j.version
    via            INTEGER,                     -- the part of the same file that it is reached through
    members        TEXT    NOT NULL,            -- [1, 2]: the manifests it is reached from, where there are several
    PRIMARY KEY (file, part)
) WITHOUT ROWID;
CREATE INDEX dependency_package ON dependency (package, version, scope);

-- What a repository asked for of other repositories: when one of these moves, it is read again.
CREATE TABLE asked (
    repo           INTEGER NOT NULL REFERENCES repo (id),
    package        TEXT    NOT NULL,
    version        TEXT    NOT NULL,
    PRIMARY KEY (repo, package, version)
) WITHOUT ROWID;
CREATE INDEX asked_package ON asked (package, version);
