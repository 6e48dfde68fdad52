// A fact is derived once per model node (build, stage, step) and asked for by importing it.
export function fact<Key extends object, Truth>(derive: (of: Key) => Truth): (of: Key) => Truth {
  const known = new WeakMap<Key, { readonly truth: Truth }>()
  return of => {
    let entry = known.get(of)
    if (!entry) known.set(of, entry = { truth: derive(of) })
    return entry.truth
  }
}
