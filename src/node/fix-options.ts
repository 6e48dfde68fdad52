// What the options about fixing ask for, checked.
import { UsageError, nearest } from '../index.ts'
import type { Rule } from '../index.ts'
import type { FixRequest } from './fix-run.ts'
import type { Problem } from './run.ts'
import type { Values } from './options.ts'

const modes = { fix: 'write', diff: 'diff', 'fix-dry-run': 'dry-run' } as const satisfies Readonly<Record<string, FixRequest['mode']>>
const names = ['fix', 'diff', 'fix-dry-run'] as const

/** null where nothing is to be fixed. */
export function fixRequestOf(values: Values, rules: readonly Rule[]): FixRequest | null {
  const [name, other] = names.filter(option => values[option])
  if (name === undefined) {
    const lone = values.unsafe ? '--unsafe' : values['fix-rule'].length > 0 ? '--fix-rule' : null
    if (lone !== null) throw new UsageError(`${lone} is given, but nothing is to be fixed`, 'Add --fix, --diff or --fix-dry-run.')
    return null
  }
  if (other !== undefined) throw new UsageError(`--${name} and --${other} exclude each other`, 'Leave one out.')
  for (const id of values['fix-rule']) if (!rules.some(rule => rule.id === id)) throw new UsageError(`--fix-rule: unknown rule ${JSON.stringify(id)}`, hintAt(id, rules))
  return { mode: modes[name], unsafe: values.unsafe, ...values['fix-rule'].length > 0 && { rules: values['fix-rule'] } }
}

function hintAt(id: string, rules: readonly Rule[]): string {
  const near = nearest(id, rules.map(rule => rule.id))
  return near === null ? 'See cachemiss explain.' : `Did you mean ${JSON.stringify(near)}?`
}

/** Rules that were named and cannot fix anything. */
export function idleRules({ rules: named = [], unsafe = false }: FixRequest, rules: readonly Rule[]): readonly Problem[] {
  return rules.filter(({ id, fixable }) => named.includes(id) && (fixable === undefined || (fixable === 'suggested' && !unsafe)))
    .map(({ id, fixable }) => ({ path: null, message: `--fix-rule ${id}: ${fixable === undefined ? 'this rule has no fixes' : 'its fixes are suggested ones, which need --unsafe'}` }))
}
