// Steps that take no time worth speaking of: they move files about and create users.
import type { RunStep } from '../model/build.ts'
import { commandsOf, type NormalCommand } from './commands.ts'
import { fact } from './fact.ts'

const programs = /^(?:mkdir|rmdir|rm|cp|mv|ln|touch|chmod|chown|chgrp|install|echo|printf|cat|tee|sed|test|\[|true|:|set|cd|exit|export|useradd|groupadd|adduser|addgroup|usermod|busybox|ls|pwd|umask)$/

/** False where it cannot be told. */
export const isTrivial = fact((step: RunStep): boolean => {
  const commands = commandsOf(step)
  return commands !== 'opaque' && commands.every(isTrivialCommand)
})

export const isTrivialCommand = ({ program, words }: NormalCommand): boolean => words.length === 0 || (program !== null && programs.test(program))
