// Lock files that an install would keep to and this checkout does not hold: others may, so what is copied for the install has to bring them as well.
import { contextPathOf, contextSelectors, stepBelow } from '../cache/context-reads.ts'
import type { Build, CopyStep, Step } from '../model/build.ts'
import { insideRoot } from '../model/paths.ts'
import { covers } from './image-paths.ts'
import type { Install } from './installs.ts'

/** Those whose tool reads and writes the lock file unasked. */
const LOCKS_UNASKED = new Set(['npm', 'pnpm', 'yarn', 'bun', 'composer', 'bundler', 'poetry', 'pipenv', 'pdm', 'uv'])

/** Context paths of lock files, of which `copy` would bring each if it were there; none for a tool that has one, reads none, or could not run without. */
export function absentLocks({ context }: Build, copy: CopyStep, installs: readonly Install[]): readonly string[] {
  return [...new Set(installs.flatMap(({ manager, lockfiles, directory, frozen, options }) => {
    const isUnlocked = options.some(({ name }) => /^--no-(?:package-lock|lockfile|shrinkwrap)$/.test(name))
    const folder = LOCKS_UNASKED.has(manager) && frozen !== true && !isUnlocked ? contextPathOf(copy, directory!) : null
    if (folder === null) return []
    const paths = lockfiles.filter(name => /^[\w.-]+$/.test(name)).map(name => (folder === '' ? name : `${folder}/${name}`))
    return paths.some(path => context.has(path) !== false) ? [] : paths.filter(path => !context.ignores(path) && !/\.lockb$|npm-shrinkwrap\.json$/.test(path) && !isTakenBefore(copy, path))
  }))]
}

/** By a pattern of a copy below. */
function isTakenBefore(copy: CopyStep, path: string): boolean {
  for (let at: Step | null = stepBelow(copy); at; at = stepBelow(at)) {
    if (at.kind === 'copy' && contextSelectors(at).some(({ path: source, wildcard }) => wildcard && covers(insideRoot(source), path))) return true
  }
  return false
}

/** The paths to copy with patterns that take such lock files along; null where nothing else of their folder is left to copy: a pattern alone may take nothing. */
export function withAbsentLocks({ context }: Build, paths: readonly string[], absent: readonly string[]): readonly string[] | null {
  if (absent.length === 0) return paths
  const listed = context.files()
  const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1)
  /** `package*.json`, as many write it, where it takes nothing else. */
  const isUsual = (manifest: string): boolean => /(?:^|\/)package\.json$/.test(manifest) && absent.some(path => path === `${folderOf(manifest)}package-lock.json`)
    && listed !== 'unknown' && !listed.some(({ path }) => path !== manifest && folderOf(path) === folderOf(manifest) && /^package.*\.json$/.test(path.slice(folderOf(path).length)))
  const usual = paths.filter(isUsual)
  const taken = new Set(usual.map(folderOf))
  const others = absent.filter(path => !(/package-lock\.json$/.test(path) && taken.has(folderOf(path))))
  const firstBeside = (lock: string): string | undefined => paths.find(path => folderOf(path) === folderOf(lock))
  if (others.some(lock => firstBeside(lock) === undefined)) return null
  return paths.flatMap(path => [usual.includes(path) ? path.replace(/\.json$/, '*.json') : path, ...others.filter(lock => firstBeside(lock) === path).map(lock => `${lock}*`)])
}
