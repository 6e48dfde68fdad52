// How rows of the image tables are found: by an image's name, exact or as an expression, and by keys that may be anyone's text.

interface Named { readonly image: string; readonly imageMatch?: string }
/** Values of named groups; a group that took no part has none. */
export type Groups = Readonly<Record<string, string | undefined>>

const expressions = new Map<string, RegExp>()
/** The expression of a row, made once. */
export function expression(source: string): RegExp {
  const known = expressions.get(source) ?? new RegExp(source)
  expressions.set(source, known)
  return known
}

/** Groups of the name; null when the row is about another image. */
export function nameGroups({ image, imageMatch }: Named, name: string): Groups | null {
  const match = imageMatch === undefined ? null : expression(imageMatch).exec(name)
  return match ? match.groups ?? {} : image === name ? {} : null
}

/** Tags and names are anyone's text: `constructor` is one. */
export const valueOf = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined

const remembered = 500
/** A function of a reference that keeps its answers: the same few images stand in most Dockerfiles. Bounded, since an editor asks for years. */
export function byReference<T>(answer: (ref: string) => T): (ref: string) => T {
  const answers = new Map<string, { readonly is: T }>()
  return ref => {
    const known = answers.get(ref)
    if (known) return known.is
    if (answers.size >= remembered) answers.clear()
    const is = answer(ref)
    answers.set(ref, { is })
    return is
  }
}
