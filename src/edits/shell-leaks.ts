// What one script leaves in its shell or container that another one, run right after it in the same RUN, would notice.
import { commandsOf, type NormalCommand } from '../facts/commands.ts'
import { quotedText } from '../facts/instruction-text.ts'
import type { RunStep } from '../model/build.ts'
import type { Command } from '../syntax/shell.ts'
import { topLevelOf } from './top-level.ts'

/** A clause that says what leaks; null where nothing does. */
export function leakOf(upper: RunStep, lower: RunStep): string | null {
  const found = commandsOf(upper)
  const after = commandsOf(lower)
  if (found === 'opaque' || after === 'opaque') return 'a script among them cannot be read'
  const own = found.filter(({ command }) => command.depth === 0)
  return mountLeak(upper) ?? own.map(({ command }) => commandLeak(command, lower)).find(leak => leak !== null) ?? folderLeak(upper, own, after) ?? optionLeak(upper, own, lower) ?? nameLeak(own, after, lower)
}

const quotedWords = ({ words }: Command): string => `"${quotedText(words.map(({ text }) => text).join(' '), 40)}"`

/** Builtins that change the shell for good; `cd`, `set` and assignments have rules of their own. */
const CHANGES_SHELL = /^(?:pushd|popd|unset|shopt|umask|ulimit|alias|exec|exit|trap|source|\.|eval|declare|typeset|local|readonly|read|hash|return|wait|enable|builtin|command|getopts|let|mapfile|readarray)$/
/** Programs that may leave a process behind. */
const STARTS_SERVICE = /^(?:service|systemctl|supervisord|pg_ctl|pg_ctlcluster|mysqld|mysqld_safe|mongod|redis-server|dockerd|Xvfb|nohup|setsid|start-stop-daemon|rc-service|invoke-rc\.d|apachectl|nginx|dbus-daemon|dbus-launch|sshd|slapd)$/
/** Files and folders that every RUN gets anew. */
const MOUNTED_ANEW = /^\/(?:etc\/(?:hosts|hostname|resolv\.conf)|dev\/shm(?:\/.*)?|proc\/.*|sys\/.*)$/

function commandLeak(command: Command, lower: RunStep): string | null {
  const [first] = command.words
  const name = first?.value ?? null
  if (command.joinedBy === '&' || command.status === 'read' && /&/.test(command.joinedBy ?? '') && command.joinedBy !== '&&') return 'the upper one starts a process in the background'
  if (!first) return null
  if (name === null || command.callsFunction) return `nobody can tell what ${quotedWords(command)} leaves in the shell`
  if (CHANGES_SHELL.test(name) && !(name === 'command' && command.words[1]?.value === '-v')) return `${quotedWords(command)} would hold for the next one as well`
  const program = command.words[command.program]?.value ?? ''
  if (STARTS_SERVICE.test(program.slice(program.lastIndexOf('/') + 1)) || program.startsWith('/etc/init.d/')) return `${quotedWords(command)} may leave a process running`
  if (/^(?:usermod|groupmod|userdel|deluser|groupdel|delgroup)$/.test(program) && !/^(?:root|0)?(?::.*)?$/.test(lower.user ?? '')) return `${quotedWords(command)} may change the user that the next one runs as`
  const touched = [...command.words.slice(1), ...command.redirects.flatMap(({ target }) => target ?? [])].find(({ value }) => value !== null && MOUNTED_ANEW.test(value))
  return touched ? `every RUN gets its own ${touched.text}` : null
}

/** Shells that read files at their start: those would be read once instead of again. */
function mountLeak({ shell, environment }: RunStep): string | null {
  const reads = shell.slice(1).some(word => /^-[a-z]*[li]|^--(?:login|rcfile|init-file)/.test(word)) || ['BASH_ENV', 'ENV'].some(name => typeof environment.get(name)?.value === 'string')
  return reads ? 'the shell of each step reads its start-up files anew' : null
}

/** Programs that look at nothing but the paths they are given. */
const BY_PATH = /^(?:chmod|chown|chgrp|mkdir|rmdir|touch|rm|ln|a2enmod|a2dismod|a2ensite|a2dissite|useradd|adduser|groupadd|addgroup|usermod|ldconfig|update-ca-certificates|setcap|update-alternatives|apt-get|apk|yum|dnf|set|true|:)$/

function folderLeak(upper: RunStep, own: readonly NormalCommand[], after: readonly NormalCommand[]): string | null {
  const change = own.findLast(({ program }) => program === 'cd')
  if (!change) return null
  const last = own.at(-1)!
  const isBack = last.program !== 'cd' && !last.command.conditional && last.directory !== null && last.directory === upper.workdir
  const first = after.find(({ program }) => program !== 'set')
  const isTold = first?.program === 'cd' && first.command.depth === 0 && !first.command.conditional && first.words[1]?.value?.startsWith('/') === true
  const isAbsolute = after.every(({ program, words, command }) => BY_PATH.test(program ?? '') && !words.slice(1).some(({ value }) => value === null || /[/*?]|^\.+$/.test(value) && !/^(?:\/|-)/.test(value))
    && command.redirects.every(({ target }) => target?.value?.startsWith('/') === true) && hasNoPlainPath(program, words.map(({ value }) => value ?? '')))
  return isBack || isTold || isAbsolute ? null : `${quotedWords(change.command)} would hold for the next one as well`
}

/** `chmod 755 run`, `mkdir data`: a name alone is a file here. */
const hasNoPlainPath = (program: string | null, values: readonly string[]): boolean => {
  const operands = values.slice(1).filter(value => !value.startsWith('-'))
  if (/^(?:chmod|chown|chgrp|setcap)$/.test(program ?? '')) return operands.slice(1).every(value => value.startsWith('/'))
  return !/^(?:mkdir|rmdir|touch|rm|ln)$/.test(program ?? '') || operands.every(value => value.startsWith('/') || /^\d+$/.test(value))
}

function optionLeak(upper: RunStep, own: readonly NormalCommand[], lower: RunStep): string | null {
  const sets = own.filter(({ program }) => program === 'set')
  const known = sets.find(({ words }) => !words.slice(1).every(({ value }) => value !== null && /^(?:-[euxv]+|-[euxv]*o|errexit|nounset|xtrace|pipefail)$/.test(value)))
  if (known) return `${quotedWords(known.command)} would hold for the next one as well`
  const given = (of: readonly NormalCommand[], pattern: RegExp): boolean => of.some(({ program, words }) => program === 'set' && words.slice(1).some(({ value }) => pattern.test(value ?? '')))
  const after = commandsOf(lower) as readonly NormalCommand[]
  const first = after.slice(0, 1)
  const text = lower.script?.text ?? ''
  const starts = (pattern: RegExp): boolean => given(sets, pattern) && !given(first, pattern)
  const top = topLevelOf(lower)
  if (starts(/^-[a-z]*e|^errexit$/) && upper.shell.every(word => !/^-[a-z]*e/.test(word)) && (top === null || top.hasLists || after.some(({ command }) => command.joinedBy === ';'))) return 'the upper one stops at each failure ("set -e"), the lower one does not'
  if (starts(/^-[a-z]*u|^nounset$/) && /[$`]/.test(text)) return 'the upper one refuses unset variables ("set -u"), the lower one does not'
  if (starts(/^pipefail$/) && after.some(({ command }) => command.joinedBy === '|')) return 'the upper one stops at failures in pipes ("pipefail"), the lower one does not'
  return null
}

const SPECIAL = /^(?:PATH|IFS|HOME|PWD|OLDPWD|SHELL|ENV|CDPATH|LANG|LC_\w+|PS4|OPTIND|UID|BASH\w*|LD_\w+|TMPDIR)$/
/** Programs whose work hangs on no variable of a build. */
const HEEDLESS = /^(?:chmod|chown|chgrp|mkdir|rmdir|touch|rm|ln|echo|printf|useradd|groupadd|set|true|:|\[|test)$/

function nameLeak(own: readonly NormalCommand[], after: readonly NormalCommand[], lower: RunStep): string | null {
  const text = lower.script?.text ?? ''
  if (/\$(?:[?!_-]|\{?(?:OLDPWD|_|PIPESTATUS|BASH_\w+)\b)/.test(text)) return 'the lower one asks for the state of its shell'
  for (const { program, command } of own) {
    if (program !== 'export' && command.words.length > 0) continue
    const names = program === 'export' ? command.words.slice(1).map(({ text: word }) => /^-|^\w+/.exec(word)?.[0] ?? '-') : command.assignments.map(({ name }) => name)
    for (const name of names) {
      const isMentioned = new RegExp(`\\$\\{?[#!]?${name}\\b`).test(text)
      const isPassed = program === 'export' || lower.environment.get(name)?.value !== undefined
      if (name === '-' || SPECIAL.test(name) || isMentioned || isPassed && !after.every(other => HEEDLESS.test(other.program ?? ''))) return `the variable ${name} would be set for the next one as well`
    }
  }
  return null
}
