// Calls every method of `@backstage/catalog-client`, unmodified, on a running `fleetwright serve` and on a real
// Backstage catalog over the same entities, and compares what they answer. What they may differ in: `uid` and
// `etag`, cursors, the order of what nobody ordered, and the words of a refusal for a malformed request.
//
//   node client.mjs http://127.0.0.1:PORT/api/catalog
import assert from 'node:assert/strict';
import { CATALOG_FILTER_EXISTS, CatalogClient } from '@backstage/catalog-client';
import { start } from './real.mjs';

const ours = process.argv[2];

/** As any user of the client does it, with a token: the real Backstage here knows nobody and asks for none. */
const known = (url, init = {}) => {
  const headers = new Headers(init.headers);
  if (String(url).startsWith(ours)) headers.set('Authorization', `Bearer ${process.env.FLEETWRIGHT_TOKEN}`);
  return fetch(url, { ...init, headers });
};
const called = new Set();
let compared = 0;
let real;

// The client as it is, with a note of what was called.
function client(base) {
  const plain = new CatalogClient({ discoveryApi: { getBaseUrl: async () => base }, fetchApi: { fetch: known } });
  return new Proxy(plain, {
    get(target, name) {
      if (typeof target[name] === 'function') called.add(name);
      return typeof target[name] === 'function' ? target[name].bind(target) : target[name];
    },
  });
}

const reference = (entity) => `${entity.kind}:${entity.metadata?.namespace ?? 'default'}/${entity.metadata?.name}`;

// An answer without what each server makes of its own.
function plain(value, key) {
  if (Array.isArray(value)) return value.map((row) => plain(row));
  if (value === null || typeof value !== 'object') return value;
  const rows = Object.entries(value).filter(([name]) => !(key === 'metadata' && ['uid', 'etag'].includes(name)));
  return Object.fromEntries(rows.map(([name, row]) => {
    const isCursor = name === 'nextCursor' || name === 'prevCursor';
    return [name, isCursor ? 'a cursor' : plain(row, name)];
  }));
}

// As JSON with keys in their order.
function canonical(value) {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  return `{${Object.keys(value).sort().map((key) => `${key}:${canonical(value[key])}`).join()}}`;
}

function sorted(value) {
  const list = Array.isArray(value) ? value : value?.items;
  list?.sort((one, other) => (canonical(one) < canonical(other) ? -1 : 1));
  return value;
}

async function outcome(work) {
  try {
    return await work();
  } catch (error) {
    const body = error.body ?? {};
    return { refused: error.response?.status ?? error.statusCode ?? 0, name: body.error?.name ?? error.name };
  }
}

let [fleet, backstage] = [client(ours)];

// One call at both.
async function both(what, call, { unordered = false } = {}) {
  const [one, other] = [await outcome(() => call(fleet)), await outcome(() => call(backstage))];
  const order = unordered ? sorted : (value) => value;
  assert.deepEqual(order(plain(one)), order(plain(other)), what);
  compared += 1;
}

// One request at both, as it is: code and whole body.
async function raw(path, init, { words = true, unordered = false } = {}) {
  const one = async (base) => {
    const response = await known(base + path, init);
    const text = await response.text();
    const body = plain(text ? JSON.parse(text) : null);
    if (!words && body?.error) delete body.error.message;
    if (unordered) sorted(body);
    const link = response.headers.get('link')?.replace(/after=[^&>]*/, 'after=');
    return { code: response.status, type: text ? response.headers.get('content-type') : null, link, body };
  };
  assert.deepEqual(await one(ours), await one(real.url), path);
  compared += 1;
}

const post = (body) => ({
  method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body),
});

// Both know the same when their relations are the same.
async function settled(count) {
  for (let tries = 0; tries < 240; tries += 1) {
    const { items } = await backstage.getEntities();
    if (items.reduce((sum, entity) => sum + (entity.relations?.length ?? 0), items.length) === count) return;
    await new Promise((done) => setTimeout(done, 500));
  }
  throw new Error(`the real catalog did not come to ${count} entities and relations within 2 minutes`);
}

async function main() {
  const all = (await fleet.getEntities()).items;
  assert.ok(all.length >= 25, `only ${all.length} entities: is the fleet read?`);
  const declared = all.map(({ relations, status, ...entity }) => {
    const { uid, etag, ...metadata } = entity.metadata;
    return { ...entity, metadata };
  });
  real = await start(declared);
  backstage = client(real.url);
  await settled(all.reduce((sum, entity) => sum + entity.relations.length, all.length));

  const [component, group] = ['Component', 'Group'].map((kind) => all.find((entity) => entity.kind === kind));
  const [componentRef, groupRef] = [component, group].map((entity) => reference(entity).toLowerCase());
  const first = { kind: 'component' };

  // getEntities
  await both('all', (api) => api.getEntities(), { unordered: true });
  await both('filters', (api) => api.getEntities({ filter: [first, { kind: ['group', 'user'] }] }), { unordered: true });
  await both('exists', (api) => api.getEntities({ filter: { 'spec.owner': CATALOG_FILTER_EXISTS } }), { unordered: true });
  await both('fields', (api) => api.getEntities({ fields: ['kind', 'metadata.name', 'relations'] }), { unordered: true });
  for (const order of ['asc', 'desc']) {
    const by = [{ field: 'kind', order }, { field: 'metadata.name', order }];
    await both(`order ${order}`, (api) => api.getEntities({ order: by, limit: 1000 }));
    await both(`one key ${order}`, (api) => api.getEntities({ filter: first, order: { field: 'metadata.name', order } }));
  }
  await both('limit', (api) => api.getEntities({ limit: 3 }));
  await both('offset', (api) => api.getEntities({ limit: 3, offset: 4 }));
  await both('relation', (api) => api.getEntities({ filter: { 'relations.ownedBy': groupRef } }), { unordered: true });

  // One entity
  await both('by ref', (api) => api.getEntityByRef(componentRef));
  await both('by ref, missing', (api) => api.getEntityByRef('component:default/nobody'));
  await both('by name', (api) => api.getEntityByName({ kind: 'Group', name: group.metadata.name }));
  await both('by refs', (api) => api.getEntitiesByRefs({ entityRefs: [componentRef, 'user:default/nobody', groupRef] }));
  await both('by refs, filtered', (api) => api.getEntitiesByRefs({
    entityRefs: [componentRef, groupRef], filter: first, fields: ['metadata.name'],
  }));
  await both('by refs, query', (api) => api.getEntitiesByRefs({ entityRefs: [componentRef, groupRef], query: { kind: 'group' } }));
  await both('ancestors', (api) => api.getEntityAncestors({ entityRef: componentRef }));
  await both('ancestors, missing', (api) => api.getEntityAncestors({ entityRef: 'component:default/nobody' }));

  // queryEntities
  const name = (order) => ({ field: 'metadata.name', order });
  for (const request of [
    {},
    { limit: 5, filter: first, orderFields: name('asc') },
    { limit: 5, filter: first, orderFields: name('desc'), fields: ['metadata.name'] },
    { limit: 0 },
    { limit: 2, offset: 3, filter: first, orderFields: [name('asc'), name('desc')] },
    { limit: 1000, filter: first, orderFields: { field: 'metadata.title', order: 'asc' } },
    { limit: 4, totalItems: 'exclude', filter: first, orderFields: name('asc') },
    { fullTextFilter: { term: 'A', fields: ['metadata.name'] }, filter: first, orderFields: name('asc') },
    { fullTextFilter: { term: 'pay' }, orderFields: name('asc'), filter: first },
    { query: { $all: [{ kind: 'component' }, { $not: { 'spec.lifecycle': 'production' } }] }, orderFields: name('asc') },
    { query: { kind: { $in: ['group', 'user'] } }, filter: { 'metadata.name': group.metadata.name } },
    { query: { relations: { $contains: { type: 'ownedBy', targetRef: groupRef } } }, orderFields: name('asc'), limit: 3 },
    { query: { 'metadata.name': { $hasPrefix: component.metadata.name.slice(0, 2) } }, filter: first, orderFields: name('asc') },
  ]) {
    const unordered = !request.orderFields;
    await both(JSON.stringify(request), (api) => api.queryEntities(request), { unordered });
  }
  // Every page, forward and back.
  for (const request of [{ filter: first }, { query: { kind: 'component' } }]) {
    await both('walk', async (api) => {
      const pages = [];
      let page = await api.queryEntities({ ...request, orderFields: name('asc'), limit: 7 });
      pages.push(page);
      while (page.pageInfo.nextCursor) {
        page = await api.queryEntities({ cursor: page.pageInfo.nextCursor, limit: 7 });
        pages.push(page);
      }
      while (page.pageInfo.prevCursor) {
        page = await api.queryEntities({ cursor: page.pageInfo.prevCursor, limit: 7, fields: ['metadata.name'] });
        pages.push(page);
      }
      return pages;
    });
  }
  await both('stream', async (api) => {
    const pages = [];
    for await (const page of api.streamEntities({ filter: first, orderFields: name('asc'), pageSize: 9 })) pages.push(page);
    return pages;
  });

  // Facets
  const facets = ['kind', 'spec.type', 'spec.owner', 'metadata.tags', 'metadata.namespace', 'nothing', 'relations.ownedBy'];
  await both('facets', (api) => api.getEntityFacets({ facets }));
  await both('facets, filtered', (api) => api.getEntityFacets({ facets, filter: [first, { kind: 'api' }] }));
  await both('facets, query', (api) => api.getEntityFacets({ facets, query: { kind: 'component' } }));

  // Validation
  const good = declared.find((entity) => entity.kind === 'Component');
  const verdict = (entity, location = 'url:https://example.org/catalog-info.yaml') => async (api) => {
    const { valid, errors } = await api.validateEntity(entity, location);
    return { valid, some: Boolean(errors?.length) };
  };
  await both('good entity', verdict(good));
  await both('bad name', verdict({ ...good, metadata: { name: 'not a name' } }));
  await both('bad kind', verdict({ ...good, kind: 'Whatever' }));
  await both('no spec', verdict({ ...good, spec: undefined }));
  await both('bad location', verdict(good, 'file:x'));

  // Analysis: of an address that is of no repository of the fleet
  for (const target of ['https://github.com/acme/unknown', 'https://example.org/x/y.git', 'no address']) {
    await both(`analyze ${target}`, (api) => api.analyzeLocation({ location: { type: 'url', target } }));
  }

  // Refresh, and what is not there
  await both('refresh', (api) => api.refreshEntity(componentRef));
  await both('refresh, missing', (api) => api.refreshEntity('component:default/nobody'));
  await both('location, missing', (api) => api.getLocationById('nothing'));
  await both('location of nobody', (api) => api.getLocationByEntity('component:default/nobody'));
  await both('removing what is not there', (api) => api.removeLocationById('nothing'));
  await both('a location of another type', (api) => api.getLocationByRef('url:https://example.org/nothing'));

  // As it is on the wire: codes, headers, whole error bodies
  for (const path of [
    '/entities/by-name/component/default/nobody', '/entities/by-uid/nothing', '/locations/nothing',
    '/entities/by-name/component/default/nobody/ancestry', '/locations/by-entity/component/default/nobody',
    '/entities?fields=a[0]', '/entities?order=kind', '/entities?limit=0', '/entities?limit=x', '/entities?offset=-1',
    '/entities/by-query?orderField=kind,up', '/entities/by-query?unknown=1', '/entity-facets?facet=',
  ]) await raw(path);
  await raw('/entities?limit=3&filter=kind=component&order=asc:metadata.name&fields=metadata.name');
  await raw(`/entities?filter=kind=component,metadata.name=${component.metadata.name}`);
  for (const path of [
    '/entities?filter==x', '/entities/by-query?totalItems=some', '/entity-facets', '/entities/by-query?cursor=',
  ]) await raw(path);
  for (const path of ['/entities/by-query?cursor=x', '/entities?after=x']) await raw(path, undefined, { words: false });
  for (const [path, body] of [
    ['/entities/by-query', { query: 7 }], ['/entities/by-query', { limit: 'x' }], ['/entities/by-query', { cursor: '' }],
    ['/entities/by-query', { orderBy: [{ field: 'kind', order: 'up' }] }], ['/entities/by-refs', { entityRefs: 'x' }],
    ['/entities/by-refs', {}], ['/entities/by-refs', []], ['/entity-facets', { facets: [] }], ['/entity-facets', {}],
    ['/refresh', {}], ['/refresh', { entityRef: 'x', more: 1 }], ['/refresh', { entityRef: 'component:default/nobody' }],
    ['/locations', { type: 'url' }], ['/locations?onConflict=x', { type: 'url', target: 'x' }],
    ['/locations/by-query', { limit: 0 }], ['/locations/by-query', { cursor: '' }], ['/analyze-location', {}],
    ['/validate-entity', {}], ['/validate-entity', { entity: 7, location: 'url:x' }],
  ]) await raw(path, post(body));
  for (const [path, body] of [
    ['/entities/by-query', { query: { $nor: [] } }], ['/entities/by-query', { cursor: 'x' }],
    ['/entity-facets', { facets: ['kind'], query: { kind: {} } }],
  ]) await raw(path, post(body), { words: false });
  await raw('/entities/by-refs', { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{}' });
  await raw('/entities/by-refs', { ...post({}), body: '{' }, { words: false });
  await raw('/entities/by-query', post({}), { unordered: true });

  // Ours alone: where entities come from, and that nothing is registered here.
  const locations = (await fleet.getLocations()).items;
  assert.ok(locations.length > 1);
  const origin = await fleet.getLocationByEntity(componentRef);
  assert.deepEqual(await fleet.getLocationById(origin.id), origin);
  assert.deepEqual(await fleet.getLocationByRef(`${origin.type}:${origin.target}`), origin);
  assert.equal(component.metadata.annotations['backstage.io/managed-by-origin-location'], `${origin.type}:${origin.target}`);
  const queried = await fleet.queryLocations({ query: { target: origin.target } });
  assert.deepEqual(queried, { items: [origin], totalItems: 1, pageInfo: {} });
  const streamed = [];
  for await (const page of fleet.streamLocations({ limit: 2 })) streamed.push(...page);
  const byId = (one, other) => (one.id < other.id ? -1 : 1);
  assert.deepEqual(streamed.sort(byId), [...locations].sort(byId));
  const dry = await fleet.addLocation({ type: origin.type, target: origin.target, dryRun: true });
  assert.ok(dry.exists && dry.entities.some((entity) => reference(entity).toLowerCase() === componentRef));
  const refused = async (work, status) => {
    const error = await work.then(() => assert.fail('it was done'), (error) => error);
    assert.equal(error.response?.status, status, error.message);
    assert.equal(error.body.error.name, 'NotAllowedError');
  };
  await refused(fleet.addLocation({ target: 'https://example.org/catalog-info.yaml' }), 403);
  await refused(fleet.updateLocation(origin.id, { target: 'https://example.org/x.yaml' }), 403);
  await refused(fleet.removeLocationById(origin.id), 403);
  await refused(fleet.removeEntityByUid(component.metadata.uid), 403);

  // Nothing of the client is left out.
  const inner = ['constructor', 'requestIgnored', 'requestRequired', 'requestOptional', 'getFilterValue',
    'queryEntitiesByPredicate', 'getEntityFacetsByPredicate'];
  const methods = Object.getOwnPropertyNames(CatalogClient.prototype).filter((method) => !inner.includes(method));
  assert.deepEqual(methods.filter((method) => !called.has(method)), [], 'methods that were not called');
  console.log(`${methods.length} methods of CatalogClient called; ${compared} answers over ${all.length} entities are those of Backstage`);
  await real.stop();
}

// A backend takes rejections of its process to itself: they are caught here.
main().then(() => process.exit(0), (error) => {
  console.error(error);
  process.exit(1);
});
