// COPY instructions for single files of the context, written as a copy of the folder around them is: same source prefix, destination and flags.
import { frontendFeatures } from '../data/frontend-features.ts'
import { frontend, knows } from '../facts/frontend.ts'
import { baseName } from '../facts/image-paths.ts'
import type { Build, CopyStep } from '../model/build.ts'
import { insideRoot } from '../model/paths.ts'
import { keywordLike } from './instructions.ts'

/** The instructions, or a clause that says why there are none. */
export type ManifestCopies = { readonly lines: readonly string[] } | { readonly reason: string }

/** Longer lists nobody wants to keep up to date by hand. */
const MOST_LINES = 10
/** Lines are broken where they would be longer. */
const LONGEST_LINE = 160
/** What takes a lock file that may be there, as src/facts/absent-locks.ts writes it. */
const PATTERN = /((?:^|\/)package(?=\*\.json$)|\.(?:lock|yaml|json)(?=\*$))\*/
/** Folders that are copied as a whole where all their files are needed. */
const TREES = /^(?:\.yarn\/(?:releases|plugins|patches|cache)|patches|\.mvn|vendor\/cache|buildSrc|build-logic)(?=\/)/

/** Brings context files that `copy` brings to the same places. `copy` has one source, a folder. */
export function manifestCopies(build: Build, copy: CopyStep, paths: readonly string[]): ManifestCopies {
  const written = writtenOf(build, copy)
  const root = insideRoot(copy.sources[0]!)
  if (written === null) return { reason: `how "${copy.keyword}" is written leaves no room for single files` }
  const inner = paths.map(path => (root === '' ? path : path.slice(root.length + 1)))
  const strange = inner.find(path => !/^[\w.@+/-]+$/.test(path.replace(PATTERN, '$1')))
  if (strange !== undefined) return { reason: `${strange} has characters that COPY takes for more than a name` }
  return linesOf(build, copy, written, groupsOf(build, copy, inner, root))
}

/** Brings context files into the image around one that `copy` brings by its name, each into its folder. */
export function copiesAround(build: Build, copy: CopyStep, around: string, paths: readonly string[]): ManifestCopies {
  const written = writtenAround(build, copy, around, paths)
  if (written === null) return { reason: `how "${copy.keyword}" is written does not say where the folders around ${around} are` }
  const strange = paths.find(path => !/^[\w.@+/-]+$/.test(path))
  if (strange !== undefined) return { reason: `${strange} has characters that COPY takes for more than a name` }
  const groups = new Map<string, string[]>()
  for (const path of paths.map(each => each.slice(written.shared.length))) {
    const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')))
    groups.set(folder, [...groups.get(folder) ?? [], path])
  }
  return linesOf(build, copy, written, [...groups].map(([folder, files]) => ({ folder, files, tree: false })))
}

function linesOf(build: Build, copy: CopyStep, written: Written, groups: readonly Group[]): ManifestCopies {
  const members = groups.filter(({ folder, tree }) => folder !== '' && !tree)
  const isParents = members.length > 1 && knowsParents(build, written.prefix !== '')
  if (!isParents && groups.length > MOST_LINES) return { reason: `it would take ${groups.length} COPY instructions, or "COPY --parents" with "# syntax=docker/dockerfile:1.20"` }
  const apart = isParents ? groups.filter(group => !members.includes(group)) : groups
  const lines = apart.map(group => render(build, copy, written, sourcesOf(group).map(path => written.prefix + path), group.folder === '' ? '' : `${group.folder}/`))
  if (isParents) {
    const pivot = written.prefix === '' ? '' : `${written.prefix.replace(/\/$/, '')}/./`
    lines.push(render(build, copy, { ...written, flags: ['--parents', ...written.flags] }, members.flatMap(sourcesOf).map(path => pivot + path), ''))
  }
  return { lines }
}

interface Group { readonly folder: string; readonly files: readonly string[]; readonly tree: boolean }
const sourcesOf = ({ folder, files, tree }: Group): readonly string[] => (tree ? [`${folder}/`] : files)

/** Files of one folder go together, in the order they are given. */
function groupsOf({ context }: Build, copy: CopyStep, paths: readonly string[], root: string): readonly Group[] {
  const groups = new Map<string, string[]>()
  const known = new Set(paths)
  const listed = context.files()
  const isWhole = (tree: string): boolean => {
    const above = root === '' ? tree : `${root}/${tree}`
    return listed !== 'unknown' && copy.exclude.length === 0 && listed.every(({ path }) => !path.startsWith(`${above}/`) || known.has(root === '' ? path : path.slice(root.length + 1)))
  }
  const trees = new Set<string>()
  for (const path of paths) {
    const tree = TREES.exec(path)?.[0]
    const isTree = tree !== undefined && isWhole(tree)
    const folder = isTree ? tree : path.slice(0, Math.max(0, path.lastIndexOf('/')))
    if (isTree) trees.add(folder)
    groups.set(folder, [...groups.get(folder) ?? [], path])
  }
  const found = [...groups].map(([folder, files]) => ({ folder, files, tree: trees.has(folder) }))
  return [...found.filter(({ folder }) => folder === ''), ...found.filter(({ folder }) => folder !== '')]
}

interface Written {
  /** Of sources, with its slash; '' for the root of the context. */
  readonly prefix: string
  /** Of the destination, with its slash. */
  readonly target: string
  readonly flags: readonly string[]
  readonly isJson: boolean
}

/** As the file writes it, variables and all; null where that cannot be told. */
function writtenOf({ text: file }: Build, { text, sources, sourceSpans, flags, target }: CopyStep): Written | null {
  const [span] = sourceSpans
  const isJson = /^\S+\s+(?:--\S+\s+)*\[/.test(text)
  const words = isJson ? jsonWords(text) : text.split(/\s+/)
  const [source, place] = words === null ? [] : [words.at(-2), words.at(-1)]
  if (!span || source === undefined || place === undefined || sources.length !== 1 || target === null || /["'\\]/.test(source + place) || !isJson && file.slice(span.start, span.end) !== source) return null
  return {
    prefix: insideRoot(sources[0]!) === '' ? '' : `${source.replace(/\/+\.?$/, '')}/`, target: place === '.' ? './' : `${place.replace(/\/+\.?$/, '')}/`, isJson,
    flags: flags.filter(({ name }) => !/^(?:exclude|keep-git-dir|unpack|parents|checksum)$/.test(name)).map(flag => file.slice(flag.span.start, flag.span.end)),
  }
}

/** `shared`: the folder in the context that all of them lie in, and that comes to lie at `target`; '' or with its slash. */
function writtenAround({ text: file }: Build, copy: CopyStep, around: string, paths: readonly string[]): Written & { readonly shared: string } | null {
  const { text, sources, sourceSpans, flags, target } = copy
  const isJson = /^\S+\s+(?:--\S+\s+)*\[/.test(text)
  const at = sources.findIndex(source => insideRoot(source) === around)
  const source = at === -1 ? undefined : file.slice(sourceSpans[at]!.start, sourceSpans[at]!.end).replace(/^"|"$/g, '')
  const place = (isJson ? jsonWords(text) : text.split(/\s+/))?.at(-1)
  if (source === undefined || place === undefined || target === null || copy.parents || /["'\\*?]/.test(source + place)) return null
  const name = baseName(around)
  const folder = place === name ? './' : baseName(place) === name && sources.length === 1 ? place.slice(0, -name.length) : place === '.' ? './' : `${place.replace(/\/+$/, '')}/`
  const own = around.split('/').slice(0, -1)
  let kept = own.length
  while (kept > 0 && !paths.every(path => path.startsWith(`${own.slice(0, kept).join('/')}/`))) kept--
  const tail = own.slice(kept).map(part => `${part}/`).join('')
  const prefix = source.slice(0, source.length - name.length)
  if (!prefix.endsWith(tail) || !folder.endsWith(tail)) return null
  const written = flags.filter(flag => !/^(?:exclude|keep-git-dir|unpack|checksum)$/.test(flag.name)).map(flag => file.slice(flag.span.start, flag.span.end))
  return { prefix: prefix.slice(0, prefix.length - tail.length), target: folder.slice(0, folder.length - tail.length), flags: written, isJson, shared: own.slice(0, kept).map(part => `${part}/`).join('') }
}

function jsonWords(text: string): readonly string[] | null {
  try {
    const words: unknown = JSON.parse(text.replace(/^\S+\s+(?:--\S+\s+)*/, ''))
    return Array.isArray(words) && words.every(word => typeof word === 'string') ? words : null
  } catch {
    return null
  }
}

function render(build: Build, copy: CopyStep, { target, flags, isJson }: Written, sources: readonly string[], folder: string): string {
  const words = [...sources, target + folder === '' ? './' : target + folder]
  const head = [keywordLike(build, copy, 'COPY'), ...flags].join(' ')
  const line = `${head} ${isJson ? `[${words.map(word => JSON.stringify(word)).join(', ')}]` : words.join(' ')}`
  return isJson || line.length <= LONGEST_LINE || words.length < 3 ? line : [head, ...words].join(` ${build.escape}\n    `)
}

/** Only a directive says which frontend reads the file. */
function knowsParents(build: Build, isPivoted: boolean): boolean {
  const chosen = frontend(build)
  return chosen !== null && chosen !== 'other' && chosen.minor !== null && knows(chosen, frontendFeatures['COPY --parents']!) && (!isPivoted || chosen.minor >= 20)
}

/** "package.json and package-lock.json": base names, or paths where a name comes twice. */
export function namesOf(paths: readonly string[]): readonly string[] {
  const names = paths.map(baseName)
  return paths.map((path, at) => (names.filter(name => name === names[at]).length > 1 ? path : names[at]!))
}
