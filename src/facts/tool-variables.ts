// Which variables a RUN depends on: those it names, and those that installers look at by themselves.
import type { Instruction, RunStep } from '../model/build.ts'
import { installsOf } from './installs.ts'

/** Variables that installers look at by themselves; those of the system's packages, and all others. */
const CONFIGURES_SYSTEM = /^(?:DEBIAN|DEB|DPKG|APT|APK|YUM|DNF|PATH$|LC_|LANG|\w*_proxy$)/i
const CONFIGURES = /^(?:PIP|NPM|UV|GEM|BUNDLE|CARGO|RUSTUP|GO|NODE|YARN|PNPM|POETRY|PIPENV|DEBIAN|DEB|APT|APK|CONDA|MAMBA|COMPOSER|NUGET|DOTNET|MAVEN|GRADLE|PYTHON|VIRTUAL_ENV|PATH|HOME|XDG|CI$|CC$|CXX$|CFLAGS|LDFLAGS|TARGET|PLAYWRIGHT|PUPPETEER|CYPRESS|SHARP|PRISMA)/i

const isSystemOnly = (step: RunStep): boolean => installsOf(step).every(({ row }) => row.ecosystem === 'os')

/** Whether a tool that the step installs with may look at a variable of this name. */
export const steers = (step: RunStep, name: string): boolean => (isSystemOnly(step) ? CONFIGURES_SYSTEM : CONFIGURES).test(name)

/** Whether the text names one of these variables. */
export const mentions = (text: string, names: readonly string[]): boolean =>
  names.length > 0 && new RegExp(`\\b(?:${names.map(name => name.replace(/\W/g, '')).join('|')})\\b`).test(text)

/** The text of an instruction with its here-documents. */
export const wholeText = (instruction: Instruction): string => ['heredocs' in instruction ? instruction.heredocs.map(({ body }) => body).join('\n') : '', instruction.text].join('\n')

/** Whether an instruction names a variable that a setting assigns, or is steered by it. Folders added to PATH are nothing to the system's installer. */
export function readsVariable(instruction: Instruction, name: string, assigned: string): boolean {
  if (mentions(wholeText(instruction), [name])) return true
  return instruction.kind === 'run' && steers(instruction, name) && !(name === 'PATH' && isSystemOnly(instruction) && /\$\{?PATH\b/.test(assigned))
}
