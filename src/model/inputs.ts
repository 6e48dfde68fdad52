// What, besides the step below it, can re-run a step.
import type { InstructionNode } from '../syntax/parse.ts'
import { expand } from '../syntax/words.ts'
import type { CacheInput, CopyStep, Environment, RunStep, Source } from './build.ts'
import { insideRoot } from './paths.ts'

/** A path of the context as a pattern: relative, without `./`; '.' for the root. */
const pattern = (path: string): string => insideRoot(path) || '.'

function sourceInput(source: Source, paths: readonly string[]): readonly CacheInput[] {
  switch (source.kind) {
    case 'context': return paths.length > 0 ? [{ kind: 'files', patterns: paths.map(pattern) }] : []
    case 'stage': return [{ kind: 'stage', stage: source.stage }]
    case 'image': return source.ref === 'scratch' ? [] : [{ kind: 'image', ref: source.ref }]
    case 'named-context': return []
  }
}

/** Variables that the instruction's words expand and that are in force. */
function expanded(node: InstructionNode, environment: Environment): readonly CacheInput[] {
  if (!node.text.includes('$')) return []
  const { used } = expand(node.text, name => environment.get(name)?.value)
  return [...new Set(used)].filter(name => environment.get(name)).map(name => ({ kind: 'variable', name }))
}

export function copyInputs(step: Omit<CopyStep, 'inputs'>, node: InstructionNode): readonly CacheInput[] {
  return [
    { kind: 'instruction' }, ...expanded(node, step.environment), ...sourceInput(step.from, step.sources),
    ...step.remotes.map((url): CacheInput => ({ kind: 'remote', url })),
  ]
}

export const workdirInputs = (node: InstructionNode, environment: Environment): readonly CacheInput[] => [{ kind: 'instruction' }, ...expanded(node, environment)]

/** Every variable with a value is in a RUN's key, used or not. Those of the base image act through it. */
export function runInputs(step: Omit<RunStep, 'inputs' | 'commands'>): readonly CacheInput[] {
  const variables = step.environment.entries().filter(variable => variable.kind !== 'base')
  return [
    { kind: 'instruction' },
    ...variables.map((variable): CacheInput => ({ kind: 'variable', name: variable.name })),
    ...step.mounts.flatMap(mount => sourceInput(mount.from, [mount.source ?? '.'])),
  ]
}
