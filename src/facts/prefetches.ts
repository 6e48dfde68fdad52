// How the dependencies of a build can be fetched above the copy of the sources: from which files, by which command, and where.
import { contextPathOf } from '../cache/context-reads.ts'
import type { Build, CopyStep, Instruction } from '../model/build.ts'
import { isBroughtBefore, reasonBetween, targetBelow } from './copy-splits.ts'
import type { MissingFetch } from './dependency-fetches.ts'
import { filesAmong, type InstallFiles } from './install-files.ts'
import { installsOf, type Install } from './installs.ts'
import { quotedText } from './instruction-text.ts'
import { strangeSettings } from './pnpm-settings.ts'
import { stagesBelow } from './stage-trees.ts'

export interface Prefetch {
  readonly copy: CopyStep
  /** Context paths to copy; empty where they come earlier already. */
  readonly files: readonly string[]
  readonly command: string
  /** Where it goes: above the copy, or ARGs right above that, which stay; or above the build, and the copy with it. */
  readonly above: Instruction
  /** The destination of the copy as an absolute path, where the working directory is another one there. */
  readonly target: string | null
}

export function prefetch(build: Build, missing: MissingFetch): Prefetch | { readonly reason: string } {
  const { copy, install } = missing
  if (missing.isCooked) return { reason: 'cargo-chef takes a stage of its own, which makes the recipe' }
  if (copy.stage !== install.step.stage) return { reason: `the copy stands in stage "${copy.stage.label}", which this one is built FROM` }
  const other = stagesBelow(copy.stage).flatMap(({ steps }) => steps).flatMap(step => (step.kind === 'run' && !(step.stage === copy.stage && step.index > copy.index) ? installsOf(step) : [])).find(({ manager, effect }) => manager === install.manager && effect !== 'build')
  if (other) return { reason: `what "${quotedText(build.text.slice(other.span.start, other.span.end), 40)}" has fetched already is not known` }
  const found = filesFor(build, missing)
  const unread = install.manager === 'pnpm' ? unreadSetting(build, missing) : null
  if (unread !== null) return { reason: `"pnpm fetch" would not see ${unread} of package.json, which a copied pnpm-workspace.yaml could hold` }
  const command = commandFor(missing, 'reason' in found ? [] : found.files)
  if ('reason' in found) return found
  if ('reason' in command) return command
  const files = found.files.filter(path => !isBroughtBefore(build, copy, path))
  const isSettled = !command.text.includes('$') && !settingsBetween(copy, install)
  if (isSettled && copy.workdir === install.directory) return { copy, files, command: command.text, above: aboveArguments(build, missing, command.text, found.files), target: null }
  const below = aboveBuild(build, missing, command.text, files, found.files)
  if (!('reason' in below) || !isSettled) return below
  return /^[\w./-]+$/.test(install.directory!) ? { copy, files, command: `cd ${install.directory!} && ${command.text}`, above: copy, target: null } : below
}

/** Of the settings of pnpm those that say what is built or unpacked, and how. */
const BUILD_SETTINGS = ['onlyBuiltDependencies', 'onlyBuiltDependenciesFile', 'neverBuiltDependencies', 'ignoredBuiltDependencies', 'allowBuilds', 'dangerouslyAllowAllBuilds', 'patchedDependencies', 'supportedArchitectures', 'ignoredOptionalDependencies', 'configDependencies', 'executionEnv']

/** What is built as it is fetched is not built again, so a setting of a manifest that comes later is lost. */
function unreadSetting(build: Build, { copy, install, needs }: MissingFetch): string | null {
  const folder = contextPathOf(copy, install.directory!)
  const path = folder === null || folder === '' ? 'package.json' : `${folder}/package.json`
  const settings = /"pnpm"\s*:\s*\{[^]*/.exec(needs.includes(path) ? '' : build.context.read(path) ?? '')?.[0] ?? ''
  const name = BUILD_SETTINGS.find(each => settings.includes(`"${each}"`))
  return name === undefined ? null : `pnpm.${name}`
}

/** The copy, or the highest of the ARGs right above it, which a fetch below them would re-run for. */
function aboveArguments(build: Build, { copy, install }: MissingFetch, command: string, files: readonly string[]): Instruction {
  const { instructions } = copy.stage
  const texts = [copy.text, command, ...files.map(path => build.context.read(path) ?? '')]
  let above: Instruction = copy
  for (let at = instructions.indexOf(copy) - 1; at >= 0; at--) {
    const setting = instructions[at]!
    if (setting.kind !== 'setting' || setting.keyword !== 'ARG' && setting.keyword !== 'ENV') break
    if (setting.assigns.some(({ name }) => mayRead(install.manager, name) || texts.some(text => text.includes(name)))) break
    if (setting.keyword === 'ARG') above = setting
  }
  return above
}

/** Right above the build, where it works in the same folder and with the same variables. */
function aboveBuild(build: Build, { copy, install: { step, directory } }: MissingFetch, command: string, files: readonly string[], needs: readonly string[]): Prefetch | { readonly reason: string } {
  if (step.workdir !== directory) return { reason: 'the build works in another folder' }
  const { instructions } = step.stage
  const last = instructions[instructions.indexOf(step) - 1]!
  const reason = last === copy ? null : reasonBetween(build, copy, last, [], needs)
  if (reason !== null) return { reason }
  const moved = targetBelow(copy, step)
  return 'reason' in moved ? moved : { copy, files, command, above: last === copy ? copy : step, target: last === copy ? null : moved.target }
}

/** Variables and users that a fetch above them would not have. */
function settingsBetween(copy: CopyStep, { step, manager }: Install): boolean {
  const { instructions } = copy.stage
  const between = instructions.slice(instructions.indexOf(copy) + 1, instructions.indexOf(step))
  return between.some(({ kind, keyword, ...rest }) => kind === 'setting' && (keyword === 'USER' || keyword === 'SHELL' || 'assigns' in rest && rest.assigns.some(({ name }) => mayRead(manager, name))))
}
const mayRead = (manager: string, name: string): boolean => (VARIABLES[manager] ?? /./).test(name) || /proxy|^PATH$|^HOME$/i.test(name)
const VARIABLES: Readonly<Record<string, RegExp | undefined>> = {
  go: /^GO(?!OS$|ARCH$|ARM$|AMD64$)|^GIT_/, dotnet: /^(?:NUGET|DOTNET|MSBUILD)|^RID$/, maven: /^(?:MAVEN|MVN|JAVA)/, pnpm: /^(?:npm_|NPM_|PNPM|NODE_|CI$|COREPACK)/,
}

/** Assignments that only the compiler reads. */
const COMPILING = /^(?:CGO_\w+|GOOS|GOARCH|GOARM|GOAMD64|CC|CXX|LDFLAGS)$/

function commandFor({ install, fetch }: MissingFetch, files: readonly string[]): { readonly text: string } | { readonly reason: string } {
  const { step, command: { command: { assignments, joinedBy }, words } } = install
  if (step.mounts.some(({ type }) => type === 'secret' || type === 'ssh')) return { reason: 'the build is given secrets that the fetch would need as well' }
  if (step.flags.some(({ name }) => name !== 'mount')) return { reason: 'the build runs with flags that the fetch would need as well' }
  if (/\bgit\s+config\b|\.netrc\b|\bssh-/.test(step.text)) return { reason: 'the build sets up access to repositories that the fetch would need as well' }
  if (joinedBy === '|' || step.form !== 'shell') return { reason: 'the command is not in a script of this file' }
  const kept = assignments.filter(({ name }) => !COMPILING.test(name)).map(({ name, value }) => `${name}=${value?.text ?? ''}`)
  const exported = /\bexport\s+(?!CGO_|GOOS|GOARCH)\w+=/.test(step.text)
  if (exported) return { reason: 'the build exports variables that the fetch may need as well' }
  if (install.manager !== 'dotnet') return { text: [...kept, fetch].join(' ') }
  const named = words.slice(1).filter(({ value, glob }) => value !== null && !glob && /\.(?:\w+proj|slnx?)$/.test(value)).map(({ text }) => text)
  const at = words.findIndex(({ value }) => /^(?:-r|--runtime|-a|--arch|--os)$/.test(value ?? ''))
  const runtime = at === -1 ? [] : words.slice(at, at + 2).map(({ text }) => text)
  if (named.length === 0 && files.filter(path => /proj$/.test(path) && !path.includes('/', path.indexOf(`${directoryName(install)}/`) + 1)).length > 1) return { reason: 'which project is built is not said' }
  return { text: [...kept, fetch, ...named, ...runtime].join(' ') }
}
const directoryName = ({ directory }: Install): string => directory!.slice(directory!.lastIndexOf('/') + 1)

function filesFor(build: Build, { copy, install, needs }: MissingFetch): InstallFiles {
  // Sources that the build names are nothing to the fetch.
  const found = install.manager === 'pnpm' ? null : filesAmong(build, copy, install, needs)
  if (found) return 'reason' in found ? found : { files: found.files.filter(path => !path.endsWith('.go')) }
  const lock = needs.find(path => path.endsWith('pnpm-lock.yaml'))
  const strange = lock === undefined ? null : strangeSettings(build, lock)
  if (strange !== null) return { reason: strange }
  // It reads no manifest but for its own version.
  const texts = needs.map(path => build.context.read(path) ?? '')
  return { files: needs.filter(path => !/(?:^|\/)patches\//.test(path) || texts.some(text => text.includes(path.slice(path.lastIndexOf('patches/'))))) }
}

