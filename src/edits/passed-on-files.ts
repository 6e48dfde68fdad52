// The fix that takes files from the context which another stage only passes on.
import { listed, quoted } from '../facts/instruction-text.ts'
import { lineOf } from '../facts/lines.ts'
import { ownerOrModeOf } from '../facts/passed-on-files.ts'
import type { StageWait } from '../facts/stage-waits.ts'
import { baseName } from '../model/paths.ts'
import type { Build } from '../model/build.ts'
import type { Report } from '../rule.ts'
import type { TextEdit } from '../text.ts'
import { withoutWord } from './instructions.ts'

/** A suggested fix, or why there is none. */
export function fromContext(build: Build, { origins, from, files }: StageWait): Pick<Report, 'fix' | 'noFix'> {
  const paths = origins.flatMap(origin => origin.paths)
  // Without the context, only what the other stage itself takes by name is certain to be there.
  const missing = paths.find(path => (/[*?[]/.test(path) ? build.context.files() === 'unknown' : build.context.has(path) !== true && !isNamed(from, path)))
  if (missing !== undefined) return { noFix: `nobody can tell whether ${missing} lies in the context` }
  const changed = ownerOrModeOf(origins.map(({ copy }) => copy), from)
  if (changed) return { noFix: `"${quoted(changed, 40)}" (line ${lineOf(build, changed.span)}) gives the files another owner or mode` }
  const edits: TextEdit[] = []
  for (const { copy, paths: own } of origins) {
    const flag = copy.flags.find(({ name }) => name === 'from')
    const renamed = copy.sources.find((source, at) => baseName(source) !== baseName(own[at]!) || /[\s"'$\\]/.test(own[at]!))
    if (!flag || renamed !== undefined || copy.sourceSpans.length !== own.length) return { noFix: `${renamed ?? 'a source'} has another name in the context` }
    edits.push(withoutWord(build, flag), ...copy.sourceSpans.map((span, at) => ({ span, text: inQuotes(build.text.slice(span.start, span.end), own[at]!) })))
  }
  return { fix: { title: `Copy ${listed(files ?? [])} from the context`, safety: 'suggested', assumes: `stage ${from.label} leaves ${files?.length === 1 ? 'it as it is' : 'them as they are'} in the context`, edits } }
}

const isNamed = ({ steps }: StageWait['from'], path: string): boolean => steps.some(step => (step.kind === 'copy' || step.kind === 'add') && step.from.kind === 'context' && step.sources.some(source => source.replace(/^(?:\.?\/)+/, '') === path))

const inQuotes = (written: string, path: string): string => (/^["']/.test(written) ? written[0]! + path + written[0]! : path)
