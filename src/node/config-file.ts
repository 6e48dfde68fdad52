// Finds and reads config: the nearest `.cachemissrc.json`, or `cachemiss` key of package.json, above a Dockerfile.
// Each folder is looked at once, however many Dockerfiles lie below it. Config is data; none of it is run or judged here.
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import type { Node, ParseError } from 'jsonc-parser'
import { UsageError } from '../errors.ts'
import { lineMap } from '../text.ts'
import type { Position } from '../text.ts'

export interface FoundConfig {
  /** As it stands there; `resolveConfig` judges it. */
  readonly config: unknown
  /** Absolute. Globs and `context` are relative to its folder. */
  readonly file: string
  /** For `resolveConfig`, which then says where a mistake stands. */
  readonly source: {
    /** As the user would write the path. */
    readonly name: string
    position(place: readonly (string | number)[], part: 'key' | 'value'): Position | null
  }
}

export interface ConfigSearch {
  /** The config for a Dockerfile, whether that exists or not; null when there is none. Rejects with a UsageError. */
  find(dockerfile: string): Promise<FoundConfig | null>
  /** One line each, about what was met and not read. */
  warnings(): readonly string[]
}

const ours = '.cachemissrc.json'
const key = 'cachemiss'
const mostBytes = 1_000_000
const notRead = `config is read from ${ours} or the "${key}" key of package.json`
/** Where other tools' users would put a config of this one. */
const foreign = /^(?:\.?cachemiss\.config\.(?:[cm]?[jt]s|jsonc?|ya?ml|toml)|\.?cachemissrc(?:\.(?:[cm]?[jt]s|jsonc|json5|ya?ml|toml))?|cachemissrc\.json|\.?cachemiss\.(?:ya?ml|toml)|\.cachemiss\.jsonc?)$/
const foreignInConfigFolder = /^\.?cachemiss(?:rc|\.config|rc\.config)?\.(?:[cm]?[jt]s|jsonc?|json5|ya?ml|toml)$|^\.?cachemissrc$/

/** `file` replaces the search: then every Dockerfile has this config. */
export async function configSearch({ cwd, file }: { readonly cwd: string; readonly file?: string | undefined }): Promise<ConfigSearch> {
  const shown = (path: string): string => (relative(cwd, path) || '.').split(sep).join('/')
  if (file !== undefined) {
    const config = await named(resolve(cwd, file), shown)
    return { find: async () => config, warnings: () => [] }
  }
  const warnings: string[] = []
  const known = new Map<string, Promise<FoundConfig | null>>()
  const nearest = (folder: string): Promise<FoundConfig | null> => {
    let found = known.get(folder)
    if (!found) {
      found = look(folder)
      known.set(folder, found)
    }
    return found
  }
  const look = async (folder: string): Promise<FoundConfig | null> => {
    const names = namesIn(folder)
    warnings.push(...foreignFiles(folder, names).map(path => `${shown(path)} is not read: ${notRead}.`))
    const rc = names.has(ours) ? await read(join(folder, ours), shown) : null
    const fromPackage = names.has('package.json') ? await readPackage(join(folder, 'package.json'), shown, rc === null) : null
    if (rc && fromPackage) warnings.push(`The "${key}" key of ${fromPackage.source.name} is not read, because ${rc.source.name} lies beside it.`)
    const parent = dirname(folder)
    return rc ?? fromPackage ?? (names.has('.git') || parent === folder ? null : nearest(parent))
  }
  return { find: path => nearest(dirname(resolve(cwd, path))), warnings: () => [...warnings] }
}

/**
 * The folder that a config calls the build context, absolute. One outside the config's repository is refused:
 * a pull request can change the config, and the names of files elsewhere are none of its business.
 */
export function contextFolder({ file, source }: FoundConfig, context: string): string {
  const folder = resolve(dirname(file), context)
  const real = realFolder(folder)
  if (real === null) throw new UsageError(`${source.name}: the context ${JSON.stringify(context)} is no folder`)
  const top = repositoryOf(dirname(file))
  if (top !== null && !`${real}${sep}`.startsWith(top.endsWith(sep) ? top : `${top}${sep}`)) {
    throw new UsageError(`${source.name}: the context ${JSON.stringify(context)} lies outside the repository`, 'Name it on the command line: --context.')
  }
  return folder
}

function realFolder(folder: string): string | null {
  try {
    return statSync(folder).isDirectory() ? realpathSync(folder) : null
  } catch {
    return null
  }
}

function repositoryOf(folder: string): string | null {
  for (let at = realpathSync(folder); ; at = dirname(at)) {
    if (isThere(join(at, '.git'))) return at
    if (dirname(at) === at) return null
  }
}

async function named(file: string, shown: (path: string) => string): Promise<FoundConfig> {
  if (/\.(?:[cm]?[jt]s|ya?ml|toml)$/i.test(file)) throw new UsageError(`--config: ${shown(file)} is no JSON file`, `By default ${notRead}.`)
  if (basename(file) !== 'package.json') return read(file, shown)
  const found = await readPackage(file, shown, true)
  if (!found) throw new UsageError(`--config: ${shown(file)} has no "${key}" key`)
  return found
}

/** Folders that do not exist or may not be listed can still lie below a config. */
function namesIn(folder: string): ReadonlySet<string> {
  try {
    return new Set(readdirSync(folder))
  } catch {
    return new Set([ours, 'package.json', '.git'].filter(name => isThere(join(folder, name))))
  }
}

function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    return false
  }
}

function foreignFiles(folder: string, names: ReadonlySet<string>): readonly string[] {
  const here = [...names].filter(name => foreign.test(name)).sort()
  const below = names.has('.config') ? [...namesIn(join(folder, '.config'))].filter(name => foreignInConfigFolder.test(name)).sort() : []
  return [...here, ...below.map(name => join('.config', name))].map(name => join(folder, name))
}

async function read(file: string, shown: (path: string) => string): Promise<FoundConfig> {
  const name = shown(file)
  return parse(file, name, textOf(file, name), false)
}

/** null when it has no key of ours; a broken one is an error only where it may have one and nothing else counts. */
async function readPackage(file: string, shown: (path: string) => string, isNeeded: boolean): Promise<FoundConfig | null> {
  const name = shown(file)
  let data: unknown
  let text = ''
  try {
    text = textOf(file, name)
    if (!text.includes(`"${key}"`)) return null
    data = JSON.parse(text)
  } catch {
    const broken = isNeeded && text !== '' ? await parse(file, name, text, true) : null
    return broken?.config === undefined ? null : broken
  }
  const hasKey = typeof data === 'object' && data !== null && Object.hasOwn(data, key)
  return hasKey ? parse(file, name, text, true) : null
}

/** Only regular files, and no huge ones: a pipe or a device would never end. */
function textOf(file: string, name: string): string {
  try {
    const stats = statSync(file)
    if (!stats.isFile()) throw new UsageError(`${name} is no file`)
    if (stats.size > mostBytes) throw new UsageError(`${name} is larger than 1 MB`)
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '')
  } catch (error) {
    if (error instanceof UsageError) throw error
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new UsageError(`${name} does not exist`)
    throw new UsageError(`${name} cannot be read: ${code === 'EACCES' ? 'permission denied' : message}`)
  }
}

/** package.json is plain JSON and the config a part of it; ours may have comments and trailing commas. */
async function parse(file: string, name: string, text: string, isPackage: boolean): Promise<FoundConfig> {
  const { findNodeAtLocation, getNodeValue, parseTree, printParseErrorCode } = await import('jsonc-parser')
  const { position } = lineMap(text)
  const at = (offset: number): string => {
    const { line, column } = position(offset)
    return `${name}:${line}:${column}`
  }
  const errors: ParseError[] = []
  const prefix = isPackage ? [key] : []
  try {
    const root = parseTree(text, errors, { allowTrailingComma: !isPackage, disallowComments: isPackage })
    const [error] = errors
    const code = error ? printParseErrorCode(error.error) : null
    if (!root && (code === null || code === 'ValueExpected')) throw new UsageError(`${name} is empty`, 'Write {} where there is nothing to set.')
    if (error) throw new UsageError(`${at(error.offset)}: ${reason(code!, text.slice(error.offset, error.offset + error.length))}`)
    const node = findNodeAtLocation(root!, prefix)
    const twice = node && duplicateKey(node)
    if (twice) throw new UsageError(`${at(twice.offset)}: the key ${JSON.stringify(twice.value)} stands here for the second time`)
    return {
      config: node && getNodeValue(node), file,
      source: {
        name,
        position(place, part) {
          const found = findNodeAtLocation(root!, [...prefix, ...place])
          const shownNode = part === 'key' && found?.parent?.type === 'property' ? found.parent : found
          return shownNode ? position(shownNode.offset) : null
        },
      },
    }
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(`${name} is nested too deeply`)
    throw error
  }
}

function duplicateKey(node: Node): Node | null {
  const seen = new Set<unknown>()
  for (const child of node.children ?? []) {
    const name = child.type === 'property' ? child.children?.[0] : undefined
    if (name && seen.has(name.value)) return name
    seen.add(name?.value)
    const below = duplicateKey(child)
    if (below) return below
  }
  return null
}

/** What the parser's code means, in words for somebody who looks at that place. */
function reason(code: string, text: string): string {
  const missing = /^(PropertyName|Value|Colon|Comma|CloseBrace|CloseBracket)Expected$/.exec(code)?.[1]
  if (missing) return `not JSON: a ${{ PropertyName: 'key', Value: 'value', Colon: 'colon', Comma: 'comma', CloseBrace: 'closing brace', CloseBracket: 'closing bracket' }[missing]} is missing`
  const found = JSON.stringify(text.length > 20 ? `${text.slice(0, 19)}…` : text)
  const reasons: Readonly<Record<string, string>> = {
    InvalidSymbol: `unexpected ${found}; keys and texts stand in double quotes`,
    InvalidCommentToken: 'comments are not allowed in this file',
    UnexpectedEndOfComment: 'this comment does not end',
    UnexpectedEndOfString: 'this text does not end on its line',
    InvalidUnicode: `bad escape in ${found}`,
    InvalidEscapeCharacter: `bad escape in ${found}`,
    InvalidCharacter: 'control character in a text',
    EndOfFileExpected: 'there is more after the end',
  }
  return `not JSON: ${reasons[code] ?? `unexpected ${found}`}`
}
