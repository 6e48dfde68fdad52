// Taking away the hook of Docker's Debian and Ubuntu images that empties apt's cache after each install, mounted or not.
import { commandsOf, type NormalCommand } from '../facts/commands.ts'
import { quotedCommand } from '../facts/command-text.ts'
import { cleanups, installsOf } from '../facts/installs.ts'
import { isHookActive } from '../facts/docker-clean.ts'
import { isMounted, isWithin } from '../facts/image-paths.ts'
import { lineOf } from '../facts/lines.ts'
import { rootOf, stagesOn } from '../facts/stage-trees.ts'
import type { Build, RunStep } from '../model/build.ts'
import type { TextEdit } from '../text.ts'
import { asUserOf, withCommandBefore } from './commands.ts'
import { lineEndAt } from './instructions.ts'

export const HOOK = '/etc/apt/apt.conf.d/docker-clean'
const KEPT = '/etc/apt/apt.conf.d/keep-cache'
const KEEP = `echo 'Binary::apt::APT::Keep-Downloaded-Packages "true";' > ${KEPT}`

/** Removes the hook before the first command of apt in this step, which has apt's cache mounted on `folder`; a clause that says why it cannot. */
export function withoutHook(build: Build, step: RunStep, folder: string, mounted: readonly RunStep[]): readonly TextEdit[] | string {
  if (!isHookActive(step)) return []
  const reason = leftBeside(build, step, folder, mounted)
  if (reason) return reason
  const commands = commandsOf(step)
  const first = commands === 'opaque' ? undefined : commands.find(({ program }) => /^(?:apt|apt-get|aptitude)$/.test(program ?? ''))
  const removal = first && !first.command.conditional && first.command.depth === 0 ? asUserOf(first.command, `rm -f ${HOOK}`) : null
  const added = removal === null || removal.startsWith('sudo') && keepsPackages(step) ? [] : [removal, ...keepsPackages(step) ? [KEEP] : []].map(text => withCommandBefore(build, step, first!.command, text))
  const edits = added.flatMap(edit => (edit ? [inStyle(build, first!, edit)] : []))
  if (edits.length > 0 && edits.length === added.length) return [{ span: edits[0]!.span, text: edits.map(({ text }) => text).join('') }]
  return first ? `no command can be put before "${quotedCommand(build, first.command, 40)}"` : 'the script cannot be read'
}

/** What an image built on top of this one is taken not to count on; a title says what else is written. */
export const assumedOfHook = (steps: readonly RunStep[]): string => `nothing that is installed on top of the image counts on docker-clean${steps.some(keepsPackages) ? ', nor on apt to remove its downloads, which keep-cache forbids' : ''}`
export const withKept = (steps: readonly RunStep[]): string => (steps.some(keepsPackages) ? ` and write ${KEPT}` : '')

/** `apt` removes packages after each install even without the hook; `apt-get` does not. */
const keepsPackages = (step: RunStep): boolean => installsOf(step).some(({ manager, command }) => manager === 'apt' && command.program !== 'apt-get')

/** What the hook keeps out of the image today and nothing would then. */
function leftBeside(build: Build, step: RunStep, folder: string, mounted: readonly RunStep[]): string | null {
  if (!isWithin('/var/cache/apt', folder)) return `without the hook apt would leave /var/cache/apt/pkgcache.bin in the image, beside the mount on ${folder}`
  const other = stagesOn(build, rootOf(step.stage)).flatMap(({ steps }) => steps).find(each => each.kind === 'run' && each !== step && !mounted.includes(each) && !isMounted(each, '/var/cache/apt/archives')
    && installsOf(each).some(({ manager }) => manager === 'apt') && !cleanups(each).some(({ manager, kinds }) => manager === 'apt' && kinds.includes('download')))
  return other ? `without the hook line ${lineOf(build, other.span)}, which has no such mount, would leave its packages in the image` : null
}

/** In a list whose lines begin with `&&` the new command ends without one. */
function inStyle({ text, escape }: Build, { command: { span } }: NormalCommand, edit: TextEdit): TextEdit {
  const next = /^[ \t]*[\\`][ \t]*\r?\n([ \t]*&&[ \t]*)/.exec(text.slice(span.end))?.[1]
  const tail = / && [\\`]\r?\n[ \t]*$/.exec(edit.text)
  return next === undefined || !tail ? edit : { ...edit, text: `${edit.text.slice(0, tail.index)} ${escape}${lineEndAt(text, span.start)}${next}` }
}
