// The output formats. A reporter turns a result into text: it never prints, sorts or filters.
import type { Finding, Rule } from '../rule.ts'

export interface LintResult {
  /** Of cachemiss. */
  readonly version: string
  readonly rules: readonly Rule[]
  readonly files: readonly { readonly path: string; readonly text: string; readonly findings: readonly Finding[] }[]
}
/** `docs` gives the address of a rule's page, `help` its Markdown. */
export interface Style { readonly color: boolean; docs(rule: string): string; help(rule: string): string }
export type Reporter = (result: LintResult, style: Style) => string
