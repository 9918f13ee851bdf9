// Holds every GraphQL text of the adapter (a JSON list of them in the file named) against GitHub's own schema.
import { readFileSync } from 'node:fs'
import { buildSchema, parse, validate } from 'graphql'

// Its own text defines two fields twice, which is not ours to judge.
const schema = buildSchema(readFileSync(new URL('node_modules/@octokit/graphql-schema/schema.graphql', import.meta.url), 'utf8'), { assumeValid: true, assumeValidSDL: true })
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
