// Reads what examples/catalog-verdicts printed and asks Backstage the same: verdicts, relations, search rows,
// entities as served, references, placeholders, filters, links, and what predicates find: Backstage's own SQL is run over
// the search rows, which are compared themselves.
//
// An entity goes the way of DefaultCatalogProcessingOrchestrator: parse, envelope, location annotations,
// pre-process, policies, kinds, relations. AiResource, which the default backend leaves to a module, is
// asked of ModelProcessor with catalog-model's own layers.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isDeepStrictEqual } from 'node:util';

const require = createRequire(import.meta.url);
const inside = name => require(new URL(`./node_modules/@backstage/${name}.cjs.js`, import.meta.url).pathname);
const model = require('@backstage/catalog-model');
const alpha = require('@backstage/catalog-model/alpha');
const { parseEntityYaml } = require('@backstage/plugin-catalog-node');
const backend = 'plugin-catalog-backend/dist';
const { BuiltinKindsEntityProcessor } = inside(`${backend}/processors/BuiltinKindsEntityProcessor`);
const { ModelProcessor } = inside(`${backend}/processors/ModelProcessor`);
const { PlaceholderProcessor } = inside(`${backend}/processors/PlaceholderProcessor`);
const { ModelHolder } = inside(`${backend}/model/ModelHolder`);
const { buildEntitySearch } = inside(`${backend}/database/operations/stitcher/buildEntitySearch`);
const { parseEntityFilterParams } = inside(`${backend}/service/request/parseEntityFilterParams`);
const { parseEntityQuery } = inside(`${backend}/service/request/parseEntityQuery`);
const { applyPredicateEntityFilterToQuery } = inside(`${backend}/service/request/applyPredicateEntityFilterToQuery`);
const knex = require('knex')({ client: 'sqlite3', useNullAsDefault: true });
const { AnnotateLocationEntityProcessor } = inside(`${backend}/processors/AnnotateLocationEntityProcessor`);
const { ScmIntegrations } = require('@backstage/integration');
const { ConfigReader } = require('@backstage/config');
const integrations = ScmIntegrations.fromConfig(
  new ConfigReader({
    integrations: {
      github: [{ host: 'github.example', apiBaseUrl: 'https://github.example/api/v3' }],
      gitlab: [{ host: 'gitlab.example', apiBaseUrl: 'https://gitlab.example/api/v4' }],
      gitea: [{ host: 'gitea.example', baseUrl: 'https://gitea.example/git' }],
    },
  }),
);
const { ScaffolderEntitiesProcessor } = inside(
  'plugin-catalog-backend-module-scaffolder-entity-model/dist/processor/ScaffolderEntitiesProcessor',
);

const LOCATION = ['backstage.io/managed-by-location', 'backstage.io/managed-by-origin-location'];
const layers = [alpha.defaultCatalogEntityModel, alpha.aiResourceEntityModel];
const ai = new ModelProcessor(ModelHolder.modelPassthroughForTest(alpha.compileCatalogModel(layers)));
const plain = [new BuiltinKindsEntityProcessor(), new ScaffolderEntitiesProcessor()];
const policy = model.EntityPolicies.allOf([
  new model.SchemaValidEntityPolicy(),
  new model.DefaultNamespaceEntityPolicy(),
  new model.NoForeignRootFieldsEntityPolicy(),
  new model.FieldFormatEntityPolicy(),
]);
const envelope = model.entityEnvelopeSchemaValidator();
const schema = model.entitySchemaValidator();

async function asked(document) {
  envelope(document);
  const annotations = document.metadata.annotations || {};
  if (typeof annotations !== 'object' || Array.isArray(annotations)) throw new Error('annotations must be an object');
  const located = Object.fromEntries(LOCATION.map(key => [key, 'url:https://x.example/a.yaml']));
  let entity = { ...document, metadata: { ...document.metadata, annotations: { ...annotations, ...located } } };
  const ref = model.stringifyEntityRef(entity);
  const processors = entity.kind === 'AiResource' ? [ai] : plain;
  for (const processor of processors) entity = (await processor.preProcessEntity?.(entity)) ?? entity;
  entity = await policy.enforce(entity);
  schema(entity);
  let valid = false;
  for (const processor of processors) valid = (await processor.validateEntityKind(entity)) || valid;
  if (!valid) throw new Error('no processor recognized the entity');
  const emitted = [];
  const emit = result => result.type === 'relation' && emitted.push(result.relation);
  for (const processor of processors) await processor.postProcessEntity(entity, undefined, emit);
  const text = model.stringifyEntityRef;
  const relations = emitted.map(row => `${text(row.source)} ${row.type} ${text(row.target)}`);
  // Without what the catalog adds itself.
  for (const key of LOCATION) delete entity.metadata.annotations[key];
  let rows;
  try {
    rows = buildEntitySearch('x', entity).map(row => [row.key, row.value, row.original_value]);
  } catch {
    rows = undefined;
  }
  return { ref, relations, rows, entity };
}

async function file(line, differ) {
  const good = [];
  let bad = 0;
  const results = parseEntityYaml(line.text, { type: 'url', target: 'https://x.example/a.yaml' });
  for (;;) {
    try {
      // An alias of nothing is thrown from within.
      const { value, done } = results.next();
      if (done) break;
      if (value.type !== 'entity') throw new Error(String(value.error));
      good.push(await asked(value.entity));
    } catch {
      bad += 1;
    }
  }
  // Placeholders are resolved before Backstage judges; here they stand.
  const mine = line.good.filter(entity => entity.open.length === 0);
  const verdict = rows => rows.map(row => row.ref).join(' ');
  const mineBad = line.bad.length + line.good.length - mine.length > 0;
  if (verdict(mine) !== verdict(good) || mineBad !== bad > 0) {
    return differ('verdict', { mine: verdict(mine), bad: line.bad, backstage: verdict(good), rejected: bad });
  }
  good.forEach((entity, at) => {
    const set = rows => [...new Set(rows.map(row => JSON.stringify(row)))].sort();
    if (!isDeepStrictEqual(set(mine[at].relations), set(entity.relations))) {
      differ('relations', { mine: mine[at].relations, backstage: entity.relations });
    }
    const { uid, etag, ...metadata } = mine[at].entity.metadata;
    const { relations: _, status: __, ...mineEntity } = { ...mine[at].entity, metadata };
    const theirMetadata = { ...entity.entity.metadata };
    delete theirMetadata.uid;
    delete theirMetadata.etag;
    for (const side of [metadata, theirMetadata]) {
      if (side.annotations && Object.keys(side.annotations).length === 0) delete side.annotations;
    }
    const theirEntity = JSON.parse(JSON.stringify({ ...entity.entity, metadata: theirMetadata }));
    if (!isDeepStrictEqual(mineEntity, theirEntity)) differ('entity', { mine: mineEntity, backstage: theirEntity });
    const ours = set(mine[at].rows.filter(([key]) => key !== 'metadata.uid'));
    const theirs = entity.rows && set(entity.rows.filter(([key]) => key !== 'metadata.uid'));
    if (theirs && !isDeepStrictEqual(ours, theirs)) {
      const only = (one, other) => one.filter(row => !other.includes(row));
      differ('rows', { mine: only(ours, theirs), backstage: only(theirs, ours) });
    }
  });
  return bad > 0 ? 'bad' : 'good';
}

async function placeholders(line, differ) {
  const asked = [];
  const resolver = form => async ({ value }) => {
    asked.push([form, value]);
    return 'x';
  };
  const resolvers = Object.fromEntries(['text', 'json', 'yaml'].map(form => [form, resolver(form)]));
  const processor = new PlaceholderProcessor({ resolvers, reader: {}, integrations: {} });
  const [result] = parseEntityYaml(line.text, { type: 'url', target: 'https://x.example/a.yaml' });
  await processor.preProcessEntity(result.entity, { type: 'url', target: 'https://x.example/a.yaml' }, () => {});
  if (!isDeepStrictEqual(asked, line.asked) || !line.read) differ('placeholders', { mine: line.asked, backstage: asked });
  return asked.length > 0 ? 'some' : 'none';
}

function reference(line, differ) {
  let parsed = null;
  try {
    const context = { defaultKind: line.kind ?? undefined, defaultNamespace: line.namespace ?? undefined };
    const found = model.parseEntityRef(line.text, context);
    parsed = { ...found, text: model.stringifyEntityRef(found) };
  } catch {
    parsed = null;
  }
  if (!isDeepStrictEqual(parsed, line.parsed)) differ('reference', { mine: line.parsed, backstage: parsed });
  return parsed ? 'good' : 'bad';
}

function filter(line, differ) {
  let parsed = null;
  try {
    parsed = { filter: parseEntityFilterParams({ filter: line.texts }) ?? null };
  } catch {
    parsed = null;
  }
  if (!isDeepStrictEqual(parsed, line.parsed)) differ('filter', { mine: line.parsed, backstage: parsed });
  return parsed ? 'good' : 'bad';
}

async function predicates(line, differ) {
  const SQL = await require('sql.js')();
  const database = new SQL.Database();
  database.run('CREATE TABLE final_entities (entity_id TEXT); CREATE TABLE search (entity_id TEXT, key TEXT, value TEXT)');
  database.run('CREATE INDEX by_key ON search (entity_id, key, value); BEGIN');
  for (const { ref, rows } of line.entities) {
    database.run('INSERT INTO final_entities VALUES (?)', [ref]);
    for (const [key, value] of rows) database.run('INSERT INTO search VALUES (?, ?, ?)', [ref, key, value]);
  }
  let found = 0;
  for (const { text, found: mine } of line.asked) {
    let theirs = null;
    try {
      const { filter } = parseEntityQuery({ query: JSON.parse(text) });
      const targetQuery = knex('final_entities').select('entity_id').orderBy('entity_id');
      applyPredicateEntityFilterToQuery({ filter, targetQuery, onEntityIdField: 'final_entities.entity_id', knex });
      const { sql, bindings } = targetQuery.toSQL();
      theirs = (database.exec(sql, bindings)[0]?.values ?? []).map(([ref]) => ref);
    } catch (error) {
      if (error.name !== 'InputError') throw error;
    }
    if (!isDeepStrictEqual(mine, theirs)) differ('predicate', { text, mine, backstage: theirs });
    found += mine?.length > 0 && mine.length < line.entities.length ? 1 : 0;
  }
  return `${line.asked.length}, of which ${found} find some of ${line.entities.length}`;
}

async function links(line, differ) {
  const location = { type: 'url', target: line.address };
  const annotated = new AnnotateLocationEntityProcessor({ integrations });
  const { annotations } = (await annotated.preProcessEntity({}, location, () => {}, location)).metadata;
  const theirs = ['view-url', 'edit-url', 'source-location'].map(key => annotations[`backstage.io/${key}`] ?? null);
  if (!isDeepStrictEqual(line.links, theirs)) differ('links', { mine: line.links, backstage: theirs });
  return theirs[1] ? 'edited' : 'not edited';
}

const [path, , least] = process.argv.slice(2);
const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean).map(line => JSON.parse(line));
const counts = {};
let differences = 0;
for (const line of lines) {
  const differ = (what, how) => {
    differences += 1;
    if (differences <= 40) console.log(`DIFFERENT ${what}: ${line.name ?? JSON.stringify(line)}\n  ${JSON.stringify(how)}`);
  };
  const answer = await { file, placeholders, reference, filter, predicates, links }[line.type]?.(line, differ);
  const key = `${line.type} ${answer ?? 'different'}`;
  counts[key] = (counts[key] ?? 0) + 1;
}
console.log(JSON.stringify(counts), `${lines.length} compared, ${differences} different`);
if (lines.length < Number(least)) console.log(`fewer than ${least} were compared`);
process.exitCode = differences > 0 || lines.length < Number(least) ? 1 : 0;
