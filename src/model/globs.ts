// Docker's two languages of patterns: Go's `filepath.Match` for wildcards in COPY and ADD (go-match.ts), and moby/patternmatcher
// for ignore files, `--exclude` and `--parents`. Verdicts are those of the engine, its oddities included; both take linear time.
import { cleanPath } from './paths.ts'
import type { Problem } from '../syntax/parse.ts'
import type { Span } from '../text.ts'
import { goMatch } from './go-match.ts'
import { goRegexp } from './go-regexp.ts'

export { goPattern, isWildcard } from './go-match.ts'
export type { GoPattern } from './go-match.ts'

/** One line of an ignore file. */
export interface IgnorePattern {
  /** As `ignorefile.ReadAll` hands it on: clean, relative, with its `!`. */
  readonly pattern: string
  /** The line without blanks around it. */
  readonly span: Span
}

// Go's unicode.IsSpace: unlike trim() it has U+0085 and lacks the byte order mark.
const blank = /[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/

/** strings.TrimSpace. */
function trim(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && blank.test(text[start]!)) start++
  while (end > start && blank.test(text[end - 1]!)) end--
  return text.slice(start, end)
}

/** bufio.Scanner gives up at a line that does not fit its buffer (bufio.MaxScanTokenSize). */
const longestLine = 65_535

/**
 * An ignore file as moby/patternmatcher's ignorefile.ReadAll reads it: a byte order mark is dropped, `#` makes a comment only in
 * column one, blanks around the line and after `!` go, the path is cleaned, one leading slash dropped.
 * `problems` are what fails the build: here, or in patternmatcher.New and Pattern.compile once the patterns are used.
 */
export function readIgnoreFile(text: string): { readonly patterns: readonly IgnorePattern[]; readonly problems: readonly Problem[] } {
  const patterns: IgnorePattern[] = []
  const problems: Problem[] = []
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start)
    const end = newline === -1 ? text.length : newline
    const bom = start === 0 && text.startsWith('\ufeff') ? 1 : 0
    const line = text.slice(start + bom, end)
    if (end - start > longestLine / 3 && new TextEncoder().encode(text.slice(start, end)).length > longestLine) {
      problems.push({ span: { start, end }, message: `This line is longer than ${longestLine} bytes, which the engine refuses.` })
      break
    }
    const trimmed = trim(line)
    if (trimmed !== '' && !line.startsWith('#')) {
      const from = start + bom + line.indexOf(trimmed)
      const span = { start: from, end: from + trimmed.length }
      const pattern = toIgnorePattern(trimmed)
      patterns.push({ pattern, span })
      if (toRule(pattern) === 'malformed') problems.push({ span, message: `"${trimmed}" is no valid pattern, which fails the build.` })
    }
    start = end + 1
  }
  return { patterns, problems }
}

function toIgnorePattern(line: string): string {
  const sign = line.startsWith('!') ? '!' : ''
  const path = sign === '' ? line : trim(line.slice(1))
  return path === '' ? sign : sign + cleanPath(path).replace(/^\/(?=[^])/, '')
}

/** What is known of one path, for the entries below it. */
export interface Visit {
  readonly matched: boolean
  /** Per pattern, whether it was tried and matched here or above. */
  readonly by: readonly boolean[]
}

/** Paths are clean, relative to what the patterns are relative to, without a leading slash. */
export interface IgnoreMatcher {
  /** Whether there is a `!` pattern. Only without one can a walk leave out every matched directory. */
  readonly hasExceptions: boolean
  /**
   * MatchesOrParentMatches: each pattern in order also looks at the directories above. What BuildKit's own check for ignored sources
   * asks (validateCopySourcePath), and fsutil before it reads a file; **not** what decides which files are sent: see `visit`.
   */
  matches(path: string): boolean
  /**
   * MatchesUsingParentResults: the verdict on a path from that on its directory, one step of a walk. Without `above` as `matches`.
   * Decides what is sent to the engine (fsutil filter.go) and what `--exclude` and `--parents` take (fsutil copy/copy.go, BuildKit checksum.go).
   * A pattern that was passed over at a directory, because it could not change the verdict there, is not tried at that directory again:
   * with the patterns `docs/*.md` and `!docs`, `docs/a.md` stays matched, and with `*`, `!a/x` and `a`, `a/x` does not match.
   */
  visit(path: string, above?: Visit): Visit
  /** `matched` of a visit, for what has nothing below it. */
  verdict(path: string, above: Visit | undefined): boolean
  /**
   * Whether fsutil sends nothing below a matched directory: no `!` pattern has a wildcard or begins with this directory (filter.go).
   * A final `/**` and after that a final `/*` do not count as wildcards, so below a matched `a/x` nothing is sent in spite of a `!`
   * pattern of `a`, a star and a double star.
   */
  prunes(directory: string): boolean
}

interface Rule {
  readonly exception: boolean
  /** Of the pattern without its `!`, and without a final `/**` and `/*`. */
  readonly stem: string
  matches(path: string): boolean
}

/**
 * moby/patternmatcher (patternmatcher.go) for patterns of an ignore file, of `--exclude` or of `--parents`. Null when one is malformed.
 * The engine notices some of these only when the pattern is tried on a path, and would build where it never is.
 *
 * `--exclude` is relative to the source: to the directory named, or to each match of a wildcard. A source that is itself a file is not excluded.
 * `--parents` is the one pattern of what follows `/./` (or the whole source), relative to what stands before it;
 * what it matches is taken, and the directories above that (dispatchCopy in BuildKit's dockerfile2llb/convert_copy.go).
 */
export function ignoreMatcher(patterns: readonly string[]): IgnoreMatcher | null {
  const rules: Rule[] = []
  for (const pattern of patterns) {
    const rule = toRule(pattern)
    if (rule === 'malformed') return null
    if (rule) rules.push(rule)
  }
  const exceptions = rules.filter(rule => rule.exception)
  // A wildcard in any `!` pattern and fsutil looks everywhere (onlyPrefixExcludeExceptions).
  const looksEverywhere = exceptions.some(({ stem }) => /[*[\]?^\\]/.test(stem))
  const entered = new Set(exceptions.flatMap(({ stem }) => [stem, ...directoriesOf(stem)]))
  return {
    hasExceptions: exceptions.length > 0,
    matches: path => verdict(rules, path, undefined),
    visit: (path, above) => visit(rules, path, above),
    verdict: (path, above) => verdict(rules, path, above),
    prunes: directory => !looksEverywhere && !entered.has(directory),
  }
}

/** Of a directory that no pattern matched, nor one above it. */
export const unmatched: Visit = { matched: false, by: [] }

function verdict(rules: readonly Rule[], path: string, above: Visit | undefined): boolean {
  let matched = false
  for (let index = 0; index < rules.length; index++) {
    const rule = rules[index]!
    const known = above?.by[index] ?? false
    if (known || rule.exception === matched && (rule.matches(path) || !above && directoriesOf(path).some(directory => rule.matches(directory)))) matched = !rule.exception
  }
  return matched
}

function visit(rules: readonly Rule[], path: string, above?: Visit): Visit {
  let matched = false
  const by = rules.map((rule, index) => {
    const known = above?.by[index] ?? false
    if (!known && rule.exception !== matched) return false
    const hit = known || rule.matches(path) || (!above && directoriesOf(path).some(directory => rule.matches(directory)))
    if (hit) matched = !rule.exception
    return hit
  })
  return { matched, by }
}

/** Outermost first. */
function directoriesOf(path: string): readonly string[] {
  const found: string[] = []
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) found.push(path.slice(0, at))
  return found
}

/**
 * Whether a path of the context is sent to the engine, directories above it included (Walk in fsutil filter.go). Remembers directories, so that
 * asking for all files of a context takes linear time. A matched directory comes along all the same when something below it is sent.
 */
export function contextFilter(matcher: IgnoreMatcher): (path: string) => boolean {
  const seen = new Map<string, Visit | 'pruned'>()
  const look = (path: string, above: Visit | 'pruned' | undefined): Visit | 'pruned' => {
    if (above === 'pruned') return above
    const found = matcher.visit(path, above)
    return found.matched && matcher.prunes(path) ? 'pruned' : found
  }
  // A walk asks for everything in a directory in a row.
  let lastDirectory = ''
  let lastAbove: Visit | 'pruned' | undefined
  const lookAbove = (path: string): Visit | 'pruned' | undefined => {
    const slash = path.lastIndexOf('/')
    if (slash === -1) return undefined
    if (slash === lastDirectory.length && path.startsWith(lastDirectory)) return lastAbove
    const directory = path.slice(0, slash)
    let above = seen.get(directory)
    if (!above) {
      above = look(directory, lookAbove(directory))
      seen.set(directory, above)
    }
    lastDirectory = directory
    return lastAbove = above
  }
  return path => {
    const above = lookAbove(path)
    return above !== 'pruned' && !matcher.verdict(path, above)
  }
}

/** patternmatcher.New for one pattern; null for one that is empty. */
function toRule(raw: string): Rule | 'malformed' | null {
  const trimmed = trim(raw)
  if (trimmed === '') return null
  const clean = cleanPath(trimmed)
  const exception = clean.startsWith('!')
  const pattern = exception ? clean.slice(1) : clean
  // New tries every pattern on "." and fails when filepath.Match does.
  if (pattern === '' || goMatch(pattern, '.') === null) return 'malformed'
  const matches = compile(pattern)
  return matches ? { exception, stem: pattern.replace(/\/\*\*$/, '').replace(/\/\*$/, ''), matches } : 'malformed'
}

/**
 * Pattern.compile and Pattern.match: a pattern without wildcards, or with one double star at an end, is compared as text; every other becomes a Go
 * regexp, character by character and blind to brackets, so that `[a*]` is `[a[^/]*]`: any of `a`, `[`, `^`, `/`, repeated, and then `]`.
 */
function compile(pattern: string): ((path: string) => boolean) | null {
  const chars = [...pattern]
  let source = '^'
  let kind: 'exact' | 'prefix' | 'suffix' | 'regexp' = 'exact'
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at]!
    if (char === '*' && chars[at + 1] === '*') {
      const leads = at === 0
      at += chars[at + 2] === '/' ? 2 : 1
      const ends = at === chars.length - 1
      source += ends ? '.*' : '(.*/)?'
      kind = leads ? 'suffix' : ends && kind === 'exact' ? 'prefix' : 'regexp'
    } else {
      const next = chars[at + 1]
      if (char === '*') source += '[^/]*'
      else if (char === '?') source += '[^/]'
      // `{`, `|` and `}` are meant to be escaped too, but patternmatcher's table (escapeBytes) has no room for codes above 63.
      else if ('.+()$'.includes(char)) source += `\\${char}`
      else source += char
      if (char === '\\' && next !== undefined) {
        source += next
        at++
      }
      if ('*?[]'.includes(char) || (char === '\\' && next !== undefined)) kind = 'regexp'
    }
  }
  if (kind === 'regexp') return goRegexp(`${source}$`)
  if (kind === 'exact') return path => path === pattern
  if (kind === 'prefix') return path => path.startsWith(pattern.slice(0, -2))
  const suffix = pattern.slice(2)
  return path => path.endsWith(suffix) || (suffix.startsWith('/') && path === suffix.slice(1))
}
