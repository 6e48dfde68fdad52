// Lines of the ignore file that do not do what they look like.
import type { Build, ContextPattern, FileEntry } from '../model/build.ts'
import { contextReaders, wholeContextReaders } from './broad-copies.ts'
import { fact } from './fact.ts'
import { isGitIgnored } from './git-ignores.ts'
import { liesInContext } from './ignored-sources.ts'
import { projectFolders } from './project-folders.ts'

export type IgnoreMistake = { readonly line: ContextPattern } & (
  /** A `#` that begins no comment: after blanks, or after a pattern, which `meant` is. */
  | { readonly kind: 'indented comment' } | { readonly kind: 'trailing comment'; readonly meant: string }
  /** `.`, or a path above the context. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'quotes'; readonly meant: string }
  /** The path that is there, in other case, and sent. */
  | { readonly kind: 'case'; readonly path: string }
  /** `by` ignores again what this line lets through. */
  | { readonly kind: 'order'; readonly by: ContextPattern }
  /** Only the top of the context is meant, and `reaches` is sent. */
  | { readonly kind: 'top only'; readonly reaches: string; readonly meant: string }
  /** The empty folder is sent. */
  | { readonly kind: 'folder left'; readonly folder: string })

/** In the order of the file; none where no step reads the context. */
export const ignoreMistakes = fact((build: Build): readonly IgnoreMistake[] => {
  const text = build.context.ignoreFile?.text
  if (text === undefined || contextReaders(build).length === 0) return []
  const lines = build.context.ignorePatterns()
  const families = new Set<string>()
  return lines.flatMap((line, index): readonly IgnoreMistake[] => {
    const raw = text.slice(line.span.start, line.span.end)
    const found = asWritten(line, raw) ?? outOfOrder(lines, index) ?? (line.isException || wholeContextReaders(build).length === 0 ? null : inOtherCase(build, line) ?? folderLeft(build, line, lines) ?? topOnly(build, line, raw, families))
    return found ? [found] : []
  })
})

/** What the text alone shows. */
function asWritten(line: ContextPattern, raw: string): IgnoreMistake | null {
  if (raw.startsWith('#')) return { line, kind: 'indented comment' }
  const comment = /^([^#]*[^#\s])\s+#(?:\s|$)/.exec(raw)
  if (comment) return { line, kind: 'trailing comment', meant: comment[1]! }
  const quoted = /^!?(["'])([^"']+)\1$/.exec(raw)
  if (quoted) return { line, kind: 'quotes', meant: raw.replaceAll(quoted[1]!, '') }
  return !line.isException && (line.pattern === '.' || /^\.\.(?:\/|$)/.test(line.pattern)) ? { line, kind: 'nothing' } : null
}

/** A plain path let through, and ignored again further down: nothing of it is left, unless a later line lets it or something in it through once more. */
function outOfOrder(lines: readonly ContextPattern[], index: number): IgnoreMistake | null {
  const line = lines[index]!
  if (!line.isException || /[*?[\\]/.test(line.pattern) || lines.length > MOST_LINES) return null
  let by: ContextPattern | null = null
  for (const other of lines.slice(index + 1)) {
    if (!other.isException) by = other.matches(line.pattern) ? other : by
    else if (/[*?[\\]/.test(other.pattern) || other.matches(line.pattern) || `${other.pattern}/`.startsWith(`${line.pattern}/`)) by = null
  }
  return by && { line, kind: 'order', by }
}

/** Longer files are made by programs; looking at each pair of lines would take long. */
const MOST_LINES = 300

const lowered = new WeakMap<readonly FileEntry[], ReadonlyMap<string, string>>()

function byLowerCase(files: readonly FileEntry[]): ReadonlyMap<string, string> {
  const known = lowered.get(files)
  const paths = known ?? new Map(files.map(({ path }) => [path.toLowerCase(), path]))
  if (!known) lowered.set(files, paths)
  return paths
}

/** What is called like a file whose name people write in one case or another. */
const FILE = /^(?:.*\/)?(?:[\w-][\w.-]*\.\w+|readme|licen[cs]e|changelog|contributing|authors|dockerfile|makefile|procfile|vagrantfile|jenkinsfile)$/i

/** A plain path that is not there, while a file whose name differs only in case is there and sent. */
function inOtherCase(build: Build, line: ContextPattern): IgnoreMistake | null {
  if (/[*?[\\]/.test(line.pattern) || !FILE.test(line.pattern)) return null
  const files = build.context.files()
  const path = files === 'unknown' ? undefined : byLowerCase(files).get(line.pattern.toLowerCase())
  return path === undefined || path === line.pattern || liesInContext(build, line.pattern) ? null : { line, kind: 'case', path }
}

/** All of a folder that tools make, while the folder itself is sent as soon as it is there. */
function folderLeft(build: Build, line: ContextPattern, lines: readonly ContextPattern[]): IgnoreMistake | null {
  const folder = /^([^*?[\\]+)\/\*\*?(?:\/\*)?$/.exec(line.pattern)?.[1]
  if (folder === undefined || lines.length > MOST_LINES || lines.some(other => other !== line && (other.isException ? `${other.pattern}/`.startsWith(`${folder}/`) || /^[*?[]/.test(other.pattern) : other.matches(folder)))) return null
  return isGitIgnored(build, folder, 'folder') ? { line, kind: 'folder left', folder } : null
}

/** Names of what tools make in every project folder, and what such a folder holds. */
const MADE: readonly { readonly family: string; readonly name: RegExp; readonly project: 'javascript' | 'python' | 'dotnet' | 'maven'; readonly made: string }[] = [
  { family: 'node_modules', name: /^node_modules$/, project: 'javascript', made: 'node_modules' },
  { family: 'bytecode', name: /^(?:__pycache__|\*\.py(?:c|\[c?od?\]|\[co\]))$/, project: 'python', made: '__pycache__' },
  { family: 'bin', name: /^(?:bin|\[Bb\]in)$/, project: 'dotnet', made: 'bin' },
  { family: 'obj', name: /^(?:obj|\[Oo\]bj)$/, project: 'dotnet', made: 'obj' },
  { family: 'target', name: /^target$/, project: 'maven', made: 'target' },
]

/** With the line itself the others that leave the same folders as they are, for Python's bytecode; each top only. */
export function bytecodeLines(build: Build, line: ContextPattern): readonly ContextPattern[] {
  const text = build.context.ignoreFile!.text
  const isBytecode = ({ pattern, span, isException }: ContextPattern): boolean => !isException && /^(?:__pycache__|\*\.py(?:[cdo]|\[[cdo]+\]))$/.test(pattern) && !/^\.?\//.test(text.slice(span.start, span.end))
  return isBytecode(line) ? build.context.ignorePatterns().filter(isBytecode) : [line]
}

/** A leading slash says that the top is meant. */
function topOnly(build: Build, line: ContextPattern, raw: string, families: Set<string>): IgnoreMistake | null {
  const row = raw.startsWith('/') || raw.startsWith('./') ? undefined : MADE.find(({ name }) => name.test(line.pattern))
  if (!row || families.has(row.family)) return null
  const folder = projectFolders(build)[row.project].find(entry => entry !== '' && !build.context.ignores(`${entry}/${row.made}`) && !build.context.ignores(`${entry}/${row.made}/x.cpython-313.pyc`))
  if (folder === undefined) return null
  families.add(row.family)
  return { line, kind: 'top only', reaches: `${folder}/${row.made}`, meant: `**/${row.made}` }
}
