// What a run has found, gathered file by file: what of it is reported, what fails the run, and how much it is. Where somebody takes
// the files as they come, they are not kept, so that memory does not grow with their number.
import { nearest } from '../index.ts'
import type { FailOn, Finding, LintedFile, Severity } from '../index.ts'
import type { Baseline } from './baseline-file.ts'
import { problemOf } from './lint-one.ts'
import type { Linted } from './lint-one.ts'
import type { Problem } from './run.ts'

/** Of linted files and of what is reported of them. */
export interface Totals { readonly files: number; readonly errors: number; readonly warnings: number; readonly infos: number }

export interface GatherOptions {
  /** A fix of a later file may change what is to be said of an earlier one. */
  readonly isFixing: boolean
  readonly keepsFiles: boolean
  readonly onLinted?: ((file: LintedFile) => void) | undefined
  readonly baseline: Baseline | null
  /** The stage that was asked for. */
  readonly target: string | undefined
}
export interface Gathered {
  readonly files: readonly LintedFile[]
  readonly problems: readonly Problem[]
  readonly hasFailed: boolean
  readonly totals: Totals
  /** Findings that the baseline covers, where there is one, and those that it covers in vain. */
  readonly baselined?: number
  readonly stale: number
}
export interface Gathering { add(one: Linted): void; end(): Gathered }

export function gathering(options: GatherOptions): Gathering {
  const { isFixing, target, baseline } = options
  const state: GatheredState = { files: [], problems: [], told: new Set(), toldAccepted: new Set(), hasFailed: false, totals: { files: 0, error: 0, warning: 0, info: 0 }, baselined: 0, stale: 0 }
  const waiting: Linted[] = []
  const names = new Set<string>()
  let isTargetKnown = false
  return {
    add(one) {
      if (one.problem) state.problems.push(one.problem)
      if (one.file === null) return
      for (const name of one.stages ?? []) names.add(name)
      isTargetKnown ||= one.stages === null
      if (isFixing) waiting.push(one)
      else finish(one, one.file, options, state)
    },
    end() {
      for (const one of waiting) {
        try {
          finish(one, one.again?.() ?? one.file!, options, state)
        } catch (error) {
          state.problems.push(problemOf(error, one.path))
        }
      }
      const { totals: { files, error: errors, warning: warnings, info: infos }, hasFailed, baselined, stale } = state
      if (target !== undefined && files > 0 && !isTargetKnown) state.problems.push(...missingTarget(target, names))
      return { files: state.files, problems: state.problems, hasFailed, totals: { files, errors, warnings, infos }, ...baseline && { baselined }, stale }
    },
  }
}

interface GatheredState {
  readonly files: LintedFile[]
  readonly problems: Problem[]
  /** What was said of ignore files, and what was accepted there. */
  readonly told: Set<string>
  readonly toldAccepted: Set<string>
  readonly totals: Record<Severity | 'files', number>
  hasFailed: boolean
  baselined: number
  stale: number
}

function finish({ place, failOn }: Linted, linted: LintedFile, { baseline, keepsFiles, onLinted }: GatherOptions, state: GatheredState): void {
  const sifted = place === null ? null : baseline?.take(place, linted.findings)
  if (sifted) {
    state.baselined += toldOnce(linted.path, sifted.accepted, state.toldAccepted).length
    state.stale += sifted.stale
  }
  const findings = toldOnce(linted.path, sifted?.kept ?? linted.findings, state.told)
  const file = findings.length === linted.findings.length ? linted : { ...linted, findings }
  // Who updates it wants it written, whatever is left.
  if (!baseline?.write) state.hasFailed ||= findings.some(({ severity }) => reaches(severity, failOn))
  state.totals.files++
  for (const { severity } of findings) state.totals[severity]++
  onLinted?.(file)
  if (keepsFiles) state.files.push(file)
}

/** Several Dockerfiles may share an ignore file: what is said of it is said at the first of them. */
function toldOnce(dockerfile: string, findings: readonly Finding[], told: Set<string>): readonly Finding[] {
  return findings.filter(({ path, rule, severity, span, message }) => {
    if (path === dockerfile) return true
    const key = JSON.stringify([path, rule, severity, span.start, span.end, message])
    return !told.has(key) && told.add(key)
  })
}

/** Of several Dockerfiles not all need to have the stage; where none has it, it was mistyped. */
function missingTarget(target: string, names: ReadonlySet<string>): readonly Problem[] {
  if (names.has(target.toLowerCase())) return []
  const near = nearest(target, names)
  return [{ path: null, message: `no stage is called ${JSON.stringify(target)}${near === null ? '' : `; did you mean ${near}?`}` }]
}

const ranks: Readonly<Record<FailOn, number>> = { info: 0, warning: 1, error: 2, never: 3 }
const reaches = (severity: Severity, failOn: FailOn): boolean => ranks[severity] >= ranks[failOn]
