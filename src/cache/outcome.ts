// What the solver finds for each vertex of the second build among the results of the first.
// Follows BuildKit's solver/edge.go: a vertex hits when a result has its operation, its root and equal content for all else.
import { mayEqual, isWritten } from './filesystem.ts'
import type { Graph, Vertex } from './graph.ts'

/** A result, none, or one only if steps behind it write the same bytes again or the engine overlooks a change. */
export type Outcome =
  | { readonly state: 'hit' } | { readonly state: 'miss' }
  | { readonly state: 'maybe'; readonly candidates: readonly Vertex[]; readonly doubt: Doubt }
export type Doubt = { readonly kind: 'root' } | { readonly kind: 'output'; readonly source: number } | { readonly kind: 'engine' }

/** Results of the first build with one operation on one root. */
interface Group {
  readonly all: Vertex[]
  /** Those whose content some RUN may have written. */
  readonly written: Vertex[]
  /** All by what an engine sees that overlooks some changes; made when first asked for. */
  byLax: Map<string, Vertex[]> | null
}

/** More results than these of one operation on one root need not be known to say that nobody can tell. */
const ENOUGH = 50

/** Works out every vertex, in build order, so that no chain of steps is walked by recursion. */
export function outcomesOf(before: Graph, after: Graph): ReadonlyMap<Vertex, Outcome> {
  const groups = new Map<string, Group>()
  for (const vertex of before.vertices) {
    const key = groupKey(vertex.operation, vertex.rootId)
    let group = groups.get(key)
    if (!group) groups.set(key, group = { all: [], written: [], byLax: null })
    group.all.push(vertex)
    if (vertex.sources.some(source => isWritten(source.content))) group.written.push(vertex)
  }
  const outcomes = new Map<Vertex, Outcome>()
  for (const vertex of after.vertices) outcomes.set(vertex, findOutcome(before, groups, vertex, outcomes))
  return outcomes
}

const groupKey = (operation: string, rootId: string): string => `${operation} on ${rootId}`

function findOutcome(before: Graph, groups: ReadonlyMap<string, Group>, vertex: Vertex, outcomes: ReadonlyMap<Vertex, Outcome>): Outcome {
  if (vertex.forced) return { state: 'miss' }
  if (before.byId.has(vertex.id)) return { state: 'hit' }
  const below = vertex.root ? outcomes.get(vertex.root)! : null
  const roots = new Set([vertex.rootId, ...(below?.state === 'maybe' ? below.candidates.map(candidate => candidate.id) : [])])
  const candidates: Vertex[] = []
  let doubt: Doubt | null = null
  for (const rootId of roots) {
    for (const candidate of likelyOnes(groups.get(groupKey(vertex.operation, rootId)), vertex)) {
      const found = doubtBetween(candidate, vertex, rootId !== vertex.rootId, outcomes)
      if (!found) continue
      candidates.push(candidate)
      doubt ??= found
      if (candidates.length === ENOUGH) break
    }
  }
  return doubt ? { state: 'maybe', candidates, doubt } : { state: 'miss' }
}

const laxKey = (vertex: Vertex): string => vertex.sources.map(source => source.content.lax()).join()

/** Leaves out results whose content differs for sure: there can be thousands of one operation. */
function likelyOnes(group: Group | undefined, vertex: Vertex): readonly Vertex[] {
  if (!group || vertex.sources.length === 0 || vertex.sources.some(source => isWritten(source.content))) return group?.all ?? []
  if (!group.byLax) {
    group.byLax = new Map()
    for (const candidate of group.all) {
      const key = laxKey(candidate)
      const same = group.byLax.get(key)
      if (same) same.push(candidate)
      else group.byLax.set(key, [candidate])
    }
  }
  return [...new Set([...group.byLax.get(laxKey(vertex)) ?? [], ...group.written])]
}

/** Why a result of the first build might still serve; null when it cannot. Operations are equal, roots equal or doubted. */
function doubtBetween(candidate: Vertex, vertex: Vertex, isRootDoubted: boolean, outcomes: ReadonlyMap<Vertex, Outcome>): Doubt | null {
  if (candidate.sources.length !== vertex.sources.length) return null
  const part = vertex.part ? outcomes.get(vertex.part)! : null
  const isPartDoubted = candidate.part?.id !== vertex.part?.id
  if (isPartDoubted && !(part?.state === 'maybe' && part.candidates.includes(candidate.part!))) return null
  let doubt: Doubt | null = isRootDoubted || isPartDoubted ? { kind: 'root' } : null
  for (const [index, source] of vertex.sources.entries()) {
    const other = candidate.sources[index]!
    if (other.content.key === source.content.key) continue
    if (mayEqual(other.content, source.content)) doubt ??= { kind: 'output', source: index }
    else if (other.content.lax() === source.content.lax()) doubt ??= { kind: 'engine' }
    else return null
  }
  return doubt
}
