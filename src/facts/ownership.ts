// Changes of owner by RUN, and the users and groups that RUN steps create.
import type { RunStep } from '../model/build.ts'
import type { Word } from '../syntax/shell.ts'
import type { NormalCommand } from './commands.ts'
import { fact } from './fact.ts'
import { pathsOf } from './image-paths.ts'
import { argumentWords, hasOption, parseWords } from './operands.ts'
import { certainCommands } from './writes.ts'

export interface OwnerChange {
  readonly command: NormalCommand
  /** As `--chown` takes it: `app`, `app:app`, `:app`; variables of the Dockerfile as written. */
  readonly owner: string
  /** The same with variables expanded. */
  readonly value: string
  readonly recursive: boolean
  /** Absolute; wildcards as written. */
  readonly paths: readonly string[]
}

/** `chown` and `chgrp` that run whenever the step does, with an owner and paths that are known. */
export const ownerChanges = fact((step: RunStep): readonly OwnerChange[] => certainCommands(step).flatMap(command => {
  const isGroup = command.program === 'chgrp'
  if (!isGroup && command.program !== 'chown' || command.command.wrappers.includes('xargs')) return []
  const parsed = parseWords(argumentWords(command), { short: '', long: ['--reference'] })
  const [first, ...rest] = parsed.operands
  if (!first || hasOption(parsed, '--reference', '--from')) return []
  const owner = ownerOf(command, first)
  if (!owner) return []
  const named = (text: string): string => (isGroup ? `:${text}` : text)
  return [{ command, owner: named(owner.written), value: named(owner.value), recursive: hasOption(parsed, '-R', '--recursive'), paths: rest.flatMap(word => pathsOf(command, word)) }]
}))

/** `app:` and the old `app.group` in the spelling that COPY reads. */
const spelled = (owner: string): string => owner.replace(/:$/, '').replace(/^(\w+)\.(\w+)$/, '$1:$2')

function ownerOf({ step }: NormalCommand, { text, value }: Word): { readonly written: string; readonly value: string } | null {
  const plain = text.replace(/["']/g, '')
  const names = [...plain.matchAll(/\$\{?(\w+)\}?/g)].map(match => match[1]!)
  const isWritable = /^[\w.:${}-]+$/.test(plain) && names.every(name => step.environment.get(name) !== undefined)
  if (value === null && (!isWritable || names.length === 0)) return null
  const shown = isWritable ? plain : value!
  return { written: spelled(shown), value: spelled(value ?? plain) }
}

const ACCOUNT_OPTIONS = { short: 'bcdefgGhkKpRsuZ', long: ['--home', '--home-dir', '--shell', '--uid', '--gid', '--ingroup', '--gecos', '--comment', '--groups', '--password', '--base-dir', '--expiredate', '--inactive', '--key', '--skel', '--conf'] }

/** A user or group, and the command that makes it known. */
export interface Account { readonly name: string; readonly command: NormalCommand }

export const createdAccounts = fact((step: RunStep): readonly Account[] => certainCommands(step).flatMap(command =>
  (/^(?:useradd|adduser|groupadd|addgroup)$/.test(command.program ?? '')
    ? parseWords(argumentWords(command), ACCOUNT_OPTIONS).operands.map(({ value, text }) => ({ name: value ?? text, command }))
    : [])))
