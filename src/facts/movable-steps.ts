// Copies that stand above steps which need nothing of them: packages and tools that are fetched anew with each edit, for nothing.
import { contextFilesOf, stepBelow } from '../cache/context-reads.ts'
import type { Build, CopyStep, RunStep, Setting, Stage, Step } from '../model/build.ts'
import { takesWholeContext } from './broad-copies.ts'
import { commandsOf, type NormalCommand } from './commands.ts'
import { copiedFiles } from './copied-files.ts'
import { fact } from './fact.ts'
import { baseName, destinationOf, isWithin } from './image-paths.ts'
import { independentStep, mayTouch, type IndependentStep } from './independent-steps.ts'
import { installsOf } from './installs.ts'
import { stagesBelow, stagesFrom } from './stage-trees.ts'

export interface Movable {
  readonly step: RunStep
  /** The copies it may be moved above, lowest first. Never empty. */
  readonly above: readonly CopyStep[]
  /** Steps among the copies that it may build on, so that they have to move along: an `apk update`. */
  readonly along: readonly RunStep[]
}

/** Costly steps that need nothing of the copies above them, in the order of the file. */
export const movableSteps = fact((build: Build): readonly Movable[] => {
  const steps = build.stages.filter(({ reachable, windows }) => reachable && !windows).flatMap(stage => {
    const first = stage.base.kind === 'stage' ? 0 : stage.steps.findIndex(step => step.kind === 'copy' || step.kind === 'add')
    return first === -1 ? [] : stage.steps.slice(first).filter(step => step.kind === 'run')
  })
  return steps.slice(0, MOST_RUNS).flatMap(step => movable(build, step) ?? [])
})

/** Nobody writes more of them into one file by hand. */
const MOST_RUNS = 500

/** Nobody writes more steps by hand between a copy and what should stand above it. */
const MOST_STEPS = 30

function movable(build: Build, step: RunStep): Movable | null {
  const own = independentStep(step)
  if (!own?.isCostly) return null
  // Steps that may have to move along, since this one may build on them.
  let carried: readonly IndependentStep[] = [own]
  const above: CopyStep[] = []
  let steps = 0
  for (let at: Step | null = stepBelow(step); at && steps < MOST_STEPS; at = stepBelow(at), steps++) {
    if (at.stage !== step.stage && (!isOnlyUser(build, at.stage) || HELPER_STAGE.test(step.stage.name ?? ''))) break
    if (at.kind === 'workdir') {
      // Above it the step would run somewhere else.
      if (carried.some(({ isRelative }) => isRelative)) break
      continue
    }
    if (at.kind === 'run') {
      const other = independentStep(at)
      if (!other && mayPrepare(at, own)) break
      if (other) carried = [...carried, other]
      continue
    }
    const copy = at
    const bound = carried.filter(entry => mayNeed(build, entry, copy))
    if (at.onbuild || bound.some(entry => entry === own || mayPrepare(entry.step, own))) break
    carried = carried.filter(entry => !bound.includes(entry))
    above.push(copy)
  }
  const along = carried.filter(entry => entry !== own && mayPrepare(entry.step, own)).map(entry => entry.step)
  return above.length > 0 ? { step, above, along: along.reverse() } : null
}

/** What such a stage installs is for developers and checks, and has no business in the stage it is built FROM. */
const HELPER_STAGE = /(?:^|[-_.])(?:dev|devel|development|dev-?envs?|devcontainer|debug|tests?|testing|e2e|lint|ci|local|bench|docs?)(?:[-_.]|$)/

/** Moving a step into a stage that others are built FROM, or that is an image of its own, would put it into them as well. */
const isOnlyUser = (build: Build, stage: Stage): boolean =>
  stage !== build.target && stagesFrom(build, stage).length === 1 && !stage.instructions.some(({ keyword }) => keyword === 'CMD' || keyword === 'ENTRYPOINT')

/** Where package managers, shells and the system look for what changes them. */
const SENSITIVE = /^\/(?:etc\/(?:apt|apk|yum[^/]*|dnf|zypp|pacman[^/]*|pki|ssl|ca-certificates[^/]*|profile[^/]*|environment|passwd|group|shadow|sudoers[^/]*|dpkg|pip\.conf|npmrc|gitconfig|default|locale[^/]*|ld\.so[^/]*|resolv\.conf|hosts|nsswitch\.conf)|usr\/(?:local\/)?share\/(?:ca-certificates|keyrings)|usr\/sbin\/policy-rc\.d|usr\/lib\/apt|var\/lib|var\/cache|lib\/apk)(?:\/|$)|\/\.(?:netrc|curlrc|wgetrc|gitconfig|ssh|bash\w*|profile|config)(?:\/|$)/
/** The same for the tools of a language. */
const TOOL_SETTINGS = /\/\.(?:npmrc|yarnrc[\w.]*|yarn|pnpmfile\.cjs|pypirc|condarc|gemrc|bundle|config)(?:\/|$)|\/(?:pip\.conf|pnpm-workspace\.yaml)$/
const SYSTEM = /^\/(?:$|usr|opt|s?bin|lib\d*|etc|var\/(?!www)|root$|home$)/

/** Whether a step may need what a copy brings. */
export function mayNeed(build: Build, entry: IndependentStep, copy: CopyStep): boolean {
  const place = destinationOf(copy)
  const isSetting = (path: string): boolean => SENSITIVE.test(path) || entry.ecosystems.size > 0 && TOOL_SETTINGS.test(path)
  if (place !== null && isSetting(place) || copy.sources.some(source => isSetting(`/${source}`))) return true
  const isRoot = place === null || place === '/' || /^\/(?:etc|usr|usr\/share|usr\/local\/share|root|usr\/local)$/.test(place)
  // The list of files is asked for only where it decides.
  const files = isRoot ? copiedFiles(build, copy) : 'unknown'
  if (isRoot && (files === 'unknown' ? place !== null && !(place === '/' && isNamedPlainly(copy)) : files.some(({ path }) => isSetting(path)))) return true
  if (entry.ecosystems.size > 0 && (place === null ? copy.from.kind !== 'context' : SYSTEM.test(place))) return true
  if (bringsProgram(copy, place, entry.programs) || entry.ecosystems.size > 0 && bringsPath(copy, place, entry.step) || choosesVersion(build, copy, entry.programs)) return true
  // Into the root go names: the folders and files of the context there.
  return place === '/' && files !== 'unknown' ? files.some(({ path }) => entry.paths.some(named => isWithin(path, named.replace(/\/?[^/]*\*.*$/, '') || '/'))) : mayTouch(entry, place === '/' ? null : place)
}

/** A file or two by name, not a tree of system folders. */
const isNamedPlainly = ({ sources }: CopyStep): boolean => sources.every(source => /\.\w+$|(?:^|\/)[\w-]*entrypoint[\w-]*$/.test(source) && !/[*?]/.test(source))

const bringsProgram = ({ sources }: CopyStep, place: string | null, programs: ReadonlySet<string>): boolean =>
  place !== null && (programs.has(baseName(place)) || /(?:^|\/)s?bin$/.test(place) && sources.some(source => programs.has(baseName(source)) || /[*]/.test(source) || /(?:^|\/)s?bin\/?$/.test(source)))

/** A folder of PATH, such as that of a virtual environment made in another stage: its tools come first. */
const bringsPath = (copy: CopyStep, place: string | null, step: RunStep): boolean =>
  copy.from.kind !== 'context' && pathFolders(step).some(folder => place === null || isWithin(folder, place))

/** What the file itself puts into PATH above a step. */
const pathFolders = fact((step: RunStep): readonly string[] => stagesBelow(step.stage).flatMap(pathSettings).filter(({ stage, span }) => stage !== step.stage || span.start < step.span.start).flatMap(({ text }) => {
  const written = /\bPATH[=\s]+(?:"([^"]*)"|'([^']*)'|(\S+))/.exec(text)?.slice(1).find(value => value !== undefined) ?? ''
  return written.replace(/\$\{?(\w+)\}?/g, (_, name: string) => step.environment.get(name)?.value ?? '').split(':').filter(folder => folder.startsWith('/'))
}))
const pathSettings = fact((stage: Stage): readonly Setting[] => stage.instructions.filter((each): each is Setting => each.kind === 'setting' && each.assigns.some(({ name }) => name === 'PATH')))

/** Corepack, and pnpm by itself, run the version that `packageManager` in package.json names. */
function choosesVersion(build: Build, copy: CopyStep, programs: ReadonlySet<string>): boolean {
  if (!programs.has('corepack') && !programs.has('pnpm') || copy.from.kind !== 'context') return false
  const files = contextFilesOf(build, copy)
  return copy.sources.some(source => {
    const path = source.replace(/^(?:\.?\/)+|\/$/g, '').replace(/^\.$/, '')
    return files === 'unknown' ? takesWholeContext(copy) || /(?:^|\/)package[^/]*$/.test(path) : /(?:^|\/)package[^/]*$/.test(path) || files.has(path === '' ? 'package.json' : `${path}/package.json`)
  })
}

const BUILDERS = /^(?:npm|npx|pnpm|yarn|bun|deno|node|tsc|vite|webpack|ng|next|go|cargo|mvnw?|gradlew?|dotnet|composer|bundle|rake|rails|mix|python|pip|uv|poetry|pipenv|php|ruby|make|cmake|ninja|gcc|g\+\+|sbt|lein|swift|flutter|dart|hugo|collectstatic|prisma|turbo|nx)$/

/**
 * Whether a step that stays below the copies may make or set up what the other one works with: scripts, files in system folders, a tool of the same
 * ecosystem. Dependencies and builds of the project do not.
 */
function mayPrepare(step: RunStep, own: IndependentStep): boolean {
  const commands = commandsOf(step)
  if (commands === 'opaque' || step.onbuild) return true
  const installs = installsOf(step)
  if (installs.some(({ row }) => row.ecosystem === 'os' || own.ecosystems.has(row.ecosystem))) return true
  const known = new Set(installs.map(({ command }) => command))
  return !commands.every(command => known.has(command) || command.words.length === 0 || isHarmless(command, own))
}

const HANDLES_FILES = /^(?:mkdir|rm|rmdir|cp|mv|ln|touch|chmod|chown|chgrp|install|echo|printf|cat|sed|find|ls|test|\[|true|:|set|cd|export|tar|unzip|grep|awk|sort|head|tail|tr|cut|xargs|dos2unix|rsync|date|pwd|sync|useradd|groupadd|adduser|addgroup|usermod)$/

function isHarmless(command: NormalCommand, own: IndependentStep): boolean {
  const { program, words, command: { redirects } } = command
  if (program === null || !HANDLES_FILES.test(program)) return program !== null && BUILDERS.test(program) && own.ecosystems.size === 0
  const named = [...words.slice(1), ...redirects.flatMap(({ target }) => target ?? [])]
  return !named.some(({ value, text }) => SENSITIVE.test(value ?? text) || /^\/(?:usr|etc|opt|bin|lib)\b/.test(value ?? text) && own.ecosystems.size > 0)
}
