// What a rule is, what it may say, and what the engine makes of it. Plain data and one pure function.
import type { Build } from './model/build.ts'
import type { Span, TextEdit } from './text.ts'
import type { Cost } from './cache/cost.ts'

export type Severity = 'error' | 'warning' | 'info'
/** `safe` keeps the image, as far as the Dockerfile alone proves it; `suggested` says what it assumes. */
export type Safety = 'safe' | 'suggested'
/** Families A to H of the rule catalogue; : what the engine itself reports. */
export type Category = 'engine' | 'order' | 'stale' | 'layers' | 'context' | 'buildkit' | 'pinning' | 'ci' | 'log'

export type OptionSpec =
  | { readonly type: 'boolean'; readonly default: boolean; readonly doc: string }
  | { readonly type: 'number'; readonly default: number; readonly doc: string }
  | { readonly type: 'list'; readonly default: readonly string[]; readonly doc: string }
export type OptionSpecs = Readonly<Record<string, OptionSpec>>
type OptionValue<O extends OptionSpec> =
  O extends { type: 'boolean' } ? boolean : O extends { type: 'number' } ? number : readonly string[]
export type Options<S extends OptionSpecs = OptionSpecs> = { readonly [K in keyof S]: OptionValue<S[K]> }

export interface Rule<S extends OptionSpecs = OptionSpecs> {
  /** Equals the file name. */
  readonly id: string
  /** One line, no full stop; tables and SARIF use it. */
  readonly summary: string
  readonly category: Category
  readonly severity: Severity
  /** Off by default: only in the preset `cachemiss:all`. */
  readonly recommended?: false
  /** The best fix it can offer. */
  readonly fixable?: Safety
  readonly options?: S
  check(build: Build, options: Options<S>): Iterable<Report>
}

export interface Report {
  /** Any stage, step or command fits; `file: 'ignore'` points into the ignore file. */
  readonly at: { readonly span: Span; readonly file?: 'ignore' }
  /** One sentence that quotes the user's own text. */
  readonly message: string
  readonly related?: readonly { readonly at: { readonly span: Span }; readonly message: string }[]
  readonly cost?: Cost
  readonly fix?: Fix
  /** Why no fix is offered where the rule has one: a clause that follows "no fix:", without a full stop. */
  readonly noFix?: string
  /** Names the edit that mends it, as `mendingBy` makes it: reports of one file with the same one become one finding. */
  readonly mending?: string
  /** Said as information whatever the severity of the rule: little to gain here, or a choice that looks deliberate. */
  readonly lowered?: true
}

/**
 * The edit that mends a finding, by what it does and where: `move` an instruction, `merge` a RUN into the one above, `rewrite` an
 * instruction (its flags or sources), `cache` (what a command stores in its cache), `clean` (what a step should remove),
 * `ignore-file` (lines to add to it: one place for the whole file), `split` a RUN.
 */
export const mendingBy = (edit: 'move' | 'merge' | 'rewrite' | 'cache' | 'clean' | 'split', { span }: { readonly span: Span }): string => `${edit} ${span.start}`
export const IGNORE_FILE = 'ignore-file'

export interface Fix {
  /** An imperative. */
  readonly title: string
  readonly safety: Safety
  /** Of a suggested fix: what it takes for granted, a clause that follows "assumes", without a full stop. */
  readonly assumes?: string
  /** Of the Dockerfile. */
  readonly edits: readonly TextEdit[]
  /** Of the ignore file, which must be there. */
  readonly ignoreEdits?: readonly TextEdit[]
  /** To append to the ignore file, which is created when there is none. */
  readonly ignoreLines?: readonly string[]
  /** Globs of image paths that go away: package lists, caches, logs. */
  readonly drops?: readonly string[]
  /** Context files whose change is meant to run more than before: what an install should have read and was not given. */
  readonly reruns?: readonly string[]
}

/** A stamped report as plain data: spans instead of model nodes, so it survives JSON and worker boundaries. */
export interface Finding {
  readonly rule: string
  readonly severity: Severity
  /** The file it points into: the Dockerfile, or its ignore file. */
  readonly path: string
  readonly span: Span
  readonly message: string
  readonly related: readonly { readonly span: Span; readonly message: string }[]
  readonly cost: Cost | null
  readonly fix: Fix | null
  /** Why no fix is offered; null where there is one, and where the rule never has one. */
  readonly noFix: string | null
  /** Rule, stage name, normalised instruction, ordinal among equals: for baselines and fingerprints, never a line number. */
  readonly key: string
}

/** A rule with what the config made of it. */
export interface ActiveRule { readonly rule: Rule; readonly severity: Severity; readonly options: Options }

/** Checks a rule's shape at compile time and keeps the types of its options. */
export const defineRule = <const S extends OptionSpecs = Record<never, never>>(rule: Rule<S>): Rule<S> => rule
