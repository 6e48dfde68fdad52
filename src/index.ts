// The public entry, and the only place where engine and built-in rules meet. Pure: the same in Node, a worker or a browser.
import { rules } from '../rules/index.ts'
import { resolveConfig } from './config.ts'
import { UsageError } from './errors.ts'
import { fix as fixWith, type FixOptions, type FixResult } from './fix.ts'
import { examine as examineWith, lint as lintWith, type Examined, type Input } from './lint.ts'
import type { Build } from './model/build.ts'
import { toBuild } from './model/to-build.ts'
import type { ActiveRule, Finding } from './rule.ts'
import { optimize as optimizeWith, type Optimized, type OptimizeOptions } from './optimize.ts'
import { parse } from './syntax/parse.ts'
import { lineMap } from './text.ts'

export { rules } from '../rules/index.ts'
export { accepting, sift } from './baseline.ts'
export { compare } from './cache/compare.ts'
export { rebuild } from './cache/rebuild.ts'
export { configResolver, parseRuleOverrides, resolveConfig } from './config.ts'
export { isExtendable, isPackageName, isRuleId, pluginsOf, presets as configPresets } from './config-problems.ts'
export { contextEvidence, contextHints, statedContext } from './facts/context-evidence.ts'
export { isManifestName } from './facts/manifest-names.ts'
export { UsageError } from './errors.ts'
export { applied as applyFixes } from './fix.ts'
export { hoverAt } from './hover.ts'
export { ignoreComment } from './ignore-comments.ts'
export { goPattern, isWildcard } from './model/globs.ts'
export { openContext } from './model/context.ts'
export { nearest } from './nearest.ts'
export { causeInWords, explainChange } from './why.ts'
export { reporters } from './reporters/index.ts'
export { ndjsonLines } from './reporters/ndjson.ts'
export { azureIssues } from './reporters/azure.ts'
export { json as safeJson, uri, visible } from './reporters/escape.ts'
export { githubAnnotations } from './reporters/github.ts'
export { defineRule } from './rule.ts'
export type { AcceptedFindings, Sifted } from './baseline.ts'
export type * from './cache/compare.ts'
export type { Change, Rebuild } from './cache/rebuild.ts'
export type { Config, ConfigOptions, ConfigSource, ExtendedConfig, FailOn, ResolvedConfig, RuleSetting, RuleSettings, Settings } from './config.ts'
export type { AppliedFix, FixOptions, FixResult, RefusedFix } from './fix.ts'
export type { ChangeKind, ExpectedCost } from './facts/change-kinds.ts'
export type { Improvement, Optimized, OptimizeOptions } from './optimize.ts'
export type { Examined, Input, Surroundings } from './lint.ts'
export type * from './model/build.ts'
export type { Command } from './syntax/shell.ts'
export type { LintedFile, LintResult, Reporter, ReporterName, SourceText, Style } from './reporters/index.ts'
export type * from './rule.ts'
export type { ChangedBuild, FileChange, TextPair } from './why.ts'
export type { LineMap, Position, Span, TextEdit } from './text.ts'

/** The findings in one Dockerfile, by place; without `active` those of the built-in rules that are on by default. */
export function lint(input: Input, active: readonly ActiveRule[] = resolveConfig(rules, {}).rules): readonly Finding[] {
  return lintWith(input, active, idsOf(active))
}

/** The same with the model it was found in, and with what a finding was before those that one edit mends became one. */
export function examine(input: Input, active: readonly ActiveRule[] = resolveConfig(rules, {}).rules): Examined {
  return examineWith(input, active, idsOf(active))
}

/** One Dockerfile with the fixes of its findings: the safe ones, unless `options` say otherwise. Writes nothing. */
export function fix(input: Input, active: readonly ActiveRule[] = resolveConfig(rules, {}).rules, options: FixOptions = {}): FixResult {
  return fixWith(input, active, options, idsOf(active))
}

/** The spelling of one Dockerfile that is cheapest to build again, as far as the model and the fixes know; null where the text has syntax errors. */
export function optimize(input: Input, active: readonly ActiveRule[] = resolveConfig(rules, {}).rules, options: OptimizeOptions = {}): Optimized | null {
  return optimizeWith(input, active, options, idsOf(active))
}

const idsOf = (active: readonly ActiveRule[]): readonly string[] => [...rules, ...active.map(({ rule }) => rule)].map(({ id }) => id)

/** The model that rules read. Throws a UsageError where BuildKit's parser would refuse the text. */
export function parseBuild(text: string, path = 'Dockerfile'): Build {
  const syntax = parse(text)
  const [problem] = syntax.problems
  if (!problem) return toBuild(syntax, { path })
  const { line, column } = lineMap(text).position(problem.span.start)
  throw new UsageError(`${path}:${line}:${column}: ${problem.message}`)
}
