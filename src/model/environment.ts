// Variables in force at one point of a stage. Each assignment makes a new environment that shares the older ones,
// so a file of 10,000 ENV lines stays linear.
import type { Environment, Variable } from './build.ts'

/** Walks longer than this leave an index behind, so that look-ups stay cheap in long chains. */
const LONG_WALK = 32

interface Link extends Environment {
  readonly previous: Link | null
  readonly variable: Variable | null
  index: ReadonlyMap<string, Variable> | null
  listed: readonly Variable[] | null
}

function find(from: Link, name: string): Variable | undefined {
  let steps = 0
  for (let link: Link | null = from; link; link = link.previous) {
    if (link.index) return link.index.get(name)
    if (link.variable?.name === name) return link.variable
    if (++steps > LONG_WALK) {
      from.index = new Map(list(from).map(variable => [variable.name, variable]))
      return from.index.get(name)
    }
  }
  return undefined
}

function list(from: Link): readonly Variable[] {
  if (from.listed) return from.listed
  const seen = new Set<string>()
  const found: Variable[] = []
  for (let link: Link | null = from; link; link = link.previous) {
    if (!link.variable || seen.has(link.variable.name)) continue
    seen.add(link.variable.name)
    found.push(link.variable)
  }
  from.listed = found.reverse()
  return from.listed
}

function createLink(previous: Link | null, variable: Variable | null): Link {
  const link: Link = { previous, variable, index: null, listed: null, get: name => find(link, name), entries: () => list(link) }
  return link
}

/**
 * One short name for the list of variables with a value: equal for equal lists, whatever assignments made them. `extend` names a name with one
 * more entry. Costs one look-up for a new variable, so that a step after each of 10,000 assignments stays cheap.
 */
export function nameEnvironment(environment: Environment, known: WeakMap<Environment, string>, extend: (name: string, entry: string) => string): string {
  const pending: Link[] = []
  let at: Link | null = environment as Link
  for (; at && !known.has(at); at = at.previous) pending.push(at)
  let name = at ? known.get(at)! : ''
  for (const link of pending.reverse()) {
    const { variable, previous } = link
    const old = variable && previous ? find(previous, variable.name) : undefined
    // Assigned again it moves to the end: what comes after it has to be named anew.
    if (old && old.value !== null) name = list(link).reduce((done, entry) => (entry.value === null ? done : extend(done, `${entry.name}=${entry.value}`)), '')
    else if (variable && variable.value !== null) name = extend(name, `${variable.name}=${variable.value}`)
    known.set(link, name)
  }
  return name
}

export const emptyEnvironment: Environment = createLink(null, null)

/** The environment after one more assignment, which moves the name to the end of the list. BuildKit: client/llb/meta.go, EnvList.AddOrReplace. */
export const assign = (environment: Environment, variable: Variable): Environment => createLink(environment as Link, variable)
