// A fact is derived once per model node (build, stage, step) and asked for by importing it.

/** Where a node keeps its facts: hidden, so that neither spread nor JSON carries them to a copy. */
const FACTS = Symbol('facts')
/** By the fact that was derived: a node has few of the many. */
type Truths = Map<object, unknown>

export function fact<Key extends object, Truth>(derive: (of: Key) => Truth): (of: Key) => Truth {
  return of => {
    const truths = (of as { [FACTS]?: Truths })[FACTS] ?? withTruths(of)
    const known = truths.get(derive)
    if (known !== undefined || truths.has(derive)) return known as Truth
    const truth = derive(of)
    truths.set(derive, truth)
    return truth
  }
}

function withTruths(of: object): Truths {
  const truths: Truths = new Map()
  Object.defineProperty(of, FACTS, { value: truths })
  return truths
}
