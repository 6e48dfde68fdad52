// The output formats. A reporter turns a result into text: it never prints, sorts or filters.
import type { Finding, Fix, Rule } from '../rule.ts'
import { reportCheckstyle } from './checkstyle.ts'
import { reportCompact } from './compact.ts'
import { reportGithub } from './github.ts'
import { reportGitlab } from './gitlab.ts'
import { reportHtml } from './html.ts'
import { reportJson } from './json.ts'
import { reportJunit } from './junit.ts'
import { reportMarkdown } from './markdown.ts'
import { reportNdjson } from './ndjson.ts'
import { reportRdjson } from './rdjson.ts'
import { reportSarif } from './sarif.ts'
import { reportSonarqube } from './sonarqube.ts'
import { reportText } from './text.ts'

export interface SourceText { readonly path: string; readonly text: string }
/** A linted file. Its findings may point into the ignore file, which is then given here so that they can be shown. */
export interface LintedFile extends SourceText {
  readonly ignoreFile?: SourceText
  readonly findings: readonly Finding[]
  /** What was fixed; text and findings are then those after it. */
  readonly applied?: readonly Applied[]
}
/** A fix and the finding that it mended. */
export interface Applied { readonly rule: string; readonly message: string; readonly fix: Fix }
/** `before` is null for a file that was not there. */
export interface ChangedFile extends SourceText { readonly before: string | null }
/** What fixing did to the files. */
export interface Fixed {
  /** Nothing was written. */
  readonly isDryRun: boolean
  /** Dockerfiles and ignore files. */
  readonly changed: readonly ChangedFile[]
}
export interface LintResult {
  /** Of cachemiss. */
  readonly version: string
  readonly rules: readonly Rule[]
  /** Paths are relative to the root of the repository, else to the current folder. */
  readonly files: readonly LintedFile[]
  /** Only where fixing was asked for. */
  readonly fixed?: Fixed
  /** How many findings a baseline left out; only where there is one. */
  readonly baselined?: number
  /** Warnings and information that --quiet left out. */
  readonly hidden?: number
}

export interface Style {
  readonly color: boolean
  /** Rule names link to their page (OSC 8); only for terminals that are known to support it. */
  readonly links?: boolean
  /** Draw with ASCII only; the input's own characters stay. */
  readonly ascii?: boolean
  /** Columns of the terminal; code lines are cut to it. */
  readonly width?: number
  /** Bytes of UTF-8 that the place takes; only `markdown` heeds it, and leaves out whole findings. */
  readonly limit?: number
  /** The address of lines of a file; only `markdown` links them. */
  place?(path: string, line: number, endLine: number): string
  /** The address of a rule's page. */
  docs(rule: string): string
  /** A rule's page in Markdown. */
  help(rule: string): string
}
export type Reporter = (result: LintResult, style: Style) => string

export type ReporterName = 'text' | 'json' | 'sarif' | 'github' | 'gitlab' | 'checkstyle' | 'junit' | 'rdjson' | 'sonarqube' | 'markdown' | 'html' | 'compact' | 'ndjson'
/** By the name that `--format` takes. */
export const reporters: Readonly<Record<ReporterName, Reporter>> = {
  text: reportText, json: reportJson, sarif: reportSarif, github: reportGithub, gitlab: reportGitlab, checkstyle: reportCheckstyle, junit: reportJunit,
  rdjson: reportRdjson, sonarqube: reportSonarqube, markdown: reportMarkdown, html: reportHtml, compact: reportCompact, ndjson: reportNdjson,
}
