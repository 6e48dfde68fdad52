// Builds with whatever `docker` is on the PATH, and what each build says about its steps.
import { spawnSync } from 'node:child_process'

const run = (args, options) => spawnSync('docker', args, { encoding: 'utf8', maxBuffer: 1 << 28, ...options })

export function docker(args, options) {
  const result = run(args, options)
  if (result.status !== 0) throw new Error(`docker ${args[0]} failed: ${result.stderr?.slice(-500) ?? result.error}`)
  return result
}

/** Null with an engine, else why there is none. */
export function missingEngine() {
  const { error, status, stderr, stdout } = run(['info', '--format', '{{.ServerVersion}}'], { timeout: 5000 })
  if (error) return error.code === 'ENOENT' ? 'docker is not on the PATH' : error.code === 'ETIMEDOUT' ? 'docker info took longer than 5 s' : error.message
  return status === 0 && stdout.trim() !== '' ? null : stderr.trim().split('\n').at(-1) || `docker info ended with ${status}`
}

/** Steps by digest, with their runs: one that starts with a cache load was cached. */
function vertices(log) {
  const found = new Map()
  for (const line of log.split('\n')) {
    if (!line.startsWith('{')) continue
    for (const { digest, name, inputs, started, completed, cached } of JSON.parse(line).vertexes ?? []) {
      const vertex = found.get(digest) ?? { name, hasInputs: (inputs ?? []).length > 0, runs: new Map() }
      if (started) vertex.runs.set(started, { cached: cached === true, completed })
      found.set(digest, vertex)
    }
  }
  return [...found.values()]
}

/** A step without inputs, such as a remote ADD, logs one more run for its key; linked copies log a second step of their own. */
function countSteps(log) {
  const steps = vertices(log).filter(({ name }) => /^\[(?:\S+)? *\d+\/\d+\] (?!FROM |LINK )/.test(name))
  const executed = steps.filter(({ hasInputs, runs }) => {
    const [first] = hasInputs ? runs.values() : [...runs.values()].slice(1)
    return first !== undefined && !first.cached
  })
  return { total: steps.length, executed: executed.length, names: executed.map(({ name }) => name.replace(/\s+/g, ' ')) }
}

const messages = log => log.split('\n').filter(line => line !== '' && !line.startsWith('{'))
/** What the failed step printed; in this format the output of a step comes in base64. */
const output = log => log.split('\n').filter(line => line.startsWith('{')).flatMap(line => JSON.parse(line).logs ?? [])
  .map(({ data }) => Buffer.from(data ?? '', 'base64').toString('utf8')).join('')

/** Given to every build: what an engine needs for the network, for example. */
export const buildOptions = []

/** An image of the same name, which the engine would keep without it, goes first; its steps stay in the cache. */
export function build(folder, tag, { buildArgs = {}, noCache = false, target } = {}) {
  removeImages([tag])
  const args = Object.entries(buildArgs).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`])
  const start = process.hrtime.bigint()
  const { status, stderr } = run(['build', '--progress=rawjson', ...buildOptions, ...(noCache ? ['--no-cache'] : []), ...args, ...(target ? ['--target', target] : []), '--tag', tag, '.'], { cwd: folder })
  const seconds = Number(process.hrtime.bigint() - start) / 1e9
  // The engine cannot tell a base that does not exist from one that it cannot fetch.
  if (status !== 0) return { isBaseMissing: /failed to resolve source metadata/.test(stderr), failed: `${output(stderr).trim().split('\n').slice(-14).join('\n')}\n${messages(stderr).slice(-4).join('\n')}`.trim() }
  return { failed: null, seconds, ...countSteps(stderr) }
}

export const removeImages = tags => { if (tags.length > 0) run(['image', 'rm', '--force', ...tags]) }
