// Commands of a here-document whose failure nobody notices: the shell goes on, and the step ends as the script's last command does.
import type { RunStep } from '../model/build.ts'
import { commandsOf, type NormalCommand } from './commands.ts'
import { fact } from './fact.ts'
import { cleanups, installsOf } from './installs.ts'
import { fileWrites } from './writes.ts'

export interface HiddenFailures {
  readonly step: RunStep
  /** Commands that install, download, unpack or compile, in the order of the text. Never empty. A refresh of package lists is none: installs need it. */
  readonly commands: readonly NormalCommand[]
  /** What the script ends with. */
  readonly last: NormalCommand
  /** Whether what the script ends with works all the same, so that the step succeeds. Else it may need what failed. */
  readonly isCertain: boolean
}

/** Null where the shell stops at the first failure, or where nobody can tell. */
export const hiddenFailures = fact((step: RunStep): HiddenFailures | null => {
  const commands = step.heredocs.length === 0 ? 'opaque' : commandsOf(step)
  if (commands === 'opaque' || stopsByItself(step) || commands.some(({ program }) => program === 'trap')) return null
  const inBody = commands.filter(({ command }) => step.heredocs.some(({ bodySpan }) => command.span.start >= bodySpan.start && command.span.end <= bodySpan.end))
  const last = inBody.findLast(({ command }) => command.status === 'returned' && !command.piped)
  if (!last) return null
  const hidden = inBody.filter(command => isDropped(command) && matters(step, command))
  return hidden.length === 0 || removesTwice(inBody) ? null : { step, commands: hidden, last, isCertain: endings(inBody, hidden[0]!).every(command => alwaysWorks(step, command)) }
})

/** A file that is gone already: with `set -e` the script would end there, whatever else went well. */
function removesTwice(commands: readonly NormalCommand[]): boolean {
  const gone = new Set<string>()
  return commands.filter(({ program }) => program === 'rm').some(({ words }) => {
    const values = words.slice(1).flatMap(({ value }) => value ?? [])
    const isForced = values.some(value => /^-\w*f|^--force$/.test(value))
    const names = values.filter(value => !value.startsWith('-'))
    const isAgain = !isForced && names.some(name => gone.has(name))
    for (const name of names) gone.add(name)
    return isAgain
  })
}

/** `#!/bin/bash -e`. */
const stopsByItself = ({ scriptFile }: RunStep): boolean => scriptFile !== null && /^#![^\n]*\s-\w*e/.test(scriptFile.body)

const isDropped = ({ command, errexit }: NormalCommand): boolean => command.status === 'dropped' && !command.piped && !errexit

/** Programs of Docker's own images that compile and install. */
const INSTALLERS = /^(?:docker-php-ext-install|install-php-extensions|pecl|pear|phpize|make|ninja|cmake|meson|install-packages|conda-env)$/

function matters(step: RunStep, command: NormalCommand): boolean {
  return installsOf(step).some(install => install.command === command) || fileWrites(step).some(write => write.command === command) ||
    INSTALLERS.test(command.program ?? '')
}

/** What the script may end with after this command. */
const endings = (commands: readonly NormalCommand[], after: NormalCommand): readonly NormalCommand[] => commands.slice(commands.indexOf(after) + 1).filter(({ command }) => command.status === 'returned' && !command.piped)

/** Fails for nothing that came before it. */
function alwaysWorks(step: RunStep, command: NormalCommand): boolean {
  const { program, words } = command
  if (program === 'rm') return words.some(({ value }) => /^-\w*f|^--force$/.test(value ?? ''))
  if (program === 'mkdir') return true
  return /^(?:echo|printf|true|:|touch|sync|export|set|exit|unset|useradd|groupadd|adduser|addgroup)$/.test(program ?? '') || cleanups(step).some(cleanup => cleanup.command === command)
}
