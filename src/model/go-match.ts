// Go's `filepath.Match` on Unix, which BuildKit uses for wildcards in COPY and ADD. Same verdicts for every pattern and path, in at
// most the length of the pattern times that of the path. Source: Go `path/filepath` match.go (https://pkg.go.dev/path/filepath#Match).

/**
 * Whether BuildKit takes a source for a wildcard: it has a `*`, `?` or `[` that no backslash precedes
 * (`containsWildcards` in BuildKit's dockerfile2llb/convert_copy.go, solver/llbsolver/ops/file.go and cache/contenthash/checksum.go).
 */
export function isWildcard(path: string): boolean {
  return /^(?:[^\\*?[]|\\[^])*[*?[]/.test(path)
}

export interface GoPattern {
  /** Both sides as the engine sees them: clean paths, either both with or both without a leading slash. */
  matches(path: string): boolean
  /** Without wildcards; only backslashes set it apart from the path it matches. */
  readonly literal: boolean
}

/**
 * Go's `path/filepath.Match` on Unix. Null where `path.Match` reports ErrBadPattern, which fails the build when the
 * checksum of a COPY is taken (checksum.go, includedPaths).
 *
 * BuildKit matches the pattern against the whole path below the source, not component by component (checksum.go; `resolveWildcards`
 * in fsutil copy/copy.go), and does not look into what it has matched: a matched directory is copied as it is. `*` and `?` match
 * no `/` and do match a leading dot; there is no `**`; but a negated class can match a `/`. After each `*` the first place where the
 * text up to the next `*` fits is final, so `*[^x]*` does not match `a/b`. `*` counts bytes, so `*??` matches one `€`.
 */
export function goPattern(pattern: string): GoPattern | null {
  const chunks = readChunks(pattern)
  if (chunks.some(chunk => chunk.terms === null)) return null
  return { literal: !isWildcard(pattern), matches: path => matchChunks(chunks, path) === true }
}

/** Matches at a byte offset and gives the offset behind, or -1. */
type Term = (bytes: string, at: number) => number
/** What stands up to the next `*`; `terms` is null when it is malformed, and nothing follows then. */
interface Chunk { readonly star: boolean; readonly terms: readonly Term[] | null }

/** UTF-8, a byte per character. */
function toBytes(text: string): string {
  return /^[\0-\x7f]*$/.test(text) ? text : Array.from(new TextEncoder().encode(text), byte => String.fromCharCode(byte)).join('')
}

/** Bytes of the character at an offset; 1 also inside of one, where Go reads an invalid byte. */
function widthAt(bytes: string, at: number): number {
  const byte = bytes.charCodeAt(at)
  return byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4
}

function codeAt(bytes: string, at: number): number {
  const width = widthAt(bytes, at)
  const first = bytes.charCodeAt(at)
  if (width === 1) return first < 0x80 ? first : 0xfffd
  let code = first & (0xff >> (width + 1))
  for (let next = 1; next < width; next++) code = (code << 6) | (bytes.charCodeAt(at + next) & 0x3f)
  return code
}

const oneChar: Term = (bytes, at) => (bytes[at] === '/' || at >= bytes.length ? -1 : at + widthAt(bytes, at))
const literal = (char: string): Term => {
  const expected = toBytes(char)
  return (bytes, at) => (bytes.startsWith(expected, at) ? at + expected.length : -1)
}

function readChunks(pattern: string): readonly Chunk[] {
  const chars = [...pattern]
  const chunks: Chunk[] = []
  for (let at = 0; at < chars.length; ) {
    const star = chars[at] === '*'
    while (chars[at] === '*') at++
    const terms: Term[] = []
    while (at < chars.length && chars[at] !== '*') {
      const found = readTerm(chars, at)
      if (!found) return [...chunks, { star, terms: null }]
      terms.push(found.term)
      at = found.end
    }
    chunks.push({ star, terms })
  }
  return chunks
}

function readTerm(chars: readonly string[], at: number): { readonly term: Term; readonly end: number } | null {
  const char = chars[at]!
  if (char === '[') return readClass(chars, at)
  if (char === '?') return { term: oneChar, end: at + 1 }
  if (char !== '\\') return { term: literal(char), end: at + 1 }
  const escaped = chars[at + 1]
  return escaped === undefined ? null : { term: literal(escaped), end: at + 2 }
}

function readClass(chars: readonly string[], start: number): { readonly term: Term; readonly end: number } | null {
  const negated = chars[start + 1] === '^'
  const ranges: (readonly [number, number])[] = []
  let at = start + (negated ? 2 : 1)
  const bound = (): number | null => {
    if (chars[at] === '-' || chars[at] === ']') return null
    if (chars[at] === '\\') at++
    return chars[at++]?.codePointAt(0) ?? null
  }
  while (ranges.length === 0 || chars[at] !== ']') {
    const low = bound()
    let high = low
    if (chars[at] === '-') {
      at++
      high = bound()
    }
    if (low === null || high === null) return null
    ranges.push([low, high])
  }
  const term: Term = (bytes, from) => {
    if (from >= bytes.length) return -1
    const code = codeAt(bytes, from)
    return ranges.some(([low, high]) => low <= code && code <= high) === negated ? -1 : from + widthAt(bytes, from)
  }
  return { term, end: at + 1 }
}

/** `filepath.Match` itself: null for ErrBadPattern, which it reports only when it gets as far as the mistake. */
export function goMatch(pattern: string, path: string): boolean | null {
  return matchChunks(readChunks(pattern), path)
}

function matchChunks(chunks: readonly Chunk[], path: string): boolean | null {
  const bytes = toBytes(path)
  let at = 0
  for (const [index, { star, terms }] of chunks.entries()) {
    if (terms === null) return null
    const last = index === chunks.length - 1
    if (star && terms.length === 0) return !bytes.includes('/', at)
    let end = fits(terms, bytes, at, last)
    if (star) for (let from = at; end < 0 && from < bytes.length && bytes[from] !== '/'; from++) end = fits(terms, bytes, from + 1, last)
    if (end < 0) return false
    at = end
  }
  return at === bytes.length
}

/** The offset behind the terms, or -1; the last ones have to use up the text. */
function fits(terms: readonly Term[], bytes: string, from: number, last: boolean): number {
  let at = from
  for (const term of terms) if ((at = term(bytes, at)) < 0) return -1
  return last && at < bytes.length ? -1 : at
}
