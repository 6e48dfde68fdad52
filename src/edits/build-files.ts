// How Dockerfiles, compose files and CI settings are written in an ignore file: one line for several where they share a name.
import { ownPath } from '../facts/build-files.ts'
import { contextUsers } from '../facts/context-users.ts'
import type { Build } from '../model/build.ts'
import { baseName } from '../model/paths.ts'
import { lineFor, type IgnoreEntry } from './ignore-file.ts'

/** Where several files have such names, and no other file of the context has, they are written like this. */
const FAMILIES: readonly { readonly name: RegExp; readonly line: string }[] = [
  { name: /^Dockerfile[^/]*$/, line: 'Dockerfile*' },
  { name: /^docker-compose[^/]*\.yml$/, line: 'docker-compose*.yml' },
  { name: /^docker-compose[^/]*\.yaml$/, line: 'docker-compose*.yaml' },
  { name: /^compose[^/]*\.yml$/, line: 'compose*.yml' },
  { name: /^compose[^/]*\.yaml$/, line: 'compose*.yaml' },
]
const ORDER = [/Dockerfile|Containerfile/i, /\.dockerignore$/, /compose|bake/, /[^/]$/]

/** One entry for each line, in the order people write them. */
export function buildFileEntries(build: Build, names: readonly string[]): readonly IgnoreEntry[] {
  const entries = new Map<string, string[]>()
  // They match at the top and in other folders as well.
  const everywhere = new Set(names.map(name => lineOf(build, name, names)).filter(line => line.startsWith('**/')))
  for (const name of names) {
    const own = lineOf(build, name, names)
    const line = everywhere.has(`**/${baseName(own)}`) ? `**/${baseName(own)}` : own
    entries.set(line, [...entries.get(line) ?? [], name.replace(/\/$/, '')])
  }
  const rank = (line: string, [first]: readonly string[]): number => {
    const found = ORDER.findIndex(kind => kind.test(names.includes(`${first!}/`) ? `${first!}/` : line))
    return found === -1 ? ORDER.length : found
  }
  return [...entries].sort((a, b) => rank(...a) - rank(...b)).map(([line, hides]) => ({ line, hides, unnamed: hides.filter(name => !name.endsWith('.dockerignore')) }))
}

function lineOf(build: Build, name: string, names: readonly string[]): string {
  const { files } = build.context
  if (name === ownPath(build) && name.includes('/') && hasNamesake(build, name)) return `**/${baseName(name)}`
  const family = FAMILIES.find(entry => entry.name.test(name))
  if (!family || names.filter(other => family.name.test(other)).length < 2) return lineFor(name)
  const listed = files()
  return listed === 'unknown' || listed.some(({ path }) => family.name.test(path) && !names.includes(path)) ? lineFor(name) : family.line
}

/** Whether another Dockerfile of this name lies in another folder and uses the context as well. */
const hasNamesake = (build: Build, own: string): boolean => contextUsers(build).some(({ name }) => name !== null && name.includes('/') && baseName(name) === baseName(own))
