// The rules of a SARIF run: those of the result, and whatever else a finding names.
import type { MultiformatMessageString, ReportingDescriptor } from 'sarif'
import type { Rule, Severity } from '../rule.ts'
import { visibleLines } from './escape.ts'
import type { LintResult, Style } from './index.ts'

/** SARIF's words, and GitHub's for `problem.severity`. */
export const levels = { error: 'error', warning: 'warning', info: 'note' } as const satisfies Record<Severity, string>
const problemSeverities = { error: 'error', warning: 'warning', info: 'recommendation' } as const satisfies Record<Severity, string>

// GitHub rejects files that exceed these.
const nameLimit = 255
const descriptionLimit = 1024

type Described = Pick<Rule, 'id' | 'summary' | 'severity'> & Partial<Pick<Rule, 'category' | 'recommended'>>

/** By id, so that the file is the same whatever the order of the config. */
export function ruleDescriptors(result: LintResult, style: Style): readonly ReportingDescriptor[] {
  const described = new Map<string, Described>(result.rules.map(rule => [rule.id, rule]))
  for (const { rule: id, severity } of result.files.flatMap(file => file.findings)) {
    if (!described.has(id)) described.set(id, { id, summary: inWords(id), severity })
  }
  return [...described.values()].sort((a, b) => a.id < b.id ? -1 : 1).map(rule => descriptor(rule, style))
}

function descriptor({ id, summary, severity, category, recommended }: Described, style: Style): ReportingDescriptor {
  const page = style.help(id).trim()
  const address = style.docs(id)
  return {
    id,
    name: cut(id.replace(/(?:^|[^a-z0-9]+)([a-z0-9]?)/gi, (_, first: string) => first.toUpperCase()) || id, nameLimit),
    shortDescription: { text: cut(summary, descriptionLimit) },
    fullDescription: { text: cut(opening(page) ?? `${summary}.`, descriptionLimit) },
    help: help(page, `${summary}.${address === '' ? '' : ` See ${address}`}`),
    ...(address === '' ? {} : { helpUri: address }),
    defaultConfiguration: { level: levels[severity] },
    // No `security-severity`: it would turn every finding into a security alert.
    properties: {
      tags: ['build-cache', ...category === undefined ? [] : [category]],
      precision: recommended === false ? 'medium' : 'high',
      'problem.severity': problemSeverities[severity],
    },
  }
}

/** GitHub shows the Markdown and requires the text; an empty Markdown counts as missing. */
const help = (page: string, text: string): MultiformatMessageString => page === '' ? { text } : { text, markdown: page }

/** The first paragraph of "What it does". */
const opening = (page: string): string | undefined => /^#+ What it does\s+((?:(?!#)\S.*\n?)+)/m.exec(page)?.[1]?.trim().replace(/\s*\n\s*/g, ' ')

/** A rule that came without metadata, as when a library user lints with none: its id says what it finds. */
const inWords = (id: string): string => id.replaceAll('-', ' ').replace(/^./u, first => first.toUpperCase())

const cut = (text: string, limit: number): string => {
  const shown = visibleLines(text).join('\n')
  return shown.length <= limit ? shown : `${shown.slice(0, limit - 1).replace(/[\ud800-\udbff]$/, '')}…`
}
