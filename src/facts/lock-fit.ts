// Whether a lock file fits its manifest and its tool, as far as texts and base images tell: what keeps an install to it fails otherwise.
import type { Build, RunStep } from '../model/build.ts'
import { parseImageReference } from '../model/image-reference.ts'
import { rootOf } from './stage-trees.ts'

type Json = Readonly<Record<string, unknown>>
type Check = (manifest: string, lock: string, read: (path: string) => string | null) => boolean

/** False when it does not, or cannot be read; tools that are not listed here are taken at their word. */
export function mayFit(build: Build, manager: string, manifest: string, lock: string): boolean {
  // A lock file of a workspace beside the manifest of one member.
  if (folderOf(manifest) !== folderOf(lock)) return false
  const text = build.context.read(lock)
  if (text === null) return manager !== 'npm'
  return CHECKS[manager]?.(build.context.read(manifest) ?? '', text, path => build.context.read(folderOf(lock) + path)) ?? true
}

const CHECKS: Readonly<Record<string, Check | undefined>> = {
  npm: fitsNpm, yarn: fitsYarn, pnpm: fitsPnpm, bundler: fitsBundler,
  uv: fitsUv, cargo: (_, lock) => /^\[\[package\]\]/m.test(lock),
}

/** As the lock file says; null when it does not. */
export const npmLockVersion = (text: string): number | null => {
  const version = jsonOf(text)?.['lockfileVersion']
  return typeof version === 'number' ? version : null
}

/** Of the image below; null when its tag does not say, as `lts`; 'unknown' when it is no image of Node. */
export function nodeMajor({ stage }: RunStep): number | null | 'unknown' {
  const { base } = rootOf(stage)
  const reference = base.kind === 'image' && base.ref !== null ? parseImageReference(base.ref) : null
  if (!/(?:^|\/)node$/.test(reference?.name ?? '')) return 'unknown'
  const major = /^v?(\d+)/.exec(reference?.tag ?? '')
  return major && Number(major[1])
}

/** Version 3 is read since npm 7, which came with Node 15; older ones take it for an empty lock file. */
export function readsLockVersion(step: RunStep, lockVersion: number): boolean {
  if (lockVersion < 3) return true
  const major = nodeMajor(step)
  return !(typeof major === 'number' && major < 15) && !step.stage.steps.some(other => other.kind === 'run' && /\bnpm@[\^~]?[1-6]\b/.test(other.text))
}

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1)

function jsonOf(text: string): Json | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value as Json : null
  } catch {
    return null
  }
}

/** Names and ranges of everything a package.json asks for. */
function rangesOf(manifest: Json, kinds: readonly string[]): readonly (readonly [string, unknown])[] {
  return kinds.flatMap(kind => Object.entries(manifest[kind] ?? {}))
}
const KINDS = ['dependencies', 'devDependencies', 'optionalDependencies'] as const

function fitsNpm(manifestText: string, lockText: string): boolean {
  const [manifest, lock] = [jsonOf(manifestText), jsonOf(lockText)]
  if (!manifest || !lock) return false
  const root = (lock['packages'] as Json | undefined)?.[''] as Json | undefined
  if (root) return KINDS.every(kind => Object.entries(manifest[kind] ?? {}).every(([name, range]) => (root[kind] as Json | undefined)?.[name] === range)) && fitsPeers(manifest, lock['packages'] as LockedPackages)
  const locked = lock['dependencies'] as Readonly<Record<string, { readonly version?: unknown } | undefined>> | undefined
  return rangesOf(manifest, KINDS).every(([name, range]) => mayMatch(String(range), locked?.[name]?.version))
}

type LockedPackages = Readonly<Record<string, { readonly version?: unknown; readonly peerDependencies?: Json } | undefined>>

/** npm gives up where what the project itself asks for has a peer that is locked at another version. */
function fitsPeers(manifest: Json, packages: LockedPackages): boolean {
  return manifest['overrides'] !== undefined || rangesOf(manifest, KINDS).every(([name]) => Object.entries(packages[`node_modules/${name}`]?.peerDependencies ?? {}).every(([peer, range]) => {
    const version = packages[`node_modules/${peer}`]?.version
    return typeof version !== 'string' || mayMatch(String(range), version)
  }))
}

/** Of the forms nearly all ranges have; others are taken to match. */
function mayMatch(range: string, version: unknown): boolean {
  if (typeof version !== 'string') return false
  const wanted = /^([~^]?|>=) ?(\d+)\.(\d+)\.(\d+)$/.exec(range)
  const locked = /^(\d+)\.(\d+)\.(\d+)$/.exec(version)
  if (!wanted || !locked) return true
  const [major, minor, patch] = wanted.slice(2).map(Number) as [number, number, number]
  const [lockedMajor, lockedMinor, lockedPatch] = locked.slice(1).map(Number) as [number, number, number]
  if (wanted[1] === '>=' && (lockedMajor > major || lockedMajor === major && lockedMinor > minor)) return true
  if (major !== lockedMajor) return false
  if (wanted[1] === '') return minor === lockedMinor && patch === lockedPatch
  const isSameMinor = minor === lockedMinor
  return isSameMinor ? lockedPatch >= patch : wanted[1] === '^' && major > 0 && lockedMinor > minor
}

/** Of other protocols the lock file says something else. */
const OTHER_PROTOCOL = /^(?:workspace|link|file|portal|patch|catalog|git|github|https?)\b|\//

function fitsYarn(manifestText: string, lockText: string): boolean {
  const manifest = jsonOf(manifestText)
  if (!manifest) return false
  if (manifest['resolutions'] !== undefined) return true
  const keys = new Set([...lockText.matchAll(/^(?! |#|__metadata)(.+):[ \t]*\r?$/gm)].flatMap(([, key]) => key!.split(',').map(part => part.trim().replace(/^"|"$/g, ''))))
  return rangesOf(manifest, KINDS).every(([name, range]) => typeof range !== 'string' || OTHER_PROTOCOL.test(range) || range.startsWith('npm:') || keys.has(`${name}@${range}`) || keys.has(`${name}@npm:${range}`))
}

/** Every member that the context holds has to fit, whether or not it is brought. */
function fitsPnpm(manifestText: string, lockText: string, read: (path: string) => string | null): boolean {
  const isOverridden = /^overrides:/m.test(lockText)
  const importers = /^importers:[ \t]*\r?\n((?:[ \t].*\r?\n|\r?\n)*)/m.exec(`${lockText}\n`)?.[1]
  if (importers === undefined) return fitsImporter(manifestText, lockText.split(/^packages:/m)[0]!, isOverridden)
  const members = importers.split(/^ {2}(?=\S)/m).slice(1, MOST_MEMBERS).flatMap(text => {
    const folder = /^['"]?([^\s:'"]+)['"]?:/.exec(text)?.[1]
    return folder === undefined ? [] : [{ folder, text }]
  })
  return members.some(({ folder }) => folder === '.') && members.every(({ folder, text }) => {
    const manifest = folder === '.' ? manifestText : read(`${folder}/package.json`)
    return manifest === null || fitsImporter(manifest, text, isOverridden)
  })
}
const MOST_MEMBERS = 100

function fitsImporter(manifestText: string, own: string, isOverridden: boolean): boolean {
  const manifest = jsonOf(manifestText)
  if (!manifest) return false
  // The older form lists the ranges first, then the versions by the same names.
  const specifiers = new Map([...own.matchAll(/^[ \t]+['"]?([^\s:'"]+)['"]?:[ \t]*(?:\r?\n\s+specifier:[ \t]*)?(\S.*?)[ \t]*\r?$/gm)].map(([, name, value]) => [name!, value!.replace(/^['"]|['"]$/g, '')] as const).reverse())
  return rangesOf(manifest, KINDS).every(([name, range]) => {
    const locked = specifiers.get(name)
    return locked !== undefined && (locked === range || isOverridden)
  })
}

function fitsBundler(gemfile: string, lockText: string): boolean {
  const list = /^DEPENDENCIES\r?\n((?: +.*\r?\n?)*)/m.exec(lockText)?.[1]
  if (list === undefined) return false
  const locked = new Map([...list.matchAll(/^ +([^\s!]+)(?: \(([^)\n]*)\))?/gm)].map(([, name, ranges = '']) => [name!, gemRanges(ranges.split(','))]))
  return [...gemfile.matchAll(/^\s*gem\s+["']([\w.-]+)["']((?:\s*,\s*["'][^"'\n]*["'])*)(?!.*\b(?:if|unless)\b)/gm)].every(([, name, ranges]) =>
    locked.get(name!) === gemRanges([...ranges!.matchAll(/["']([^"']*)["']/g)].map(([, range]) => range!)))
}

/** In one form, for Bundler compares what both files ask for. */
const gemRanges = (ranges: readonly string[]): string =>
  ranges.map(range => range.replace(/\s+/g, '').replace(/^(?=\d)/, '=')).filter(range => range !== '' && range !== '>=0').sort().join()

/** More indexes than any project has. */
const MOST_INDEXES = 20

/** What is locked at an index that the project does not name, as at a mirror of whoever locked it, uv locks anew. */
function fitsUv(manifest: string, lock: string, read: (path: string) => string | null): boolean {
  if (!/^\[\[package\]\]/m.test(lock)) return false
  const settings = `${manifest}\n${read('uv.toml') ?? ''}`
  const indexes = [...new Set([...lock.matchAll(/^source = \{ registry = "(https?:[^"\n]+)"/gm)].map(([, url]) => url!.replace(/\/$/, '')))]
  return indexes.length <= MOST_INDEXES && indexes.every(url => url === 'https://pypi.org/simple' || settings.includes(url))
}
