// The consumers' side, after their documentation and source: what GitHub's runner and Azure's agent read in a log, and XML parsers in a file.
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { expect } from 'vitest'

export interface Command { readonly name: string; readonly properties: Readonly<Record<string, string>>; readonly data: string }

const propertiesOf = (list: string, separator: string, decode: (text: string) => string): Readonly<Record<string, string>> =>
  Object.fromEntries(list.split(separator).filter(pair => pair !== '').map(pair => [pair.slice(0, pair.indexOf('=')), decode(pair.slice(pair.indexOf('=') + 1))]))

/** In the order of the codes, as the runner does it: `%` comes last. */
const decoded = (text: string, codes: readonly (readonly [code: string, char: string])[]): string => codes.reduce((done, [code, char]) => done.replaceAll(code, char), text)
const lineEnds = [['%0D', '\r'], ['%0A', '\n']] as const

/** The commands of actions/runner, ActionCommand.TryParseV2. */
export const githubCommands = (log: string): readonly Command[] => log.split('\n').flatMap(line => {
  const [, info, data] = /^\s*::(.*?)::(.*)$/s.exec(line) ?? []
  if (info === undefined || data === undefined) return []
  const [, name = '', list = ''] = /^([^ ]*) ?(.*)$/s.exec(info)!
  return [{ name, properties: propertiesOf(list, ',', text => decoded(text, [...lineEnds, ['%3A', ':'], ['%2C', ','], ['%25', '%']])), data: decoded(data, [...lineEnds, ['%25', '%']]) }]
})

/** The commands of azure-pipelines-agent, Command.TryParse. */
export const azureCommands = (log: string): readonly Command[] => log.split('\n').flatMap(line => {
  const [, name, list = '', data] = /##vso\[([^ \]]*) ?([^\]]*)\](.*)$/s.exec(line) ?? []
  const decode = (text: string): string => decoded(text, [['%3B', ';'], ...lineEnds, ['%5D', ']'], ['%AZP25', '%']])
  return name === undefined ? [] : [{ name, properties: propertiesOf(list, ';', decode), data: decode(data!) }]
})

/** What any runner could obey: nothing of this may come from the input. */
export const obeyed = /^\s*::|##\[|##vso\[/m

export interface Element { readonly name: string; readonly attributes: Readonly<Record<string, string>>; readonly children: readonly Element[]; readonly text: string }
type Node = Readonly<Record<string, unknown>>

/** The root of a document that is well formed and has only the characters of XML 1.0. */
export function xml(document: string): Element {
  expect(XMLValidator.validate(document)).toBe(true)
  expect(document).not.toMatch(/[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u)
  const options = { preserveOrder: true, ignoreAttributes: false, attributeNamePrefix: '', trimValues: false, parseTagValue: false, parseAttributeValue: false, htmlEntities: true, ignoreDeclaration: true,
    processEntities: { enabled: true, maxTotalExpansions: Infinity, maxExpandedLength: Infinity } }
  const nodes: readonly Node[] = new XMLParser(options).parse(document)
  const roots = nodes.filter(node => !('#text' in node)).map(elementOf)
  expect(roots).toHaveLength(1)
  return roots[0]!
}

function elementOf(node: Node): Element {
  const name = Object.keys(node).find(key => key !== ':@')!
  const inner = node[name] as readonly Node[]
  return {
    name,
    attributes: (node[':@'] ?? {}) as Element['attributes'],
    children: inner.filter(child => !('#text' in child)).map(elementOf),
    text: inner.map(child => ('#text' in child ? String(child['#text']) : '')).join(''),
  }
}
