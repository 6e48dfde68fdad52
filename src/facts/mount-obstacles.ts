// What speaks against laying a cache mount over a folder of the image: files that it would hide, files that others look for
// there, and folders above it that the user of the step could not write to any more.
import type { Build, Instruction, RunStep } from '../model/build.ts'
import { quotedCommand } from './command-text.ts'
import { variableAt } from './commands.ts'
import { fact } from './fact.ts'
import { absolutePath, covers, isWithin } from './image-paths.ts'
import { quoted } from './instruction-text.ts'
import { cacheDirectories, indexRefreshes, installsOf, type Install } from './installs.ts'
import { lineOf } from './lines.ts'
import { copyMayWrite } from './lost-outputs.ts'
import { accountOf } from './package-caches.ts'
import { copiesFrom, rootOf, stagesBelow, stagesOn } from './stage-trees.ts'
import { fileRemovals } from './writes.ts'

/** A clause, or null. `mounted` are the steps that get a mount on the folder: what they read and write there stays together. */
export const mountObstacle = (build: Build, install: Install, path: string, mounted: readonly RunStep[]): string | null =>
  hidden(build, install.step, path) ?? removed(build, install.step, path) ?? taken(build, install.step, path) ?? named(build, install.step, path, mounted) ?? lockedParents(install, path) ?? unfitTool(build, install) ?? missingIndex(build, install, path)

/** A copy below the step that may fill the folder. */
function hidden(build: Build, step: RunStep, path: string): string | null {
  const below = stagesBelow(step.stage).flatMap(({ steps }) => steps.filter(other => other.stage !== step.stage || other.index < step.index))
  const copy = below.find(other => (other.kind === 'copy' || other.kind === 'add') && copyMayWrite(build, other, path))
  return copy ? `the mount would hide what "${quoted(copy, 50)}" may put into ${path}` : null
}

/** A mount cannot be removed. */
function removed(build: Build, step: RunStep, path: string): string | null {
  const removal = fileRemovals(step).find(({ pattern }) => covers(pattern, path))
  return removal ? `"${quotedCommand(build, removal.command.command, 40)}" in the same RUN would fail on the mount` : null
}

/** A copy that takes the folder, or what lies around it, out of the stage. */
function taken(build: Build, step: RunStep, path: string): string | null {
  const copy = copiesFrom(build, stagesOn(build, rootOf(step.stage))).find(({ sources, hasUnknownSource }) => hasUnknownSource || sources.some(source => {
    const from = absolutePath('/', source.replace(/\/?[^/]*[*?[].*$/s, ''))
    return from === null || isWithin(path, from) || isWithin(from, path)
  }))
  return copy ? `line ${lineOf(build, copy.span)} may take files of ${path} out of the stage` : null
}

/** Something else that names the folder, or takes files from around it. */
function named(build: Build, step: RunStep, path: string, mounted: readonly RunStep[]): string | null {
  const stages = stagesOn(build, rootOf(step.stage))
  const isNamed = new RegExp(`(?<![\\w-])${tailOf(path).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w-])`)
  const other = stages.flatMap(({ instructions }) => instructions).find(entry => !mounted.some(run => run === entry) && isNamed.test(readText(entry)))
  if (other) return `line ${lineOf(build, other.span)} looks for files in ${path}`
  const reader = build.stages.filter(({ reachable }) => reachable).flatMap(({ steps }) => steps).find(other => other.kind === 'run'
    && other.mounts.some(({ from, source }) => from.kind === 'stage' && stages.includes(from.stage) && (source === null || isWithin(path, `/${source.replace(/^\/+|\/+$/g, '')}`))))
  return reader ? `line ${lineOf(build, reader.span)} mounts the files of this stage, those of ${path} among them` : null
}

/** `.npm`, `pkg/mod`: what is left of a path when the home is written as `~`, or the folder above as a variable. */
const tailOf = (path: string): string => /(?:^|\/)(\.[^/]+)$/.exec(path)?.[1] ?? path.split('/').slice(-2).join('/')

/** What an instruction does with paths. Variables only name them, removals leave nothing to lose, and comments are talk. */
const readText = fact((entry: Instruction): string => {
  if (entry.kind === 'run') return [entry.text.replace(/^RUN(?:\s+--\S+)*/i, ''), ...entry.heredocs.map(({ body }) => body)].join('\n').replace(/\brm\s[^&|;\n]*/g, '').replace(/^\s*#.*$/gm, '')
  return entry.kind === 'setting' && /^(?:CMD|ENTRYPOINT|HEALTHCHECK)$/.test(entry.keyword) ? entry.text : ''
})

/** The engine makes the folders above a mount root's, and other caches of the user may lie there: `.cache`, `.local`. */
function lockedParents(install: Install, path: string): string | null {
  const { isRoot, user } = accountOf(install.step)
  const isMoved = cacheDirectories(install).some(directory => directory.path === path && directory.movedBy !== null)
  const parent = path.slice(0, path.lastIndexOf('/'))
  return isRoot !== false || isMoved || /^\/(?:home\/)?[^/]*$/.test(parent) ? null : `${parent}, which the engine makes for the mount, would belong to root, where "${user}" may have to write`
}

/** Settings with which a cache in another file system does not do. */
function unfitTool({ context }: Build, { manager, options, command }: Install): string | null {
  if (manager === 'uv' && (options.find(({ name }) => name === '--link-mode')?.value ?? variableAt(command, 'UV_LINK_MODE')) === 'symlink') return 'uv links what it installs to its cache'
  const settings = manager === 'maven' ? options.find(({ name }) => /^(?:-s|-gs|--settings|--global-settings)$/.test(name)) : undefined
  if (settings) return `the settings that "${settings.name}" names may move Maven's repository`
  const files = manager === 'pnpm' ? ['.npmrc', 'pnpm-workspace.yaml'] : []
  const strict = files.find(file => /import-?method\s*[=:]\s*["']?hardlink/i.test(String(context.read(file) ?? '')))
  return strict ? `${strict} makes pnpm link what it installs to its store` : null
}

/** Package lists of the image that the mount would hide: of this step, and of later ones, which would find none in the layer. */
function missingIndex(build: Build, install: Install, path: string): string | null {
  const { row, manager, step } = install
  if (row.ecosystem !== 'os' || row.refreshesItself || !cacheDirectories(install).some(directory => directory.kind === 'index' && directory.path !== null && isWithin(directory.path, path))) return null
  const refreshes = (run: RunStep): boolean => indexRefreshes(run).some(refresh => refresh.manager === manager)
  if (!refreshes(step)) return `the package lists are refreshed in another step than "${quoted(step, 40)}"`
  const later = stagesOn(build, rootOf(step.stage)).flatMap(({ steps }) => steps).find(other => other.kind === 'run' && other !== step && !refreshes(other) && installsOf(other).some(found => found.manager === manager))
  return later ? `line ${lineOf(build, later.span)} needs the package lists in the image` : null
}
