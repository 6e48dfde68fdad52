// Paths inside an image: where words of a command and destinations of copies point, and what a shell pattern takes in.
import type { CopyStep, RunStep, Step } from '../model/build.ts'
import type { Word } from '../syntax/shell.ts'
import type { NormalCommand } from './commands.ts'

/** Absolute and without `.`, `..` and double slashes; null when it depends on something unknown. */
export function absolutePath(folder: string | null, path: string): string | null {
  if (!path.startsWith('/') && !folder?.startsWith('/')) return null
  if (path.startsWith('/') && !path.endsWith('/') && !path.includes('//') && !path.includes('/.')) return path
  const kept: string[] = []
  for (const part of (path.startsWith('/') ? path : `${folder}/${path}`).split('/')) {
    if (part === '..') kept.pop()
    else if (part !== '' && part !== '.') kept.push(part)
  }
  return '/' + kept.join('/')
}

export const isWithin = (path: string, folder: string): boolean => path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`)
export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** Root's home unless USER says otherwise; a base image may say so too, but then for writer and reader alike. */
const homeOf = ({ user }: Step): string | null => (user === null || /^(root|0)(:|$)/.test(user) ? '/root' : null)

function inHome(step: Step, path: string | null): string | null {
  if (path === null || !/^~(\/|$)/.test(path)) return path
  const home = homeOf(step)
  return home === null ? null : home + path.slice(1)
}

/** Where the command runs, with the home resolved. */
export const folderOf = ({ step, directory }: NormalCommand): string | null => inHome(step, directory)

/** Wildcards stay as written. */
export function pathOf(command: NormalCommand, value: string | null | undefined): string | null {
  const resolved = inHome(command.step, value ?? null)
  return resolved === null ? null : absolutePath(folderOf(command), resolved)
}

/** The paths an operand stands for, braces expanded; empty when unknown. */
export function pathsOf(command: NormalCommand, word: Word): readonly string[] {
  if (word.value === null) return []
  return (word.glob ? expandBraces(word.value) : [word.value]).flatMap(value => pathOf(command, value) ?? [])
}

const MOST_EXPANDED = 100

/** `a{b,c}d` gives `abd` and `acd`; more than a hundred are left as written. */
export function expandBraces(value: string): readonly string[] {
  let open = [value]
  for (let at = 0; at < open.length && open.length < MOST_EXPANDED;) {
    const match = /\{([^{}]*,[^{}]*)\}/.exec(open[at]!)
    if (!match) at++
    else open = [...open.slice(0, at), ...match[1]!.split(',').map(part => open[at]!.slice(0, match.index) + part + open[at]!.slice(match.index + match[0].length)), ...open.slice(at + 1)]
  }
  return open
}

/** A name in a folder of which only the folder is known. No file is called so: it is matched by `*` alone. */
export const SOME_NAME = '\0'

/** Whether removing what the pattern matches removes this path: it, or a folder above it, matches. */
export function covers(pattern: string, path: string): boolean {
  // Most are plain, and asked of many paths.
  if (pattern.startsWith('/') && path.startsWith('/') && !/[*?[]|\/\/|[^/]\/$/.test(pattern) && !path.includes('//')) return pattern === '/' || isWithin(path, pattern)
  const wanted = pattern.split('/').filter(part => part !== '')
  const given = path.split('/').filter(part => part !== '')
  return wanted.length <= given.length && wanted.every((part, at) => matchesName(part, given[at]!))
}

/** Whether the pattern and a folder have anything to do with one another: one lies in the other. */
export function meets(pattern: string, folder: string): boolean {
  const wanted = pattern.split('/').filter(part => part !== '')
  const given = folder.split('/').filter(part => part !== '')
  return wanted.slice(0, given.length).every((part, at) => matchesName(part, given[at]!))
}

/** `*` and `?` only; a bracket takes in nothing, for want of knowing. */
function matchesName(pattern: string, name: string): boolean {
  if (name.startsWith('.') && !pattern.startsWith('.')) return false
  if (name === SOME_NAME) return pattern === '*'
  let at = 0
  let star = -1
  let resume = 0
  for (let index = 0; index < name.length;) {
    if (pattern[at] === '*') {
      star = at++
      resume = index
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === name[index])) {
      at++
      index++
    } else if (star === -1) return false
    else {
      at = star + 1
      index = ++resume
    }
  }
  return /^\**$/.test(pattern.slice(at))
}

/** Nobody writes more by hand; with more, anything may be mounted. */
const MOST_MOUNTS = 50

/** Whether what a RUN does to this path stays out of its layer. */
export const isMounted = (step: RunStep, path: string): boolean => step.mounts.length > MOST_MOUNTS || step.mounts.some(({ target, type }) => {
  const folder = target === null || type === 'secret' || type === 'ssh' ? null : absolutePath(step.workdir, target)
  return folder !== null && isWithin(path, folder)
})

/** The destination of a copy, absolute; null when unknown. */
export const destinationOf = (step: CopyStep): string | null => (step.target === null ? null : absolutePath(step.workdir, step.target))
