-- What `query --sql` may ask about dependencies: a file beside that of the snapshot, made when a question first names
-- one of the two views. docs/query.md says what their columns mean. The tables below are as in the database, so that
-- SQLite copies them page by page.

CREATE TABLE package (
    id INTEGER PRIMARY KEY, ecosystem TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (ecosystem, name)
);
INSERT INTO package SELECT * FROM fleet.package;

CREATE TABLE dependency (
    file INTEGER NOT NULL, part INTEGER NOT NULL, package INTEGER NOT NULL, version TEXT NOT NULL, why TEXT NOT NULL,
    requirement TEXT NOT NULL, scope TEXT NOT NULL, direct INTEGER NOT NULL, line INTEGER NOT NULL,
    through TEXT NOT NULL, via INTEGER, members TEXT NOT NULL, PRIMARY KEY (file, part)
) WITHOUT ROWID;
CREATE INDEX dependency_package ON dependency (package, version, scope);
INSERT INTO dependency SELECT * FROM fleet.dependency;

CREATE TABLE dependency_file (
    id INTEGER PRIMARY KEY, repo INTEGER NOT NULL, place INTEGER NOT NULL, forge TEXT NOT NULL, name TEXT NOT NULL,
    path TEXT NOT NULL, ecosystem TEXT NOT NULL, is_lock INTEGER NOT NULL, format TEXT NOT NULL,
    package TEXT NOT NULL, version TEXT NOT NULL, components TEXT NOT NULL DEFAULT '[]'
);
INSERT INTO dependency_file (id, repo, place, forge, name, path, ecosystem, is_lock, format, package, version)
SELECT f.id, f.repo, row_number() OVER (PARTITION BY f.repo ORDER BY f.id) - 1, r.forge, r.name,
       f.path, f.ecosystem, f.is_lock, f.format, f.package, f.version
FROM fleet.dependency_file f JOIN fleet.repo r ON r.id = f.repo;
CREATE UNIQUE INDEX dependency_file_place ON dependency_file (repo, place);
CREATE INDEX dependency_file_name ON dependency_file (name);

CREATE VIEW manifests AS
SELECT forge, name AS repo, components, path AS file, ecosystem, is_lock, format, package, version
FROM dependency_file;

CREATE VIEW dependencies AS
SELECT f.forge AS forge, f.name AS repo,
       CASE d.members WHEN '[]' THEN f.components ELSE (
           SELECT json_group_array(DISTINCT c.value)
           FROM json_each(d.members) m JOIN dependency_file o ON o.repo = f.repo AND o.place = m.value,
                json_each(o.components) c) END AS components,
       p.ecosystem AS ecosystem, p.name AS package, d.version AS version, d.requirement AS requirement,
       d.scope AS scope, d.direct AS direct, f.is_lock AS is_lock, f.path AS file, d.line AS line,
       d.through AS through, d.why AS why
FROM dependency d JOIN package p ON p.id = d.package JOIN dependency_file f ON f.id = d.file;
