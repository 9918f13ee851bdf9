// Checks a record of exchanges against GitHub's own descriptions: REST requests and responses
// against @octokit/openapi, webhooks against @octokit/webhooks-schemas.
//
//   node check.mjs RECORD.jsonl [--least-operations N] [--least-exchanges N]
//
// Every line of the record is one exchange ({method, path, query, request, status, response}) or one
// webhook ({webhook, payload}). The path is the template of the description. An operation that
// the description has not is an error, unless it is listed in BEYOND with a reason.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import Ajv from "ajv";
import addFormats from "ajv-formats";

const require = createRequire(import.meta.url);
const BEYOND = {
  "GET /repositories/{repository_id}": "where a renamed repository's 301 leads; documented in prose only",
  "POST /graphql": "GraphQL has a schema of its own",
};

// The description of these answers contradicts itself: an installation's account would have to be a
// user and an enterprise at once. Their sister operations refer to the schema used here.
const INSTEAD = {
  "GET /app/installations 200": { type: "array", items: { $ref: "#/components/schemas/installation" } },
};

const [file, ...flags] = process.argv.slice(2);
const flag = (name) => Number(flags[flags.indexOf(name) + 1] ?? 0) * (flags.includes(name) ? 1 : 0);

const api = JSON.parse(readFileSync(require.resolve("@octokit/openapi/generated/api.github.com.json")));

// OpenAPI 3.0 says `nullable: true` where JSON Schema says `type: [..., "null"]`.
function translate(node) {
  if (Array.isArray(node)) return node.map(translate);
  if (node === null || typeof node !== "object") return node;
  const made = {};
  for (const [key, value] of Object.entries(node)) {
    if (key === "example" || key === "examples" || key === "discriminator" || key === "xml" || key === "externalDocs") continue;
    if (key === "nullable") continue;
    made[key] = key === "enum" || key === "default" || key === "const" ? value : translate(value);
  }
  if (node.nullable === true) {
    if (typeof made.type === "string") made.type = [made.type, "null"];
    if (Array.isArray(made.enum) && !made.enum.includes(null)) made.enum = [...made.enum, null];
    if (made.type === undefined) return { anyOf: [{ type: "null" }, made] };
  }
  return made;
}

const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true });
addFormats(ajv);
for (const known of ["repo.nwo", "timestamp"]) ajv.addFormat(known, true);
ajv.addSchema({ $id: "api", components: translate(api.components) });
const hooks = JSON.parse(readFileSync(require.resolve("@octokit/webhooks-schemas/schema.json")));
const hookAjv = new Ajv({ strict: false, allErrors: true });
addFormats(hookAjv);
hookAjv.addSchema({ ...hooks, $id: "hooks" });

// A reference within the description leads into the schema that was added above.
function rooted(node) {
  if (Array.isArray(node)) return node.map(rooted);
  if (node === null || typeof node !== "object") return node;
  const made = {};
  for (const [key, value] of Object.entries(node)) {
    made[key] = key === "$ref" && typeof value === "string" ? value.replace(/^#/, "api#") : rooted(value);
  }
  return made;
}

const compiled = new Map();
function validator(key, schema) {
  if (!compiled.has(key)) compiled.set(key, ajv.compile(rooted(translate(schema))));
  return compiled.get(key);
}

const lookup = (reference) => reference.slice(2).split("/").reduce((node, part) => node[part], api);
const resolved = (node) => (node?.$ref ? lookup(node.$ref) : node);
const words = (errors) => errors.slice(0, 6).map((e) => `${e.instancePath || "/"} ${e.message} ${JSON.stringify(e.params)}`);

const problems = new Map();
const problem = (where, what) => problems.set(`${where}: ${what}`, (problems.get(`${where}: ${what}`) ?? 0) + 1);
const operations = new Set();
const pairs = new Set();
let exchanges = 0, beyond = 0, refusals = 0, payloads = 0;
const events = new Set();

function checkQuery(where, operation, query) {
  const known = (operation.parameters ?? []).map(resolved).filter((one) => one.in === "query");
  for (const [name, text] of Object.entries(query ?? {})) {
    const parameter = known.find((one) => one.name === name);
    if (!parameter) { problem(where, `query ${name} is not described`); continue; }
    const numeric = ["integer", "number"].includes(parameter.schema?.type);
    const value = numeric ? Number(text) : text === "true" ? true : text === "false" ? false : text;
    const check = validator(`${where} ?${name}`, parameter.schema ?? {});
    if (!check(value) && !check(text)) problem(where, `query ${name}: ${words(check.errors)}`);
  }
}

function checkExchange(line) {
  const where = `${line.method} ${line.path}`;
  if (BEYOND[where]) { beyond += 1; return; }
  const operation = api.paths[line.path]?.[line.method.toLowerCase()];
  if (!operation) { problem(where, "the description has no such operation"); return; }
  exchanges += 1;
  operations.add(where);
  pairs.add(`${where} ${line.status}`);
  checkQuery(where, operation, line.query);
  const body = resolved(operation.requestBody)?.content?.["application/json"]?.schema;
  // A refused request may be one that the description forbids: that is why it was refused.
  if (body && line.request !== null && line.status < 400) {
    const check = validator(`${where} <`, body);
    if (!check(line.request)) problem(where, `request: ${words(check.errors).join("; ")}`);
  }
  const response = resolved(operation.responses[String(line.status)]);
  if (!response) {
    // Refusals that every operation may answer, described once for all in prose (authentication,
    // limits, permissions, validation): their body must be a basic error.
    if ([301, 304, 400, 401, 403, 404, 409, 422, 429].includes(line.status)) {
      refusals += 1;
      if (line.status === 304) return;
      const check = validator("basic-error", { $ref: "#/components/schemas/basic-error" });
      if (!check(line.response)) problem(where, `${line.status}: ${words(check.errors).join("; ")}`);
      return;
    }
    problem(where, `the description has no answer ${line.status}`);
    return;
  }
  let schema = response.content?.["application/json"]?.schema;
  if (!schema && line.status >= 400) {
    // A refusal whose body is not described has the form every refusal has.
    refusals += 1;
    schema = { $ref: "#/components/schemas/basic-error" };
  }
  // The alternatives of a refusal overlap (a basic error has no required field), so one is enough.
  if (line.status >= 400 && schema?.oneOf) schema = { anyOf: schema.oneOf };
  if (!schema) {
    if (line.response !== null) problem(where, `${line.status}: a body where none is described`);
    return;
  }
  schema = INSTEAD[`${where} ${line.status}`] ?? schema;
  const check = validator(`${where} > ${line.status}`, schema);
  if (!check(line.response)) problem(where, `${line.status}: ${words(check.errors).join("; ")}`);
}

function checkHook(line) {
  payloads += 1;
  const action = line.payload.action;
  const name = action ? `${line.webhook}$${action}` : hooks.definitions[`${line.webhook}$event`] ? `${line.webhook}$event` : line.webhook;
  events.add(name);
  const definition = hooks.definitions[name] ? name : `${line.webhook}_event`;
  if (!hooks.definitions[definition]) { problem(name, "no such webhook is described"); return; }
  if (!compiled.has(`hook ${definition}`)) {
    compiled.set(`hook ${definition}`, hookAjv.compile({ $ref: `hooks#/definitions/${definition}` }));
  }
  const check = compiled.get(`hook ${definition}`);
  if (!check(line.payload)) problem(`webhook ${name}`, words(check.errors).join("; "));
}

for (const text of readFileSync(file, "utf8").split("\n").filter(Boolean)) {
  const line = JSON.parse(text);
  if (line.webhook) checkHook(line); else checkExchange(line);
}

for (const [text, times] of problems) console.log(`${times} x ${text}`);
console.log(JSON.stringify({
  exchanges, operations: operations.size, operationsWithStatus: pairs.size, beyond, undescribedRefusals: refusals,
  webhooks: payloads, events: [...events].sort(), problems: problems.size,
}));
const short = operations.size < flag("--least-operations") || exchanges < flag("--least-exchanges");
if (short) console.log("fewer exchanges or operations than there must be");
process.exit(problems.size > 0 || short ? 1 : 0);
