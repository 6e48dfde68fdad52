// Tells an install to keep to its lock file.
import { localSettings } from '../facts/bundler-settings.ts'
import type { Install } from '../facts/installs.ts'
import type { LooseInstall } from '../facts/loose-installs.ts'
import { strictReason } from '../facts/strict-installs.ts'
import type { Build } from '../model/build.ts'
import type { TextEdit } from '../text.ts'
import { withCommandBefore } from './commands.ts'
import { insertedAbove, insertedBelow, keywordLike } from './instructions.ts'

/** The install, and the same ones in stages that only other targets reach, as far as nothing speaks against it there; null where the command is not written out. */
export function heldToLock(build: Build, loose: LooseInstall): readonly TextEdit[] | null {
  const edits = heldOne(build, loose)
  return edits && [...edits, ...loose.twins.flatMap(install => (strictReason(build, { ...loose, install }) === null ? heldOne(build, { ...loose, install }) ?? [] : []))]
}

/** `remedy`: another verb, an option behind it, an ENV above, or a command where the others of its kind are. */
function heldOne(build: Build, { install, remedy }: LooseInstall): readonly TextEdit[] | null {
  if (remedy.startsWith('ENV ')) return [insertedAbove(build, install.step, [remedy])]
  if (install.manager === 'bundler') return heldBySetting(build, install, remedy)
  const [program, ...words] = install.command.words
  const verb = install.verb === '' ? program : words.find(({ value, text }) => value === install.verb && text === install.verb)
  const last = install.verb.includes(' ') ? words.find(({ value }) => value === install.verb.split(' ').at(-1)) : verb
  if (!last || build.text.slice(last.span.start, last.span.end) !== last.value) return null
  if (install.manager === 'npm') return [{ span: last.span, text: remedy.replace(/^npm /, '') }]
  return [{ span: { start: last.span.end, end: last.span.end }, text: ` ${remedy}` }]
}

function heldBySetting(build: Build, install: Install, command: string): readonly TextEdit[] | null {
  const run = localSettings(install)
  if (run && run !== install.step) return [insertedBelow(build, run, [`${keywordLike(build, run, 'RUN')} ${command}`])]
  const edit = withCommandBefore(build, install.step, install.command.command, command)
  return edit && [edit]
}
