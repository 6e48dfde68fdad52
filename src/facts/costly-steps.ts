// Steps whose repetition hurts: they install, download or compile.
import type { RunStep } from '../model/build.ts'
import { commandsOf, type NormalCommand } from './commands.ts'
import { fact } from './fact.ts'
import { cleanups, indexRefreshes, installsOf } from './installs.ts'

/** Installs of OS packages or of dependencies from manifests, or of named packages: they read no variable of the project's own. */
export const plainInstalls = fact((step: RunStep) => installsOf(step).filter(install => (install.effect === 'install' || install.effect === 'fetch') && install.needsSources === false))

/** Shell commands that do what their arguments say and read no other variable. */
const PLAIN = new Set([
  'apt-get', 'apt', 'apt-mark', 'apt-key', 'add-apt-repository', 'dpkg', 'apk', 'dnf', 'yum', 'microdnf', 'zypper', 'rpm', 'groupadd', 'useradd', 'addgroup', 'adduser', 'usermod',
  'mkdir', 'rm', 'rmdir', 'cp', 'mv', 'ln', 'touch', 'chmod', 'chown', 'chgrp', 'install', 'echo', 'printf', 'cat', 'tee', 'sed', 'grep', 'awk', 'head', 'tail', 'sort', 'tr', 'cut', 'find', 'ls', 'test', '[', '[[', 'true', ':', 'set', 'cd', 'pwd', 'exit', 'sleep', 'export', 'unset', 'case', 'sync',
  'tar', 'unzip', 'gzip', 'gunzip', 'xz', 'bzip2', 'sha256sum', 'sha512sum', 'md5sum', 'gpg', 'curl', 'wget', 'locale-gen', 'update-ca-certificates', 'ldconfig', 'corepack', 'which', 'command', 'uname', 'id', 'whoami', 'date',
])

/** One of these commands: it reads nothing but what its words say. */
export const isPlainCommand = (command: NormalCommand): boolean => command.program !== null && PLAIN.has(command.program)

/**
 * Whether a step does nothing but install and tidy up, so that it reads no variable it does not name. Anything else may read the whole
 * environment: compilers, version plug-ins, scripts.
 */
export const onlyInstalls = fact((step: RunStep): boolean => {
  const commands = commandsOf(step)
  if (commands === 'opaque') return false
  const known = new Set([...plainInstalls(step).map(install => install.command), ...indexRefreshes(step).map(refresh => refresh.command), ...cleanups(step).map(cleanup => cleanup.command)])
  return plainInstalls(step).length > 0 && commands.every(command => known.has(command) || isPlainCommand(command) || (command.program === null && command.words.length === 0))
})

/** Whether a step does only what its words say; it may read no variable it does not name. */
export const isTransparent = fact((step: RunStep): boolean => {
  const commands = commandsOf(step)
  return commands !== 'opaque' && (onlyInstalls(step) || commands.every(command => isPlainCommand(command) || (command.program === null && command.words.length === 0)))
})
