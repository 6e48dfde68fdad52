// Reads one config file: its text, then its data and where each part of it stands. Nothing of it is run or judged here.
import { basename } from 'node:path'
import type { Node, ParseError } from 'jsonc-parser'
import { UsageError } from '../errors.ts'
import { lineMap } from '../text.ts'
import type { Position } from '../text.ts'
import { namedText } from './named-file.ts'

export interface ReadConfig {
  /** As it stands there; `resolveConfig` judges it. */
  readonly config: unknown
  /** Absolute. */
  readonly file: string
  /** Of its text. */
  readonly length: number
  /** For `resolveConfig`, which then says where a mistake stands. */
  readonly source: {
    /** As the user would write the path. */
    readonly name: string
    position(place: readonly (string | number)[], part: 'key' | 'value'): Position | null
  }
}
/** A path as the user would write it; `open` has the texts that count instead of those on disk, where an editor has files open. */
export interface Shown { (path: string): string; readonly open?: OpenText }
export type OpenText = (path: string) => string | undefined

export const configName = '.cachemissrc.json'
export const packageKey = 'cachemiss'
export const mostBytes = 1_000_000

export async function readConfig(file: string, shown: Shown): Promise<ReadConfig> {
  const name = shown(file)
  return parse(file, name, shown.open?.(file) ?? textOf(file, name), false)
}

/** null when it has no key of ours; a broken one is an error only where it may have one and nothing else counts. */
export async function readPackage(file: string, shown: Shown, isNeeded: boolean): Promise<ReadConfig | null> {
  const name = shown(file)
  let data: unknown
  let text = ''
  try {
    text = shown.open?.(file) ?? textOf(file, name)
    if (!text.includes(`"${packageKey}"`)) return null
    data = JSON.parse(text)
  } catch {
    const broken = isNeeded && text !== '' ? await parse(file, name, text, true) : null
    return broken?.config === undefined ? null : broken
  }
  const hasKey = typeof data === 'object' && data !== null && Object.hasOwn(data, packageKey)
  return hasKey ? parse(file, name, text, true) : null
}

/** A file that somebody names; `where` says who, before what is wrong with it. */
export async function readNamed(file: string, shown: Shown, where: string): Promise<ReadConfig> {
  if (/\.(?:[cm]?[jt]s|ya?ml|toml)$/i.test(file)) throw new UsageError(`${where}: ${shown(file)} is no JSON file`, `By default ${readFrom}.`)
  if (basename(file) !== 'package.json') return readConfig(file, shown)
  const found = await readPackage(file, shown, true)
  if (!found) throw new UsageError(`${where}: ${shown(file)} has no "${packageKey}" key`)
  return found
}

export const readFrom = `config is read from ${configName} or the "${packageKey}" key of package.json`

export function textOf(file: string, name: string): string {
  const text = namedText(file, name, mostBytes)
  if (text === null) throw new UsageError(`${name} does not exist`)
  return text
}

/** package.json is plain JSON and the config a part of it; ours may have comments and trailing commas. */
async function parse(file: string, name: string, text: string, isPackage: boolean): Promise<ReadConfig> {
  const { findNodeAtLocation, getNodeValue, parseTree, printParseErrorCode } = await import('jsonc-parser')
  const { position } = lineMap(text)
  const at = (offset: number): string => {
    const { line, column } = position(offset)
    return `${name}:${line}:${column}`
  }
  const errors: ParseError[] = []
  const prefix = isPackage ? [packageKey] : []
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
      config: node && getNodeValue(node), file, length: text.length,
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
