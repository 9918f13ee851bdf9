-- What `query --sql` may ask: one file per snapshot, with these tables and nothing else.
-- docs/query.md says what the columns mean.

CREATE TABLE repo AS
SELECT r.id AS id, r.forge AS forge, r.name AS name,
       json_extract(r.facts, '$.owner') AS owner,
       json_extract(r.facts, '$.language') AS language,
       json_extract(r.facts, '$.defaultBranch') AS default_branch,
       json_extract(r.facts, '$.archived') AS archived,
       json_extract(r.facts, '$.topics') AS topics,
       json_extract(r.facts, '$.size') AS size,
       json_extract(r.facts, '$.pushedAt') AS pushed_at,
       r.head AS tip, r.tree AS tree, r.fault AS fault,
       d.files AS files,
       strftime('%Y-%m-%dT%H:%M:%SZ', d.at / 1000, 'unixepoch') AS read_at,
       r.facts AS facts
FROM fleet.repo r LEFT JOIN fleet.reading d ON d.repo = r.id;
CREATE INDEX repo_name ON repo (name);
CREATE INDEX repo_id ON repo (id);

CREATE TABLE language AS
SELECT r.forge AS forge, r.name AS repo, l.key AS language, l.value AS files
FROM fleet.reading d JOIN fleet.repo r ON r.id = d.repo, json_each(d.languages) l;
CREATE INDEX language_repo ON language (repo);

CREATE TABLE entity AS
SELECT e.ref AS ref, e.kind AS kind, e.namespace AS namespace, e.name AS name,
       json_extract(e.body, '$.metadata.title') AS title,
       json_extract(e.body, '$.metadata.description') AS description,
       json_extract(e.body, '$.spec.type') AS type,
       json_extract(e.body, '$.spec.lifecycle') AS lifecycle,
       e.owner AS owner,
       json_extract(e.body, '$.spec.system') AS system,
       json_extract(e.body, '$.metadata.tags') AS tags,
       json_extract(e.body, '$.metadata.labels') AS labels,
       json_extract(e.body, '$.metadata.annotations') AS annotations,
       r.forge AS forge, r.name AS repo, e.path AS path, e.line AS line, e.discovered AS discovered,
       e.tip AS tip, strftime('%Y-%m-%dT%H:%M:%SZ', e.at / 1000, 'unixepoch') AS read_at,
       e.body AS body
FROM fleet.entity e LEFT JOIN fleet.repo r ON r.id = e.repo;
CREATE UNIQUE INDEX entity_ref ON entity (ref);
CREATE INDEX entity_kind ON entity (kind);
CREATE INDEX entity_repo ON entity (repo);
CREATE INDEX entity_owner ON entity (owner);

CREATE TABLE relation AS SELECT source, kind, target FROM fleet.relation;
CREATE INDEX relation_source ON relation (source, kind);
CREATE INDEX relation_target ON relation (target, kind);

CREATE TABLE mark AS
SELECT r.forge AS forge, r.name AS repo, m.path AS path, m.kind AS kind, m.tool AS tool
FROM fleet.mark m JOIN fleet.repo r ON r.id = m.repo;
CREATE INDEX mark_repo ON mark (repo);
CREATE INDEX mark_tool ON mark (kind, tool);

CREATE TABLE infra AS
SELECT r.forge AS forge, r.name AS repo, i.path AS path, i.line AS line, i.format AS format,
       i.kind AS kind, i.namespace AS namespace, i.name AS name, i.body AS body
FROM fleet.declared i JOIN fleet.repo r ON r.id = i.repo;
CREATE INDEX infra_repo ON infra (repo);
CREATE INDEX infra_kind ON infra (format, kind);

CREATE TABLE finding AS
SELECT r.forge AS forge, r.name AS repo, f.area AS area, f.path AS path, f.line AS line,
       f.message AS message, f.remedy AS remedy
FROM fleet.finding f JOIN fleet.repo r ON r.id = f.repo;
CREATE INDEX finding_repo ON finding (repo);
