// The fix that leaves out a build which another one repeats.
import { quotedCommand, quotedRun } from '../facts/command-text.ts'
import { commandsOf } from '../facts/commands.ts'
import { loneArguments } from '../facts/lone-arguments.ts'
import type { RepeatedBuild } from '../facts/repeated-builds.ts'
import type { Build, Setting } from '../model/build.ts'
import type { Report } from '../rule.ts'
import type { TextEdit } from '../text.ts'
import { withoutInstructions } from './removals.ts'
import { withoutCommand } from './scripts.ts'

const SKIPS_TESTS = /-DskipTests\b|-DskipITs\b|-Dmaven\.test\.skip\b|-x\s*:?(?:test|check)\b/

/** A suggested fix, or why there is none. */
export function withoutBuild(build: Build, repeated: RepeatedBuild): Pick<Report, 'fix' | 'noFix'> {
  const { first, second, how } = repeated
  const [one, other] = [first, second].map(({ command }) => build.text.slice(command.span.start, command.span.end)) as [string, string]
  const [name, otherName] = [`"${quotedCommand(build, first.command, 40)}"`, `"${quotedCommand(build, second.command, 40)}"`]
  if (how === 'clean' && SKIPS_TESTS.test(other) && !SKIPS_TESTS.test(one)) return { noFix: `${name} runs the tests, which ${otherName} skips` }
  const found = withoutFirst(build, repeated)
  if (found === null) return { noFix: `the commands beside ${name} depend on it, or its script allows no edit` }
  const along = found.gone.map(({ assigns }) => ` and ARG ${assigns[0]!.name}`).join('')
  return { fix: { title: `Leave out ${namedAmong(build, repeated)}${along}`, safety: 'suggested', assumes: assumptionOf(repeated, name, otherName), edits: found.edits } }
}

const ORDINALS = ['first', 'second', 'third']

/** The command, with its RUN where others say the same. */
function namedAmong(build: Build, { first: { command, step } }: RepeatedBuild): string {
  const text = quotedCommand(build, command, 40)
  const alike = build.stages.flatMap(({ steps }) => steps).flatMap(each => (each.kind === 'run' && each.commands !== 'opaque' ? each.commands : [])).filter(other => quotedCommand(build, other, 40) === text)
  if (alike.length < 2) return `"${text}"`
  const beside = alike.filter(({ span }) => span.start >= step.span.start && span.end <= step.span.end)
  const place = beside.findIndex(({ span }) => span.start === command.span.start)
  return `${beside.length > 1 && ORDINALS[place] ? `the ${ORDINALS[place]} ` : ''}"${text}" of "${quotedRun(build, step, 80)}"`
}

function assumptionOf({ how, output }: RepeatedBuild, one: string, other: string): string {
  switch (how) {
    case 'output': return output === null ? `nothing else uses what ${one} makes` : `${other} puts everything into ${output} that is needed there`
    case 'clean': return `nothing between the two uses what ${one} makes, and it leaves nothing that ${other} does not make anew`
    case 'script': return `${other} needs nothing that ${one} leaves before it runs it itself`
  }
}

/** With the ARGs that nothing else uses. */
function withoutFirst(build: Build, { first: { step, command } }: RepeatedBuild): { readonly edits: readonly TextEdit[]; readonly gone: readonly Setting[] } | null {
  const commands = commandsOf(step)
  if (commands === 'opaque' || step.onbuild) return null
  // What only prepares the build goes with it.
  const isAlone = commands.every(each => each.command === command || each.program === 'cd' || each.program === 'set')
  const gone = isAlone ? loneArguments(build, step) : []
  if (isAlone) return { edits: withoutInstructions(build, [step, ...gone]), gone }
  const edit = withoutCommand(build, step, command)
  return edit && { edits: [edit], gone }
}
