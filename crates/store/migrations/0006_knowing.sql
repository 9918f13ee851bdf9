-- Knowing the fleet: what was read out of repositories, and the catalog that is put together from it.
-- Times are milliseconds since 1970 UTC. Paths are as git has them; what is not UTF-8 is written /hex/...

CREATE TABLE reading (
    repo           INTEGER PRIMARY KEY REFERENCES repo (id),
    tip            TEXT    NOT NULL,            -- the commit that was read
    tree           TEXT    NOT NULL,            -- its tree: while it is the same, nothing is read again
    reader         INTEGER NOT NULL,            -- the version of what read it; a newer one reads again
    files          INTEGER NOT NULL,
    bytes          INTEGER NOT NULL,
    languages      TEXT    NOT NULL,            -- {"java": 12}: files of each
    at             INTEGER NOT NULL
);

-- Documents that the catalog is made of: entities of catalog files, CODEOWNERS.
CREATE TABLE document (
    repo           INTEGER NOT NULL REFERENCES repo (id),
    path           TEXT    NOT NULL,
    part           INTEGER NOT NULL,            -- 0 the first document of the file
    kind           TEXT    NOT NULL,            -- entity, codeowners
    name           TEXT    NOT NULL,            -- the entity's reference; empty for others
    line           INTEGER NOT NULL,            -- 1-based, where it begins
    blob           TEXT    NOT NULL,            -- the file as it was when this was read
    stale          INTEGER NOT NULL,            -- 1: the file is bad now, this is its last good version
    origin         TEXT    NOT NULL,            -- the first file that led to it; empty: nothing does any more
    parent         TEXT    NOT NULL,            -- the Location that names the file; empty for a first file
    taken          TEXT    NOT NULL,            -- ["docs/api.yaml"]: files whose content it took in
    body           TEXT    NOT NULL,
    PRIMARY KEY (repo, path, part)
);

-- What a file is, told by its path: a manifest, a lockfile, a definition of CI.
CREATE TABLE mark (
    repo           INTEGER NOT NULL REFERENCES repo (id),
    path           TEXT    NOT NULL,
    kind           TEXT    NOT NULL,            -- manifest, lockfile, ci, docs, owners
    tool           TEXT    NOT NULL,            -- maven, npm, github-actions, ...
    PRIMARY KEY (repo, path, kind, tool)
);

CREATE TABLE declared (
    repo           INTEGER NOT NULL REFERENCES repo (id),
    path           TEXT    NOT NULL,
    line           INTEGER NOT NULL,
    part           INTEGER NOT NULL,            -- its place among those of the file
    format         TEXT    NOT NULL,            -- kubernetes, compose, terraform, ...
    kind           TEXT    NOT NULL,
    namespace      TEXT    NOT NULL,
    name           TEXT    NOT NULL,
    body           TEXT    NOT NULL,            -- JSON
    PRIMARY KEY (repo, path, part)
);

CREATE TABLE finding (
    repo           INTEGER NOT NULL REFERENCES repo (id),
    area           TEXT    NOT NULL,            -- catalog, owners, infra, search
    path           TEXT    NOT NULL,
    line           INTEGER NOT NULL,            -- 0 when it is about the whole file
    message        TEXT    NOT NULL,
    remedy         TEXT    NOT NULL
);
CREATE INDEX finding_repo ON finding (repo, area);

-- The catalog as it is served.
CREATE TABLE entity (
    ref            TEXT    PRIMARY KEY,         -- kind:namespace/name in small letters
    kind           TEXT    NOT NULL,
    namespace      TEXT    NOT NULL,
    name           TEXT    NOT NULL,
    repo           INTEGER REFERENCES repo (id),
    path           TEXT    NOT NULL,
    line           INTEGER NOT NULL,
    owner          TEXT    NOT NULL,            -- reference; empty when unowned
    discovered     INTEGER NOT NULL,            -- 1: no file declares it
    body           TEXT    NOT NULL,            -- JSON as Backstage would serve it, without relations
    tip            TEXT    NOT NULL,            -- the commit it was read from
    at             INTEGER NOT NULL
);
CREATE INDEX entity_repo ON entity (repo);
CREATE INDEX entity_kind ON entity (kind, namespace, name);

CREATE TABLE relation (
    source         TEXT    NOT NULL,
    kind           TEXT    NOT NULL,            -- ownedBy, partOf, ...
    target         TEXT    NOT NULL,
    PRIMARY KEY (source, kind, target)
) WITHOUT ROWID;

-- How often the catalog changed: the number that a frozen answer names.
CREATE TABLE catalog (
    one            INTEGER PRIMARY KEY CHECK (one = 1),
    version        INTEGER NOT NULL,
    assembled      INTEGER NOT NULL,            -- the version that the entities were made of
    folder         TEXT    NOT NULL,            -- digest of the files beside the configuration it was made of
    at             INTEGER NOT NULL
);
INSERT INTO catalog (one, version, assembled, folder, at) VALUES (1, 0, -1, '', 0);
