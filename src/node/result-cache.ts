// Results of earlier runs. One is used again when the Dockerfile, its settings and this build of the rules are the same, and when the
// disk still answers as it did whatever was asked of it for that result. Times do not count: a checkout changes them all.
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { UsageError, rules } from '../index.ts'
import type { ContextFiles, LintedFile } from '../index.ts'
import { isFacts, isCachedResult } from './cached-result.ts'
import type { CachedResult } from './cached-result.ts'
import { cacheFolder, cacheStore } from './cache-store.ts'
import type { CacheStore } from './cache-store.ts'
import { contextChooser } from './choose-context.ts'
import { contextFolder } from './config-file.ts'
import type { FoundConfig } from './config-file.ts'
import { openFolder } from './context.ts'
import { answerNow, notingDisk } from './disk.ts'
import type { Facts, Hash } from './disk.ts'
import { lintedFile } from './fix-run.ts'
import type { Subject } from './fix-run.ts'
import type { Io } from './io.ts'
import { version } from './package.ts'
import { isInside, realPlace, shownPath } from './paths.ts'
import { places, surroundingsAt } from './place.ts'
import type { OpenFolders, Surround } from './place.ts'

export interface CacheOptions {
  /** Absolute; null where nothing says which. */
  readonly folder: string | null
  /** Names this build of the rules: results of another are not used. */
  readonly build: string
  /** What it may grow to. */
  readonly mostBytes?: number
}
export interface ResultCache {
  /** For one Dockerfile: surroundings that note what they are asked, and what was or is found with them. */
  open(config: FoundConfig | null, context: string | null): { readonly surround: Surround; linted(subject: Subject): LintedFile }
  end(): void
}
interface Around { readonly cwd: string; readonly context?: string | undefined }

const format = 1
const usualBytes = 256_000_000

export const cacheOptions = ({ env }: Io): CacheOptions => ({ folder: cacheFolder(env), build: thisBuild() })

/** The hash of the bundle; in a package as it was published its version says as much. */
function thisBuild(): string {
  const bundle = './start.cjs'
  try {
    return hash(readFileSync(require.resolve(bundle), 'latin1'))
  } catch {
    return version
  }
}

// Not imported: it takes a while to load, and few runs need it.
const hash: Hash = text => process.getBuiltinModule('node:crypto').createHash('sha256').update(text).digest('hex').slice(0, 40)

/** Why it cannot be used, instead. */
export function resultCache({ folder, build, mostBytes = usualBytes }: CacheOptions, around: Around): ResultCache | string {
  if (folder === null) return '--cache: nothing is kept, because neither XDG_CACHE_HOME nor HOME names a folder for it'
  const place = realPlace(folder)
  const tree = realPlace(contextChooser().top(`${around.cwd}/Dockerfile`) ?? around.cwd)
  if (isInside(place, tree)) return `--cache: nothing is kept, because ${folder} lies inside of what is linted; set XDG_CACHE_HOME to a folder elsewhere`
  const store = cacheStore(folder, mostBytes, hash)
  if (typeof store === 'string') return `--cache: nothing is kept in ${folder}: ${store}`
  const answers = validity(store)
  const groups = folderGroups(around.cwd)
  const settings = JSON.stringify([format, version, build, process.version, process.platform, around.cwd, around.context ?? null])
  return {
    end: () => store.end(),
    open(config, context) {
      const facts: Facts = new Map()
      const { openFolders, factsOfFolders } = groups.open()
      const chooser = contextChooser(notingDisk(facts, hash))
      const said = saidContext(config, context)
      return {
        surround: surroundingsAt(places({ ...around, chooser }), openFolders),
        linted(subject) {
          const { path, text } = subject.input
          // What lies beside the cache could have brought it.
          if (isInside(place, realPlace(chooser.top(subject.file) ?? dirname(subject.file)))) return lintedFile(subject, null)
          const name = hash(`${settings}${JSON.stringify([said, subject.file, subject.isStdin, path, subject.input.target ?? null, subject.input.otherRules ?? null, subject.input.surround !== undefined, subject.rules.map(({ rule: { id }, severity, options }) => [id, severity, options]), text])}`)
          const found = store.read(name)
          if (isCachedResult(found, { path, text, isRule: id => rules.some(rule => rule.id === id) }) && answers.hold(found)) return { path, text, ...found.file.ignoreFile && { ignoreFile: found.file.ignoreFile }, findings: found.file.findings }
          const linted = lintedFile(subject, null)
          keep(name, linted, [...facts, ...factsOfFolders()], store)
          return linted
        },
      }
    },
  }
}

/** What the config says is the context, looked up apart from all else: a mistake in it is part of the result. */
function saidContext(config: FoundConfig | null, context: string | null): readonly (string | null)[] {
  if (config === null || context === null) return []
  try {
    return [contextFolder(config, context)]
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return [null, error.message]
  }
}

const mostFacts = 20_000

/** Lists of folders and of sizes are long and the same for all Dockerfiles of one context: they are kept once. */
function keep(name: string, { findings, ignoreFile }: LintedFile, facts: CachedResult['facts'], store: CacheStore): void {
  const isListed = ([question]: readonly [string, string]): boolean => /^[ef]/.test(question)
  const lists = facts.filter(isListed)
  const own = lists.length > 100 ? facts.filter(fact => !isListed(fact)) : facts
  if (own.length > mostFacts) return
  let listed: string | null = null
  if (own !== facts) {
    listed = hash(JSON.stringify(lists))
    if (store.read(listed) === null) store.write(listed, lists)
  }
  const kept: CachedResult = { facts: own, lists: listed, file: { findings, ...ignoreFile && { ignoreFile } } }
  store.write(name, kept)
}

/** Most answers stand for many Dockerfiles: the disk is asked once for each. */
function validity(store: CacheStore): { hold(result: CachedResult): boolean } {
  const now = new Map<string, string | null>()
  const lists = new Map<string, boolean>()
  const isSame = ([question, answer]: readonly [string, string]): boolean => {
    const known = now.get(question)
    if (known !== undefined) return known === answer
    // Questions about the folders of one Dockerfile come only once.
    if (now.size > mostFacts) now.clear()
    const found = answerNow(question, hash)
    now.set(question, found)
    return found === answer
  }
  const holdsList = (name: string): boolean => {
    const known = lists.get(name)
    if (known !== undefined) return known
    const facts = store.read(name)
    const holds = isFacts(facts) && facts.every(([question, answer]) => answerNow(question, hash) === answer)
    lists.set(name, holds)
    return holds
  }
  return { hold: ({ facts, lists: name }) => facts.every(isSame) && (name === null || holdsList(name)) }
}

interface Group { readonly facts: Facts; readonly context: ContextFiles | null; readonly repository: ContextFiles | null }
const mostGroups = 8
const mostGroupFacts = 5_000

/** Dockerfiles of one context share what the engine remembers of it, and so all that was asked for it; others share nothing. */
function folderGroups(cwd: string): { open(): { readonly openFolders: OpenFolders; factsOfFolders(): Facts } } {
  const groups = new Map<string, Group>()
  const opened = (folder: string | null, own: string, top: string | null): Group => {
    const key = JSON.stringify([folder ?? own, folder === null, folder === own, top])
    let group = groups.get(key)
    if (!group || group.facts.size > mostGroupFacts) {
      const facts: Facts = new Map()
      const noting = notingDisk(facts, hash)
      group = {
        facts, context: folder === null ? null : openFolder(folder, folder === own ? undefined : shownPath(cwd, folder), noting),
        repository: top === null ? null : openFolder(top, undefined, noting),
      }
    }
    groups.delete(key)
    groups.set(key, group)
    if (groups.size > mostGroups) groups.delete(groups.keys().next().value!)
    return group
  }
  return {
    open() {
      let group: Group | null = null
      return {
        openFolders: (folder, own, top) => {
          group = opened(folder, own, top)
          return group
        },
        factsOfFolders: () => group?.facts ?? new Map(),
      }
    },
  }
}
