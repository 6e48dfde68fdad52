// All that the surroundings of a Dockerfile are read with, a few questions each with a plain answer. Whoever wants to know later
// whether a result still holds notes the questions and asks them again.
import { lstatSync, readdirSync, readFileSync, readlinkSync, realpathSync, statSync } from 'node:fs'
import type { Stats } from 'node:fs'
import { isInside, isOfGit } from './paths.ts'

export type Kind = 'file' | 'folder' | 'link' | 'other'
export interface Entry { readonly name: string; readonly kind: Kind }

/** Paths are absolute. Nothing throws: what may not be read is not there. */
export interface Disk {
  /** In the order of names; null where the folder cannot be listed. */
  entries(folder: string): readonly Entry[] | null
  /** Links are not followed. */
  kind(path: string): Kind | null
  figures(path: string): { readonly size: number; readonly mode: number } | null
  /** What a link holds. */
  target(link: string): string
  /** null for what is no regular file, and for what is too large. */
  text(file: string, mostBytes: number): string | null
  /** The same, through links as long as they stay inside a folder. */
  textInside(file: string, folder: string, mostBytes: number): string | null
  /** Through links. */
  isThere(path: string): boolean
}

export const disk: Disk = {
  entries: folder => orNull(() => readdirSync(folder, { withFileTypes: true }).map(entry => ({ name: entry.name, kind: kindIn(entry) })).sort((a, b) => (a.name < b.name ? -1 : 1))),
  kind(path) {
    const stats = statsOf(path)
    return stats && kindIn(stats)
  },
  figures(path) {
    const stats = statsOf(path)
    return stats && { size: stats.size, mode: stats.mode & 0o7777 }
  },
  target: link => orNull(() => readlinkSync(link)) ?? '',
  text(file, mostBytes) {
    const stats = statsOf(file)
    return stats?.isFile() && stats.size <= mostBytes ? orNull(() => readFileSync(file, 'utf8')) : null
  },
  textInside: (file, folder, mostBytes) => orNull(() => {
    const stats = statSync(file, { throwIfNoEntry: false })
    if (!stats?.isFile() || stats.size > mostBytes) return null
    const real = realpathSync(file)
    return isInside(real, realpathSync(folder)) && !isOfGit(real) ? readFileSync(file, 'utf8') : null
  }),
  isThere: path => orNull(() => statSync(path, { throwIfNoEntry: false })) != null,
}

const kindIn = (stats: Pick<Stats, 'isFile' | 'isDirectory' | 'isSymbolicLink'>): Kind => stats.isDirectory() ? 'folder' : stats.isSymbolicLink() ? 'link' : stats.isFile() ? 'file' : 'other'
const statsOf = (path: string): Stats | null => orNull(() => lstatSync(path, { throwIfNoEntry: false }) ?? null)

function orNull<T>(read: () => T): T | null {
  try {
    return read()
  } catch {
    return null
  }
}

/** What was asked, and what stands for the answer. */
export type Facts = Map<string, string>
export interface Hash { (text: string): string }

/** Notes every question. */
export function notingDisk(facts: Facts, hash: Hash): Disk {
  const noted = <T>(question: string, answer: T, print: (answer: T) => string): T => {
    if (!facts.has(question)) facts.set(question, print(answer))
    return answer
  }
  const printText = (text: string | null): string => text === null ? '' : hash(text)
  return {
    entries: folder => noted(`e${folder}`, disk.entries(folder), entries => printEntries(entries, hash)),
    kind: path => noted(`k${path}`, disk.kind(path), kind => kind ?? ''),
    figures: path => noted(`f${path}`, disk.figures(path), printFigures),
    target: link => noted(`l${link}`, disk.target(link), hash),
    text: (file, mostBytes) => noted(`t${mostBytes}:${file}`, disk.text(file, mostBytes), printText),
    textInside: (file, folder, mostBytes) => noted(`i${mostBytes}:${file}\0${folder}`, disk.textInside(file, folder, mostBytes), printText),
    isThere: path => noted(`s${path}`, disk.isThere(path), String),
  }
}

const printEntries = (entries: readonly Entry[] | null, hash: Hash): string => entries === null ? '' : hash(JSON.stringify(entries.map(({ name, kind }) => [name, kind])))
const printFigures = (figures: { readonly size: number; readonly mode: number } | null): string => figures === null ? '' : `${figures.size} ${figures.mode}`

/** What stands for the answer that a noted question has now; null for what is no question. */
export function answerNow(question: string, hash: Hash): string | null {
  const facts: Facts = new Map()
  const [, mostBytes = '', path = '', folder = ''] = /^[ti](\d+):([^\0]*)\0?(.*)$/s.exec(question) ?? []
  const asked = notingDisk(facts, hash)
  const rest = question.slice(1)
  switch (question[0]) {
    case 'e': asked.entries(rest); break
    case 'k': asked.kind(rest); break
    case 'f': asked.figures(rest); break
    case 'l': asked.target(rest); break
    case 's': asked.isThere(rest); break
    case 't': asked.text(path, Number(mostBytes)); break
    case 'i': asked.textInside(path, folder, Number(mostBytes)); break
  }
  return facts.get(question) ?? null
}
