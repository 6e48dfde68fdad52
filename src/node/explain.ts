// `explain`: the page of a rule in the terminal, or without a name the list of all rules.
import { parseArgs } from 'node:util'
import { UsageError, nearest, visible } from '../index.ts'
import type { Rule } from '../index.ts'
import { lookOf, visibleText } from './io.ts'
import type { Io } from './io.ts'
import { knownRules } from './plugins.ts'

interface Page { readonly width: number; heading(text: string): string }

const widest = 100
const OPTIONS = { 'allow-plugins': { type: 'boolean' }, 'no-color': { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const
const EXPLAIN_HELP = `Usage: cachemiss explain [RULE…]

Shows the page of a rule: what it reports, why it matters and when not to use it.
Without a name, the list of all rules.

  --allow-plugins          those of the plugins that the config lists too
  --no-color               plain text
`

/** The exit code. Rejects with a UsageError. */
export async function explain(args: readonly string[], io: Io): Promise<number> {
  const { tokens } = parseArgs({ args: [...args], options: OPTIONS, strict: false, allowPositionals: true, tokens: true })
  const given = tokens.flatMap(token => token.kind === 'option' ? [token] : [])
  const unknown = given.find(({ name }) => !Object.hasOwn(OPTIONS, name))
  if (unknown) throw new UsageError(`explain: unknown option ${unknown.rawName}`, 'Write cachemiss explain [RULE].')
  if (given.some(({ name }) => name === 'help')) {
    io.stdout.write(EXPLAIN_HELP)
    return 0
  }
  const names = tokens.flatMap(token => token.kind === 'positional' ? [token.value] : [])
  const { ruleDoc } = await import('../data/docs.ts')
  const look = lookOf(io.stdout, io.env, given.some(({ name }) => name === 'no-color'))
  const width = Math.max(40, Math.min(look.width ?? 80, widest))
  const page: Page = { width, heading: text => look.color ? `\x1b[1m${text}\x1b[0m` : text }
  const { rules } = await knownRules({ cwd: io.cwd, allowPlugins: given.some(({ name }) => name === 'allow-plugins') })
  const pages = names.map(name => rendered(ruleDoc(name) ?? pageOf(name, rules), page))
  io.stdout.write(names.length === 0 ? list(rules, page) : pages.join('\n'))
  return 0
}

/** What a rule without a page says of itself. */
function pageOf(name: string, rules: readonly Rule[]): string {
  const { summary, category, severity, fixable, recommended, options = {} } = rules.find(({ id }) => id === name) ?? missing(name, rules)
  const facts = [category, severity, ...fixable ? [`fix: ${fixable}`] : [], ...recommended === false ? ['off by default'] : []]
  const specs = Object.entries(options).map(([option, spec]) => `- ${option} (${spec.type}, default ${JSON.stringify(spec.default)}): ${spec.doc}`)
  return [`## ${name}`, `${summary}. *${facts.join(' · ')}*`, ...specs.length === 0 ? [] : ['### Options', specs.join('\n')]].map(visibleText).join('\n\n')
}

function missing(name: string, rules: readonly Rule[]): never {
  const near = nearest(name, rules.map(({ id }) => id))
  throw new UsageError(`explain: no rule is called ${JSON.stringify(name)}`, near === null ? 'cachemiss explain lists them all.' : `Did you mean ${near}?`)
}

function list(rules: readonly Rule[], { width, heading }: Page): string {
  const column = Math.max(...rules.map(({ id }) => id.length))
  return rules.map(({ id, summary }) => `${heading(id.padEnd(column))}  ${hanging(visible(summary), width, column + 2)}\n`).join('')
}

/** Markdown as the pages of the rules use it: headings, fences, lists, tables and paragraphs. */
export function rendered(markdown: string, page: Page): string {
  const shown: string[] = []
  let paragraph: string[] = []
  let isFenced = false
  const flush = (): void => {
    if (paragraph.length > 0) shown.push(wrapped(paragraph.join(' '), page.width))
    paragraph = []
  }
  for (const line of markdown.trim().split('\n')) {
    const [, heading] = /^#+ (.*)$/.exec(line) ?? []
    const isFence = line.startsWith('```')
    if (isFence || isFenced || line === '' || heading !== undefined || /^(?:[-*] |\d+\. |\|)/.test(line)) flush()
    if (isFence) isFenced = !isFenced
    else if (isFenced) shown.push(line === '' ? '' : `    ${line}`)
    else if (heading !== undefined) shown.push(page.heading(plain(heading)))
    else if (line === '') shown.push('')
    else if (line.startsWith('|')) shown.push(...row(line))
    else paragraph.push(line.trim())
  }
  flush()
  return `${shown.join('\n')}\n`
}

/** A table row without its frame, and the line under its head not at all. */
const row = (line: string): readonly string[] => /^[|\s:-]+$/.test(line) ? [] : [plain(line.replace(/^\|\s*|\s*\|$/g, '').replace(/\s*(?<!\\)\|\s*/g, '  ').replaceAll('\\|', '|'))]

/** A list item hangs on its mark. */
function wrapped(text: string, width: number): string {
  const mark = /^(?:[-*]|\d+\.) /.exec(text)?.[0] ?? ''
  return mark + hanging(plain(text.slice(mark.length)), width, mark.length)
}

/** Emphasis goes, and a link becomes its text and its address. */
const plain = (text: string): string => text
  .replace(/\[([^\]]*)\]\(([^)\s]*)\)/g, (_, label: string, address: string) => address.startsWith('#') ? label : `${label} <${address}>`)
  .replace(/(?<![\w*`])(\*\*?)(?=\S)([^*`]+?)(?<=\S)\1(?![\w*])/g, '$2')

function hanging(text: string, width: number, indent: number): string {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && indent + last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines.join(`\n${' '.repeat(indent)}`)
}
