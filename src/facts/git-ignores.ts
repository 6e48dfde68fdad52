// What git leaves out of the repository: files that only the machine has which builds. Reads `.gitignore` files as git does
// (gitignore(5)), as far as a few lines can; a pattern that is not understood matches nothing.
import type { Build, ContextFiles } from '../model/build.ts'

/** One character of a name, or any number of them. */
type Token = '*' | ((char: string) => boolean)
/** One name of a path; `**` stands for any number of names. */
type Segment = '**' | readonly Token[]
interface GitPattern { readonly isException: boolean; readonly onlyFolders: boolean; readonly segments: readonly Segment[] }
const known = new WeakMap<ContextFiles, Map<string, readonly GitPattern[]>>()

/** Whether git ignores a path of the context, itself or a folder above it; false where no `.gitignore` is to be had. */
export function isGitIgnored({ context: { source, repository } }: Build, path: string, kind: 'file' | 'folder' = 'file'): boolean {
  const files = repository?.contextFolder != null ? repository.files : source
  if (files === null) return false
  const parts = (repository?.contextFolder ? `${repository.contextFolder}/${path}` : path).split('/')
  return parts.some((_, at) => isIgnoredItself(files, parts.slice(0, at + 1), at < parts.length - 1 || kind === 'folder'))
}

/** The last pattern that matches counts; those of deeper folders come last. */
function isIgnoredItself(files: ContextFiles, parts: readonly string[], isFolder: boolean): boolean {
  for (let depth = parts.length - 1; depth >= 0; depth--) {
    const rest = parts.slice(depth)
    const last = patternsIn(files, parts.slice(0, depth).join('/')).findLast(({ onlyFolders, segments }) => (isFolder || !onlyFolders) && fits(segments, rest))
    if (last) return !last.isException
  }
  return false
}

function patternsIn(files: ContextFiles, folder: string): readonly GitPattern[] {
  const byFolder = known.get(files) ?? new Map<string, readonly GitPattern[]>()
  known.set(files, byFolder)
  let patterns = byFolder.get(folder)
  if (!patterns) byFolder.set(folder, patterns = (files.read(folder === '' ? '.gitignore' : `${folder}/.gitignore`) ?? '').split(/\r?\n/).flatMap(toPattern))
  return patterns
}

const longest = 300

function toPattern(line: string): readonly GitPattern[] {
  const text = line.replace(/(?<!\\)\s+$/, '')
  if (text === '' || text.startsWith('#') || text.length > longest) return []
  const isException = text.startsWith('!')
  const path = text.slice(isException ? 1 : 0).replace(/\/$/, '')
  const names = path.replace(/^\//, '').split('/').map(toSegment)
  if (path === '') return []
  return [{ isException, onlyFolders: text.endsWith('/'), segments: path.includes('/') ? names : ['**', ...names] }]
}

function toSegment(name: string): Segment {
  if (name === '**') return '**'
  const tokens: Token[] = []
  for (const [part] of name.matchAll(/\*+|\\.|\[(?:[!^]?\]?[^\]\\]*)\]|[^]/gu)) {
    if (part.startsWith('*')) tokens.push('*')
    else if (part === '?') tokens.push(() => true)
    else if (part.length > 2 && part.startsWith('[')) tokens.push(letterSet(part.slice(1, -1)))
    else {
      const letter = part.replace(/^\\(?=[^])/, '')
      tokens.push(char => char === letter)
    }
  }
  return tokens
}

/** Letters and ranges of them; one that runs backwards holds nothing. */
function letterSet(inside: string): (char: string) => boolean {
  const isNot = /^[!^]/.test(inside)
  const ranges = [...inside.slice(isNot ? 1 : 0).matchAll(/([^])-([^])|([^])/gu)].map(([, from, to, single]) => [from ?? single!, to ?? single!] as const)
  return char => ranges.some(([from, to]) => from <= char && char <= to) !== isNot
}

/** Segment by segment: which prefixes of the path the pattern so far can stand for. `**` at the end needs something to stand for. */
function fits(segments: readonly Segment[], names: readonly string[]): boolean {
  let ends = new Set([0])
  for (const [at, segment] of segments.entries()) {
    const next = new Set<number>()
    const first = Math.min(...ends)
    if (segment === '**') for (let end = first + (at === segments.length - 1 ? 1 : 0); end <= names.length; end++) next.add(end)
    else for (const end of ends) if (end < names.length && fitsName(segment, names[end]!)) next.add(end + 1)
    if (next.size === 0) return false
    ends = next
  }
  return ends.has(names.length)
}

/** Greedy: at a mismatch the last star takes one character more. */
function fitsName(tokens: readonly Token[], name: string): boolean {
  const chars = [...name]
  let token = 0
  let star = -1
  let mark = 0
  for (let at = 0; at < chars.length;) {
    const current = tokens[token]
    if (current === '*') {
      star = token++
      mark = at
    } else if (current?.(chars[at]!)) {
      token++
      at++
    } else if (star === -1) return false
    else {
      token = star + 1
      at = ++mark
    }
  }
  while (tokens[token] === '*') token++
  return token === tokens.length
}
