// Holds every GraphQL text of the adapter (a JSON list of them in the file named) against GitHub's own schema.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { buildSchema, parse, validate } from 'graphql'

const require = createRequire(import.meta.url)
const schema = buildSchema(readFileSync(require.resolve('@octokit/graphql-schema/schema.graphql'), 'utf8'))
const texts = JSON.parse(readFileSync(process.argv[2], 'utf8'))
let wrong = 0
for (const text of texts) {
  for (const error of validate(schema, parse(text))) {
    wrong += 1
    console.error(`${error.message}\n  in: ${text.slice(0, 200)}`)
  }
}
console.log(`${texts.length} GraphQL texts, ${wrong} errors by GitHub's schema`)
process.exit(texts.length === 0 || wrong > 0 ? 1 : 0)
