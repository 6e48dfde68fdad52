// Whether a copy of the sources may go below the installs it re-runs, once their manifests are copied in its place: what has to be copied, and
// what stands in the way.
import { contextPathOf, stepBelow } from '../cache/context-reads.ts'
import type { Build, CopyStep, Instruction, RunStep, Setting, Step } from '../model/build.ts'
import { absentLocks, withAbsentLocks } from './absent-locks.ts'
import { contextReaders } from './broad-copies.ts'
import type { NormalCommand } from './commands.ts'
import { copiedFiles } from './copied-files.ts'
import { foreignCommand } from './foreign-commands.ts'
import { isGitIgnored } from './git-ignores.ts'
import { independentStep, mayTouch } from './independent-steps.ts'
import { baseName, destinationOf, isWithin } from './image-paths.ts'
import { installFiles } from './install-files.ts'
import { installPart } from './install-parts.ts'
import type { Install } from './installs.ts'
import { quoted, quotedText } from './instruction-text.ts'
import { lineOf } from './lines.ts'
import { workspaceMembers } from './missing-members.ts'
import { broughtBy } from './origins.ts'

export interface CopySplit {
  readonly copy: CopyStep
  /** The step that the copy goes below. */
  readonly last: RunStep
  /** Context paths that have to be copied in its place, with patterns for lock files that may be there; empty where all that is needed comes earlier already. */
  readonly files: readonly string[]
  /** All that the installs need, in the same way. */
  readonly needs: readonly string[]
  /** The destination as an absolute path, where the working directory is another one below. */
  readonly target: string | null
  /** What the ignore file has to keep out, so that the copy brings nothing over what was installed. */
  readonly outputs: readonly Output[]
  /** Commands of the step that get a RUN of their own above the copy, which then stays; null: all of it goes above. */
  readonly part: readonly NormalCommand[] | null
}
/** Folders of one name in the context that an install fills, and that no line keeps out yet. */
export interface Output {
  readonly folders: readonly string[]
  /** A pattern for all of them, where several projects have one. */
  readonly pattern: string | null
}
export type Split = CopySplit | { readonly reason: string }

/** `installs`: all that the copy re-runs, in the order of the file. */
export function copySplit(build: Build, copy: CopyStep, installs: readonly Install[]): Split {
  const last = installs.at(-1)!.step
  const refused = placeReason(copy, installs)
  if (refused !== null) return { reason: refused }
  const needs: string[] = []
  for (const install of installs) {
    const found = installFiles(build, copy, install)
    if ('reason' in found) return found
    if (install.frozen === true && !holdsLock(install, found.files)) return { reason: `"${quotedText(install.command.words.map(({ text }) => text).join(' '), 40)}" asks for a lock file, which the build context seen here does not have` }
    needs.push(...found.files)
  }
  const all = [...new Set(needs)]
  const part = installPart(build, copy, installs, all)
  const reason = part === null ? reasonBetween(build, copy, last, installs, all) : 'reason' in part ? part.reason : null
  if (reason !== null) return { reason }
  const lowest = part === null ? lowestPlace(copy, last) : last
  const [ignored, moved] = [outputs(build, copy, installs, all), targetBelow(copy, lowest)]
  if ('reason' in ignored) return ignored
  if ('reason' in moved) return moved
  const [absent, missing] = [absentLocks(build, copy, installs), all.filter(path => !isBroughtBefore(build, copy, path))]
  const files = withAbsentLocks(build, missing, absent)
  if (files === null) return { reason: `${baseName(absent[0]!)} is not there, and a build that has one brings it by this copy` }
  return { copy, last: lowest, needs: withAbsentLocks(build, all, absent)!, files, target: moved.target, outputs: ignored.outputs, part: part && 'commands' in part ? part.commands : null }
}

/** What is not there now may be when the image is built: a copy of everything else would bring it, one of manifests would not. */
const holdsLock = ({ lockfiles }: Install, files: readonly string[]): boolean => lockfiles.length === 0 || lockfiles.some(name => name.includes('*') || files.some(path => baseName(path) === baseName(name)))

function placeReason(copy: CopyStep, installs: readonly Install[]): string | null {
  const other = installs.find(({ step }) => step.stage !== copy.stage)
  if (other) return `"${quoted(other.step, 40)}" stands in stage "${other.step.stage.label}", which is built FROM the one with the copy`
  if (copy.stage.windows) return 'the stage runs Windows'
  if (installs.some(({ step }) => step.onbuild)) return 'the install comes from an ONBUILD of the base image'
  return copy.hasUnknownSource || copy.heredocs.length > 0 || copy.remotes.length > 0 ? 'the copy brings more than files of the build context' : null
}

/** The first thing between the copy and its new place below `last` that may need the sources, or would end up in another order. */
export function reasonBetween(build: Build, copy: CopyStep, last: Instruction, installs: readonly Install[], needs: readonly string[]): string | null {
  const { instructions } = copy.stage
  const between: readonly Instruction[] = instructions.slice(instructions.indexOf(copy) + 1, instructions.indexOf(last) + 1)
  for (const instruction of between) {
    const what = `"${quoted(instruction, 40)}" (line ${lineOf(build, instruction.span)})`
    if (instruction.kind === 'setting') {
      if (assignsUsed(copy, instruction)) return `${what} sets a variable that the copy uses`
    } else if (instruction.kind === 'run') {
      const own = installs.some(({ step }) => step === instruction) ? null : independentStep(instruction)
      if (own && !mayTouch(own, destinationOf(copy))) continue
      const command = foreignCommand(build, copy, instruction, installs, needs)
      if (command === 'all') return `${what} may need the sources`
      if (command !== null) return `"${quotedText(build.text.slice(command.span.start, command.span.end), 40)}" (line ${lineOf(build, command.span)}) may need the sources`
    } else if (instruction.kind !== 'workdir' && collides(build, copy, instruction)) return `${what} writes where the copy would write after it`
  }
  return null
}

/** Past further RUN steps right below that cost something and need nothing of the copy either. */
function lowestPlace(copy: CopyStep, last: RunStep): RunStep {
  const { instructions } = last.stage
  let lowest = last
  for (const next of instructions.slice(instructions.indexOf(last) + 1)) {
    if (next.kind !== 'run' || next.onbuild || !needsNothing(copy, next)) break
    lowest = next
  }
  return lowest
}

function needsNothing(copy: CopyStep, run: RunStep): boolean {
  if (fetchesBrowsers(run)) return true
  const own = independentStep(run)
  return own !== null && own.isCostly && !mayTouch(own, destinationOf(copy))
}

/** By a command of a package that the install above brought, which reads nothing of the project. */
function fetchesBrowsers({ commands, form, mounts }: RunStep): boolean {
  if (form !== 'shell' || commands === 'opaque' || mounts.some(({ type }) => type === 'bind')) return false
  const texts = commands.map(({ words }) => words.map(({ value }) => value ?? '$').join(' '))
  return texts.length > 0 && texts.every(text => /^(?:npx (?:--?\w+ )*|python3? -m |uv run |poetry run |yarn |pnpm (?:exec )?|bunx )?playwright install(?:-deps)?(?: [\w-]+)*$/.test(text))
}

const assignsUsed = ({ text }: CopyStep, { assigns }: Setting): boolean => assigns.some(({ name }) => new RegExp(`\\$\\{?${name}\\b`).test(text))

/** Whether both bring the same file; of files nobody knows, whether one destination lies in the other. */
function collides(build: Build, copy: CopyStep, other: CopyStep): boolean {
  const [place, otherPlace] = [destinationOf(copy), destinationOf(other)]
  if (place === null || otherPlace === null) return true
  const [files, others] = [copiedFiles(build, copy), copiedFiles(build, other)]
  if (files === 'unknown' || others === 'unknown') return isWithin(otherPlace, place) || isWithin(place, otherPlace)
  const known = new Set(files.map(({ path }) => path))
  return others.some(({ path }) => known.has(path))
}

/** A relative destination means another folder below a WORKDIR. */
export function targetBelow(copy: CopyStep, last: { readonly workdir: string | null }): { readonly target: string | null } | { readonly reason: string } {
  const place = destinationOf(copy)
  if (copy.target!.startsWith('/') || copy.workdir === last.workdir) return { target: null }
  const isVariable = copy.stage.instructions.some(({ kind, text }) => kind === 'workdir' && text.includes('$')) || copy.text.includes('$')
  return place === null || isVariable ? { reason: 'the working directory changes between the copy and the install' } : { target: place }
}

/** The same file from the same place, and no RUN since that could have changed it. */
export function isBroughtBefore(build: Build, copy: CopyStep, path: string): boolean {
  const place = copiedPlace(copy, path)
  for (let at: Step | null = stepBelow(copy); at && at.kind !== 'run' && place !== null; at = stepBelow(at)) {
    const origin = at.kind === 'workdir' || at.onbuild ? null : broughtBy(build, at, place)
    if (origin === 'unknown') return false
    if (origin) return origin.path === path && at.kind === copy.kind && at.stage === copy.stage && (at as CopyStep).chown === copy.chown && (at as CopyStep).chmod === copy.chmod
  }
  return false
}

/** Where one file of a copy of a folder comes to lie. */
function copiedPlace(copy: CopyStep, path: string): string | null {
  const place = destinationOf(copy)
  const source = place === null ? null : contextPathOf(copy, place)
  return source === null ? null : `${place === '/' ? '' : place}/${path.slice(source === '' ? 0 : source.length + 1)}`
}

/** Folders of the project that an install fills. */
function outputsOf({ manager, step, options }: Install): readonly string[] {
  const text = `${step.stage.steps.map(each => each.text).join('\n')}\n${step.environment.entries().map(({ name, value }) => `${name}=${value ?? ''}`).join('\n')}`
  switch (manager) {
    case 'npm': case 'pnpm': case 'yarn': case 'bun': return ['node_modules']
    case 'uv': return options.some(({ name }) => name === '--system') || /UV_PROJECT_ENVIRONMENT|UV_SYSTEM_PYTHON/.test(text) ? [] : ['.venv']
    case 'pdm': return ['.venv']
    case 'poetry': case 'pipenv': return /in[-_]project/i.test(text) ? ['.venv'] : []
    case 'composer': return ['vendor']
    case 'bundler': return [.../vendor\/bundle/.test(text) ? ['vendor/bundle'] : [], .../\bbundle\s+config\b/.test(text) ? ['.bundle'] : []]
    case 'dotnet': return ['obj']
    case 'gradle': return ['.gradle']
    case 'mix': return ['deps', '_build']
    default: return []
  }
}

/** What a build machine may have there. */
function outputs(build: Build, copy: CopyStep, installs: readonly Install[], needs: readonly string[]): { readonly outputs: readonly Output[] } | { readonly reason: string } {
  const found = new Map<string, Output>()
  for (const install of installs) {
    const folder = contextPathOf(copy, install.directory!)!
    for (const name of outputsOf(install)) {
      const projects = projectsOf(build, install, folder, needs)
      const folders = projects.map(project => (project === '' ? name : `${project}/${name}`))
      const open = folders.filter(path => !build.context.ignores(`${path}/file`) && !copy.exclude.some(pattern => baseName(pattern.replace(/\/?\**$/, '')) === baseName(name)))
      const held = open.find(path => holdsFiles(build, path) && !isGitIgnored(build, path, 'folder'))
      if (held !== undefined) return { reason: `the project has files in ${held}, which the copy would bring over what was installed` }
      const reader = open.length > 0 ? contextReaders(build).find(step => step.kind !== 'run' && step.sources.some(source => baseName(source.replace(/\/+$/, '')) === baseName(name))) : undefined
      if (reader) return { reason: `"${quoted(reader, 40)}" takes ${name} from the build context` }
      if (open.length === 0) continue
      const below = install.row.ecosystem === 'dotnet' || folder === '' ? '' : `${folder}/`
      found.set(`${folder} ${name}`, { folders: open, pattern: projects.length > 1 ? `${below}**/${name}` : null })
    }
  }
  return { outputs: [...found.values()] }
}

/** The folders that get an output of their own: that of the project and those of its members. */
function projectsOf(build: Build, install: Install, folder: string, needs: readonly string[]): readonly string[] {
  const above = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))
  if (install.manager === 'dotnet') return [...new Set(needs.filter(path => /proj$/.test(path)).map(above))]
  if (install.row.ecosystem === 'javascript') return [folder, ...workspaceMembers(build, folder === '' ? 'package.json' : `${folder}/package.json`).map(above)]
  return [folder]
}

function holdsFiles(build: Build, folder: string): boolean {
  const files = build.context.files()
  return files !== 'unknown' && files.some(({ path }) => path.startsWith(`${folder}/`))
}
