// The rule files with their documentation: the block comment above `export default`, taken apart.
import { readFileSync, readdirSync } from 'node:fs'
import type { Rule } from '../../src/rule.ts'
import type { File } from './input.ts'

export interface DocumentedRule {
  /** Of the file. */
  readonly id: string
  readonly rule: Rule
  readonly source: string
  readonly sections: readonly Section[]
}
export interface Section { readonly heading: string; readonly body: string }
/** A Dockerfile in the documentation, with the files that the fences after it state. */
export interface Example { readonly code: string; readonly path?: string; readonly files?: Readonly<Record<string, File>>; readonly ignore?: string }

export const headings = ['What it does', 'Why it matters', 'Bad', 'Good', 'When not to use it', 'Cost model', 'Fix safety'] as const

const folder = new URL('../../rules/', import.meta.url)
export const ruleIds = (): readonly string[] =>
  readdirSync(folder).filter(name => name.endsWith('.ts') && name !== 'index.ts').map(name => name.slice(0, -3)).sort()

/** Every rule file there is, whether `rules/index.ts` knows it yet or not. */
export const documentedRules = (): Promise<readonly DocumentedRule[]> => Promise.all(ruleIds().map(async id => {
  const url = new URL(`${id}.ts`, folder)
  const source = readFileSync(url, 'utf8')
  const { default: rule } = await import(url.href) as { readonly default: Rule }
  return { id, rule, source, sections: sectionsOf(docComment(source)) }
}))

/** The Markdown in the block comment right above `export default`; empty when there is none. */
export function docComment(source: string): string {
  const above = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*export default\b/.exec(source)
  return above === null ? '' : above[1]!.split('\n').map(line => line.replace(/^\s*\* ?/, '')).join('\n').trim()
}

/** Split at `## ` headings outside fences. */
export function sectionsOf(markdown: string): readonly Section[] {
  const sections: { heading: string; readonly lines: string[] }[] = []
  let fenced = false
  for (const line of markdown.split('\n')) {
    if (line.startsWith('```')) fenced = !fenced
    if (!fenced && line.startsWith('## ')) sections.push({ heading: line.slice(3).trim(), lines: [] })
    else sections.at(-1)?.lines.push(line)
  }
  return sections.map(({ heading, lines }) => ({ heading, body: lines.join('\n').trim() }))
}

/**
 * The example of a section: its `dockerfile` fence, which may name a path, and what the fences after it add. `dockerignore` holds the ignore
 * file, `files` lists paths of the build context, each with its size or mode if that matters, `file PATH` holds the content of one.
 */
export function exampleOf(section: Section): Example {
  const fences = [...section.body.matchAll(/^```(.*)\n([^]*?)^```$/gm)].map(([, info, text]) => ({ info: info!.trim(), text: text! }))
  const [code, ...others] = fences.filter(({ info }) => /^dockerfile(?: |$)/.test(info))
  if (code === undefined || others.length > 0) throw new Error(`"${section.heading}" must hold exactly one dockerfile fence`)
  const ignore = fences.find(({ info }) => info === 'dockerignore')?.text
  const listed = fences.filter(({ info }) => info === 'files').flatMap(({ text }) => text.split('\n').filter(line => line !== '').map(fileOf))
  const contents = fences.filter(({ info }) => info.startsWith('file ')).map(({ info, text }): [string, string] => [info.slice(5).trim(), text])
  const files = [...listed, ...contents]
  const path = code.info.slice('dockerfile '.length).trim()
  return { code: code.text, ...(path !== '' && { path }), ...(files.length > 0 && { files: Object.fromEntries(files) }), ...(ignore !== undefined && { ignore }) }
}

/** `dump.sql 52000000` has a size, `run.sh 0775` a mode. */
function fileOf(line: string): [string, File] {
  const [, path = line, value] = /^(.*?) (\d+)$/.exec(line) ?? []
  return [path, value === undefined ? '' : value.startsWith('0') ? { mode: parseInt(value, 8) } : { size: Number(value) }]
}

/** The two examples. Files stated for Bad count for Good as well, where they are not stated anew. */
export function examplesOf({ sections }: DocumentedRule): { readonly bad: Example; readonly good: Example } {
  const find = (heading: string): Section => sections.find(section => section.heading === heading) ?? { heading, body: '' }
  const bad = exampleOf(find('Bad'))
  const good = exampleOf(find('Good'))
  const files = { ...bad.files, ...good.files }
  return { bad, good: { ...bad, ...good, ...(Object.keys(files).length > 0 && { files }) } }
}
