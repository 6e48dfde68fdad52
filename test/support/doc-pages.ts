// The documentation as data: pages, their code fences, headings and links. Knows as much Markdown as these pages use.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../', import.meta.url))
export const textOf = (page: string): string => readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8')

/** Paths from the root of the repository. */
export const docPages: readonly string[] = (existsSync(`${root}docs`) ? readdirSync(`${root}docs`) : []).filter(name => name.endsWith('.md')).sort().map(name => `docs/${name}`)

export interface Fence {
  readonly language: string
  /** What stands after the language. */
  readonly attributes: string
  /** Without the indentation of the fence itself. */
  readonly text: string
  /** 1-based, of the line that opens it. */
  readonly line: number
}

/** Lines of a page; of a fence: its opening line, and the 0-based index of the line that closes it. */
interface Block { readonly fence: Fence; readonly first: number; readonly last: number; readonly indent: string }

function blocksOf(text: string): readonly Block[] {
  const lines = text.split('\n')
  const blocks: Block[] = []
  for (let first = 0; first < lines.length; first++) {
    const [, indent, ticks, language, attributes] = /^( *)(`{3,})([\w-]*)[ \t]*(.*)$/.exec(lines[first]!) ?? []
    if (indent === undefined || ticks === undefined) continue
    const last = lines.findIndex((line, index) => index > first && line.trim() === ticks)
    if (last === -1) throw new Error(`line ${first + 1}: the fence is not closed`)
    const body = lines.slice(first + 1, last).map(line => line.startsWith(indent) ? line.slice(indent.length) : line.trimStart())
    blocks.push({ fence: { language: language!, attributes: attributes!.trim(), text: body.map(line => `${line}\n`).join(''), line: first + 1 }, first, last, indent })
    first = last
  }
  return blocks
}

export const fencesOf = (text: string): readonly Fence[] => blocksOf(text).map(({ fence }) => fence)

/** The page with the texts of fences written anew; `null` leaves one as it is. */
export async function withFences(text: string, rewrite: (fence: Fence) => Promise<string | null>): Promise<string> {
  const lines = text.split('\n')
  const parts: string[] = []
  let from = 0
  for (const { fence, first, last, indent } of blocksOf(text)) {
    const written = await rewrite(fence)
    const body = written === null ? lines.slice(first + 1, last) : written.replace(/\n$/, '').split('\n').map(line => line === '' ? '' : indent + line)
    parts.push(...lines.slice(from, first + 1), ...body)
    from = last
  }
  return [...parts, ...lines.slice(from)].join('\n')
}

/** The page with its fences blanked, line by line. */
export function proseOf(text: string): string {
  const lines = text.split('\n')
  for (const { first, last } of blocksOf(text)) lines.fill('', first, last + 1)
  return lines.join('\n')
}

/** The anchors GitHub makes of headings, and those written as such. */
export function anchorsOf(text: string): ReadonlySet<string> {
  const seen = new Map<string, number>()
  const anchors = new Set<string>()
  for (const [, title] of proseOf(text).matchAll(/^#{1,6} +(.+?)(?: +#+)?$/gm)) {
    const plain = title!.replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase().replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '').replace(/ /g, '-')
    const count = seen.get(plain) ?? 0
    seen.set(plain, count + 1)
    anchors.add(count === 0 ? plain : `${plain}-${count}`)
  }
  for (const [, id] of proseOf(text).matchAll(/<a (?:id|name)="([^"]+)"/g)) anchors.add(id!)
  return anchors
}

export interface Link { readonly target: string; readonly line: number }
export function linksOf(text: string): readonly Link[] {
  const prose = proseOf(text).replace(/`+[^`\n]*`+/g, code => ' '.repeat(code.length))
  return prose.split('\n').flatMap((line, index) => [...line.matchAll(/\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)|(?:href|src)="([^"]+)"|^\[[^\]]+\]: +(\S+)/g)]
    .map(([, inline, html, reference]) => ({ target: (inline ?? html ?? reference)!, line: index + 1 })))
}

/** Code in running text. */
export const codeSpansOf = (text: string): readonly { readonly code: string; readonly line: number }[] =>
  proseOf(text).split('\n').flatMap((line, index) => [...line.matchAll(/(`+)(.+?)\1/g)].map(([, , code]) => ({ code: code!.trim(), line: index + 1 })))
