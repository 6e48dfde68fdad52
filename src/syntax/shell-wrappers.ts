// Commands that run another command given as their arguments, or a script given as text: which word is the program, and where its script is.
import type { Word } from './shell.ts'

interface Wrapper {
  /** Short options that take a value, in the next word unless attached. */
  readonly short?: string
  /** Long options that take a value in the next word unless written with `=`. */
  readonly long?: readonly string[]
  /** Operands before the command. */
  readonly operands?: number
  /** `NAME=value` words before the command set variables. */
  readonly assigns?: true
  /** Options that make it do something else than run a command. */
  readonly never?: RegExp
  /** The option that moves to another folder. */
  readonly directory?: RegExp
}

const WRAPPERS: Readonly<Record<string, Wrapper>> = {
  sudo: { short: 'ugCDhprtTUR', long: ['--user', '--group', '--chdir', '--host', '--prompt', '--role', '--type', '--close-from', '--other-user', '--chroot', '--command-timeout'], assigns: true, never: /^(-[lvkKVe]|--list|--validate|--edit|--reset-timestamp|--remove-timestamp|--version|--help)$/, directory: /^(-D|--chdir)$/ },
  doas: { short: 'uC' },
  exec: { short: 'a' },
  command: { never: /^-[pvV]*[vV]/ },
  builtin: {},
  env: { short: 'uC', long: ['--unset', '--chdir'], assigns: true, never: /^(-S|--split-string|--help|--version)/, directory: /^(-C|--chdir)$/ },
  time: { short: 'fo', long: ['--format', '--output'] },
  nice: { short: 'n', long: ['--adjustment'] },
  ionice: { short: 'cn', long: ['--class', '--classdata'], never: /^(-[pPu]|--pid|--pgid|--uid)/ },
  timeout: { short: 'ks', long: ['--kill-after', '--signal'], operands: 1 },
  nohup: {},
  'su-exec': { operands: 1 },
  gosu: { operands: 1 },
  setuidgid: { operands: 1 },
  's6-setuidgid': { operands: 1 },
  'with-contenv': {},
  setpriv: { long: ['--reuid', '--regid', '--groups', '--inh-caps', '--ambient-caps', '--bounding-set', '--securebits', '--pdeathsig'] },
  stdbuf: { short: 'ioe', long: ['--input', '--output', '--error'] },
  chronic: {}, eatmydata: {}, fakeroot: {}, unbuffer: {}, linux32: {}, linux64: {}, tini: { short: 'pe' }, 'dumb-init': { short: 'r', long: ['--rewrite'] },
  setarch: { operands: 1 },
  'xvfb-run': { short: 'nsefpw', long: ['--server-num', '--server-args', '--error-file', '--auth-file', '--wait', '--xauth-protocol'] },
  flock: { short: 'wE', long: ['--timeout', '--wait', '--conflict-exit-code'], operands: 1 },
  busybox: { never: /^--/ },
  xargs: { short: 'aIdEnPLs', long: ['--arg-file', '--delimiter', '--max-args', '--max-procs', '--max-lines', '--max-chars', '--process-slot-var'] },
}

/** Which word names the program that does the work, and what was stripped to get there. */
export interface Unwrapped {
  /** Index into the words; their number when there is none, or nobody can tell. */
  readonly program: number
  readonly wrappers: readonly string[]
  /** `NAME=value` words of env and sudo. */
  readonly assigns: readonly number[]
  /** Folder that `env -C` or `sudo -D` moved to; undefined when none did. */
  readonly directory?: string | null
}

export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** runuser takes a command like sudo with -u, and a script like su without. */
const runsCommand = (words: readonly Word[], at: number): boolean => words.slice(at + 1, at + 8).some(word => /^(-u|--user)/.test(word.value ?? ''))

export function unwrap(words: readonly Word[]): Unwrapped {
  const wrappers: string[] = []
  const assigns: number[] = []
  let at = 0
  let directory: string | null | undefined
  for (;;) {
    const value = words[at]?.value
    const name = value === null || value === undefined ? '' : baseName(value)
    const wrapper = Object.hasOwn(WRAPPERS, name) ? WRAPPERS[name]! : name === 'runuser' && runsCommand(words, at) ? { short: 'ugG', long: ['--user', '--group', '--supp-group'] } : null
    if (!wrapper) break
    const next = pastOptions(words, at + 1, wrapper, assigns)
    // `sudo --version`, `command -v x`, a lone `exec`: these are the program themselves.
    if (next === 'itself') break
    if (next.at === null) return { program: words.length, wrappers: [...wrappers, name], assigns, ...(directory !== undefined && { directory }) }
    wrappers.push(name)
    if (next.directory !== undefined) directory = next.directory
    at = next.at
  }
  return { program: at, wrappers, assigns, ...(directory !== undefined && { directory }) }
}

interface Next { readonly at: number | null; readonly directory?: string | null }

function pastOptions(words: readonly Word[], from: number, wrapper: Wrapper, assigns: number[]): Next | 'itself' {
  let operands = wrapper.operands ?? 0
  let directory: string | null | undefined
  let ended = false
  for (let at = from; at < words.length; at++) {
    const value = words[at]!.value
    if (value === null) {
      if (operands === 0) return { at: null }
      operands--
    } else if (value === '--' && !ended) ended = true
    else if (!ended && value.length > 1 && value.startsWith('-')) {
      if (wrapper.never?.test(value)) return 'itself'
      const takes = takesNext(value, wrapper)
      if (wrapper.directory?.test(value.split('=')[0]!)) directory = takes ? words[at + 1]?.value ?? null : value.split('=')[1] ?? null
      if (takes) at++
    } else if (wrapper.assigns && /^[A-Za-z_]\w*=/.test(value)) assigns.push(at)
    else if (operands > 0) operands--
    else return { at, ...(directory !== undefined && { directory }) }
  }
  return 'itself'
}

function takesNext(option: string, wrapper: Wrapper): boolean {
  if (option.startsWith('--')) return wrapper.long?.includes(option) ?? false
  const letters = option.slice(1)
  for (let at = 0; at < letters.length; at++) if (wrapper.short?.includes(letters[at]!)) return at === letters.length - 1
  return false
}

/** How a program takes a script: in one word, in all words from one on, or on its standard input. `fresh`: by a new shell, started with these options. */
export type ScriptPlace =
  | { readonly kind: 'word'; readonly at: number; readonly options: readonly (string | null)[] }
  | { readonly kind: 'eval'; readonly from: number }
  | { readonly kind: 'input'; readonly options: readonly (string | null)[] }

const SHELLS: readonly string[] = ['sh', 'bash', 'dash', 'ash']

export function scriptPlace(words: readonly Word[], program: number): ScriptPlace | null {
  const value = words[program]?.value
  if (value === null || value === undefined) return null
  const name = baseName(value)
  if (name === 'eval') return { kind: 'eval', from: program + 1 }
  if (SHELLS.includes(name)) return shellScript(words, program)
  if (name === 'su' || name === 'runuser' || name === 'sg') return suScript(words, program, name === 'sg')
  return null
}

function shellScript(words: readonly Word[], program: number): ScriptPlace | null {
  const options: string[] = []
  let isCommand = false
  for (let at = program + 1; at < words.length; at++) {
    const value = words[at]!.value
    // The script itself may hold unknown parts; before it, an unknown word could be anything.
    if (isCommand && (value === null || !/^[-+]./.test(value))) return { kind: 'word', at, options }
    if (value === null) return null
    if (value === '-' || value === '--') continue
    if (!/^[-+]./.test(value)) return null
    if (/^--(rcfile|init-file)$/.test(value)) at++
    if (value.startsWith('--')) continue
    options.push(value.replace('O', ''))
    if (value.startsWith('-') && value.includes('c')) isCommand = true
    for (const letter of value.slice(1)) {
      if (letter === 'o') options.push(words[++at]?.value ?? '')
      else if (letter === 'O') at++
    }
  }
  return isCommand ? null : { kind: 'input', options }
}

function suScript(words: readonly Word[], program: number, isSg: boolean): ScriptPlace | null {
  for (let at = program + 1; at < words.length; at++) {
    const value = words[at]!.value
    if (value === null) continue
    if (/^(-[a-z]*c|--command|--session-command)$/.test(value)) return at + 1 < words.length ? { kind: 'word', at: at + 1, options: [] } : null
    if (/^(-[gGsTw]|--shell|--group|--supp-group|--whitelist-environment)$/.test(value)) {
      const next = words[++at]?.value
      if (/^(-s|--shell)$/.test(value) && next && !SHELLS.includes(baseName(next))) return null
    }
  }
  return isSg ? null : { kind: 'input', options: [] }
}
