// A fact is derived once per model node (build, stage, step) and asked for by importing it.

/** Where a node keeps its facts: hidden, so that neither spread nor JSON carries them to a copy. */
const FACTS = Symbol('facts')
/** A slot for each fact; the node itself is the memo, which costs a fraction of a WeakMap for each. */
type Slots = ({ readonly truth: unknown } | undefined)[]
let count = 0

export function fact<Key extends object, Truth>(derive: (of: Key) => Truth): (of: Key) => Truth {
  const slot = count++
  return of => {
    const slots = (of as { [FACTS]?: Slots })[FACTS] ?? withSlots(of)
    const entry = slots[slot] ??= { truth: derive(of) }
    return entry.truth as Truth
  }
}

function withSlots(of: object): Slots {
  const slots: Slots = []
  Object.defineProperty(of, FACTS, { value: slots })
  return slots
}
