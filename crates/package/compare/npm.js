// node-semver's answers to the questions of generate.py; NODE_PATH says where `semver` is.
const semver = require('semver')
const lines = require('fs').readFileSync(0, 'utf8').split('\n').filter(line => line)

function compare (left, right) {
  if (!semver.valid(left) || !semver.valid(right)) return '?'
  return ['<', '=', '>'][semver.compare(left, right) + 1]
}

function contains (range, version) {
  if (semver.validRange(range) === null) return 'error'
  if (!semver.valid(version)) return '?'
  return semver.satisfies(version, range) ? 'yes' : 'no'
}

console.log(lines.map(line => {
  const [verb, , first, second] = line.split('\t')
  return verb === 'compare' ? compare(first, second) : contains(first, second)
}).join('\n'))
