// Installs whose result lies in a cache mount, so that the image, or the step that needs it, does not have it.
import { stepBelow } from '../cache/context-reads.ts'
import type { Build, RunStep, Stage, Step } from '../model/build.ts'
import type { Span } from '../text.ts'
import { cacheMounts, mountOver, textBesideMounts, type CacheMount } from './cache-mounts.ts'
import { commandsOf, variableAt, type NormalCommand } from './commands.ts'
import { fact } from './fact.ts'
import { isWithin } from './image-paths.ts'
import { cacheDirectories, installsOf, type Install } from './installs.ts'
import { isUnknown } from './lone-refreshes.ts'
import { copyMayWrite } from './lost-outputs.ts'
import { isShipped } from './stages.ts'

export interface LostInstall {
  readonly cache: CacheMount
  readonly install: Install
  /** The folder that holds what was installed. */
  readonly folder: string
  /** What needs it: a later command, or null for the image itself. */
  readonly reader: { readonly span: Span } | null
  /** `cut-off`: the reader may not fetch, and has no access to what was fetched. */
  readonly how: 'missing' | 'cut-off'
}

export const lostInstalls = fact((build: Build): readonly LostInstall[] => cacheMounts(build).flatMap(cache => {
  if (cache.path === null || cache.mount.options.has('from') || copiesOut(cache.step)) return []
  return installsOf(cache.step).flatMap(install => lostStore(build, cache, install) ?? lostTree(build, cache, install) ?? cutOff(build, cache, install) ?? [])
}))

/** What copies things out of the mount, or may. */
const copiesOut = (step: RunStep): boolean => {
  const commands = commandsOf(step)
  return commands === 'opaque' || commands.some(command => isUnknown(command) || /^(?:cp|mv|rsync|tar|install|ln|find|zip|cpio|xargs|make|just)$/.test(command.program ?? ''))
}

/** Managers whose store is what the command is for, with the verbs of which that is so. */
const STORES: Readonly<Record<string, RegExp>> = {
  playwright: /^install$/, puppeteer: /./, cypress: /^install$/, cargo: /^(?:install|binstall)$/, pipx: /^install$/, uv: /^(?:tool|python) install$/,
  gem: /^(?:install|i)$/, bundler: /^(?:install|i|)$/, poetry: /^(?:install|sync)$/, nvm: /./, pyenv: /./, rbenv: /./, mise: /./, asdf: /./, rustup: /./, deno: /^(?:install|i|ci|cache)$/,
}

function lostStore(build: Build, cache: CacheMount, install: Install): LostInstall | null {
  const { manager, verb, step } = install
  if (!STORES[manager]?.test(verb) || !isShipped(build, step.stage) || !isAsAssumed(build, install)) return null
  const store = cacheDirectories(install).find(({ kind, path, row }) => kind === 'store' && path !== null && isWithin(path, cache.path!) && (manager !== 'uv' || row.paths.some(place => place.includes(`/uv/${verb.startsWith('tool') ? 'tools' : 'python'}`))))
  if (!store?.certain || hasLaterInstall(install, store.path!)) return null
  return { cache, install, folder: store.path!, reader: null, how: 'missing' }
}

/** Whether nothing else says where things go. */
function isAsAssumed(build: Build, { manager, command, options, step, global }: Install): boolean {
  const text = textBesideMounts(build)
  if (manager === 'poetry') return !/virtualenvs|VIRTUAL_ENV|activate|conda|\bvenv\b/i.test(text) && (build.context.has('poetry.toml') === false || /^(?![\s\S]*virtualenvs)/.test(String(build.context.read('poetry.toml'))) && build.context.has('poetry.toml') === true)
  if (manager === 'cargo') return !options.some(({ name }) => name === '--root') && variableAt(command, 'CARGO_INSTALL_ROOT') === undefined
  if (manager === 'bundler' || manager === 'gem') return !/\bbundle config\b|--path|--install-dir|\.bundle\//.test(text)
  if (manager === 'deno') return !global && !/\bcompile\b|\bbundle\b|vendor|node_modules/i.test(step.text)
  return true
}

/** The same tool installs again without the mount. */
function hasLaterInstall({ manager, step }: Install, folder: string): boolean {
  const { steps } = step.stage
  return steps.slice(step.index + 1).some(later => later.kind === 'run' ? !mountOver(later, folder) && (commandsOf(later) === 'opaque' || installsOf(later).some(other => other.manager === manager) || copiesOut(later)) : later.kind !== 'workdir')
}

/** Folders of the project that an install fills, and what reads them afterwards. */
const TREES: readonly { readonly managers: readonly string[]; readonly name: string; readonly readers: RegExp }[] = [
  { managers: ['npm', 'yarn', 'pnpm', 'bun'], name: 'node_modules', readers: /^(?:npm|yarn|pnpm|npx|node|bun|bunx|next|vite|tsc|webpack|ng)$/ },
  { managers: ['composer'], name: 'vendor', readers: /^(?:php|composer)$/ },
  { managers: ['uv'], name: '.venv', readers: /^uv$/ },
]

function lostTree(build: Build, cache: CacheMount, install: Install): LostInstall | null {
  const { manager, effect, from, directory, step, offline } = install
  const tree = TREES.find(({ managers }) => managers.includes(manager))
  if (!tree || effect !== 'install' || offline || !from.includes('manifests') || !directory?.startsWith('/')) return null
  const folder = `${directory === '/' ? '' : directory}/${tree.name}`
  if (!isWithin(folder, cache.path!) || installsElsewhere(build, install)) return null
  // The context may hold such a folder, too.
  if (step.stage.steps.some(copy => (copy.kind === 'copy' || copy.kind === 'add') && copy.from.kind === 'context' && copyMayWrite(build, copy, `${folder}/x`))) return null
  for (const later of laterRuns(step)) {
    if (mountOver(later, folder)) continue
    const commands = commandsOf(later)
    if (commands === 'opaque' || installsOf(later).some(other => TREES.some(({ managers }) => managers.includes(other.manager)))) return null
    const reader = commands.find(({ program }) => program !== null && tree.readers.test(program))
    if (reader) return isScript(reader) ? { cache, install, folder, reader: reader.command, how: 'missing' } : null
    if (copiesOut(later)) return null
  }
  const hasCopies = step.stage.steps.slice(step.index + 1).some(later => (later.kind === 'copy' || later.kind === 'add') && later.from.kind !== 'context')
  return isShipped(build, step.stage) && !hasCopies ? { cache, install, folder, reader: null, how: 'missing' } : null
}

const isScript = ({ program, arguments: values }: NormalCommand): boolean => program === 'node' || program === 'php' ? values.length > 0 : !/^(?:config|set|cache|--version|-v|pkg|version|global|prune)$/.test(values[0] ?? '') && values.length > 0

/** Options and variables that put the tree somewhere else. */
const installsElsewhere = (build: Build, { options, command }: Install): boolean =>
  options.some(({ name }) => /^(?:--modules-folder|--modules-dir|--prefix|-g|--global)$/.test(name)) || variableAt(command, 'UV_PROJECT_ENVIRONMENT') !== undefined || variableAt(command, 'COMPOSER_VENDOR_DIR') !== undefined || /nodeLinker|vendor-dir/.test(build.text)

/** Later RUN steps of the stage. */
const laterRuns = (step: RunStep): readonly RunStep[] => step.stage.steps.slice(step.index + 1).filter((later): later is RunStep => later.kind === 'run')

/** Managers that can do nothing without what they fetched before, once told not to fetch. */
const NEEDS_FETCHED: readonly string[] = ['dotnet', 'pnpm', 'maven', 'gradle', 'cargo', 'pub']

function cutOff(build: Build, cache: CacheMount, install: Install): LostInstall | null {
  const { manager, step, offline } = install
  if (!NEEDS_FETCHED.includes(manager) || offline) return null
  const fetched = cacheDirectories(install).filter(({ kind }) => kind === 'store' || kind === 'download')
  const held = fetched.find(({ path, certain }) => certain && path !== null && isWithin(path, cache.path!))
  // NuGet's http cache is not what a build reads.
  if (!held?.path || manager === 'dotnet' && held.kind !== 'store') return null
  const reader = laterOn(build, step).flatMap(later => (mountOver(later, held.path!) ? [] : installsOf(later))).find(other => other.manager === manager)
  return reader?.offline && hasStepBelow(reader.step, step) ? { cache, install, folder: held.path, reader, how: 'cut-off' } : null
}

/** RUN steps of the same stage, and of stages built FROM it, in file order. */
const laterOn = ({ stages }: Build, step: RunStep): readonly RunStep[] => stages.filter(({ reachable, index }) => reachable && index >= step.stage.index)
  .flatMap(stage => (stage === step.stage ? laterRuns(step) : isBuiltFrom(stage, step.stage) ? stage.steps.filter((later): later is RunStep => later.kind === 'run') : []))

function isBuiltFrom(stage: Stage, below: Stage): boolean {
  for (let at = stage; at.base.kind === 'stage'; at = at.base.stage) if (at.base.stage === below) return true
  return false
}

function hasStepBelow(upper: Step, lower: Step): boolean {
  for (let at = stepBelow(upper); at; at = stepBelow(at)) if (at === lower) return true
  return false
}
