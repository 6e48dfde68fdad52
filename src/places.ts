// Where a finding stands: in which instruction of which stage. From that follow what a suppression comment covers
// and the key by which a baseline knows the finding again.
import type { Build } from './model/build.ts'
import type { Finding } from './rule.ts'
import type { Syntax } from './syntax/parse.ts'

export interface Places {
  /** Index of the instruction a finding begins in; null outside of any and in the ignore file. */
  instruction(finding: Unkeyed): number | null
  /** What a finding is about, whatever the line it stands on. */
  subject(finding: Unkeyed): string
}
export type Unkeyed = Omit<Finding, 'key'>

/** Long enough to tell instructions apart, short enough for thousands of findings in one of a megabyte. */
const longestSubject = 200

/** `build` is null where the syntax allowed none; `ignoreText` is the text of the ignore file. */
export function placesOf(syntax: Syntax, path: string, build: Build | null, ignoreText: string): Places {
  const labels = stageLabels(syntax, build)
  const subjects = new Map<number, string>()
  const instruction = ({ path: place, span }: Unkeyed): number | null => (place === path ? instructionAt(syntax, span.start) : null)
  const subjectOf = (index: number): string => {
    const known = subjects.get(index)
    if (known !== undefined) return known
    const subject = `${labels[index]!} | ${normalised(syntax.instructions[index]!.text)}`
    subjects.set(index, subject)
    return subject
  }
  return {
    instruction,
    subject(finding) {
      const index = instruction(finding)
      if (index !== null) return subjectOf(index)
      const { path: place, span } = finding
      return ` | ${normalised((place === path ? syntax.text : ignoreText).slice(span.start, Math.min(span.end, span.start + longestSubject)))}`
    },
  }
}

/** Keys: rule, stage, instruction and the ordinal among equals, in the order given. */
export function withKeys(findings: readonly Unkeyed[], places: Places): readonly Finding[] {
  const counts = new Map<string, number>()
  return findings.map(finding => {
    const stem = `${finding.rule} | ${places.subject(finding)}`
    const ordinal = (counts.get(stem) ?? 0) + 1
    counts.set(stem, ordinal)
    return { ...finding, key: `${stem} | ${ordinal}` }
  })
}

/** However it is spread over lines: white space and continuations count as one space, before anything is cut. */
const normalised = (text: string): string => text.slice(0, 10 * longestSubject).replace(/(?:\s|[\\`][ \t]*\r?\n)+/g, ' ').trim().slice(0, longestSubject)

/** The stage each instruction stands in; empty above the first FROM. */
function stageLabels(syntax: Syntax, build: Build | null): readonly string[] {
  let stage = -1
  return syntax.instructions.map(({ keyword }) => {
    if (keyword === 'FROM') stage++
    return build?.stages[stage]?.label ?? ''
  })
}

function instructionAt({ instructions }: Syntax, offset: number): number | null {
  let low = 0
  let high = instructions.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (instructions[middle]!.span.start <= offset) low = middle + 1
    else high = middle
  }
  const index = low - 1
  return index >= 0 && offset <= instructions[index]!.span.end ? index : null
}
