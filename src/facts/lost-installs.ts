// Installs whose result lies in a cache mount, so that the image, or the step that needs it, does not have it.
import { contextMatches, stepBelow } from '../cache/context-reads.ts'
import type { Build, RunStep, Stage, Step } from '../model/build.ts'
import type { Span } from '../text.ts'
import { cacheMounts, mountOver, textBesideMounts, type CacheMount } from './cache-mounts.ts'
import { commandsOf, variableAt, type NormalCommand } from './commands.ts'
import { fact } from './fact.ts'
import { baseName, isWithin } from './image-paths.ts'
import { cacheDirectories, installsOf, type Install } from './installs.ts'
import { isUnknown } from './lone-refreshes.ts'
import { copyMayWrite, standsOnKnownImage } from './lost-outputs.ts'
import { mayMoveCaches } from './misplaced-mounts.ts'
import { isBuiltFrom } from './stage-trees.ts'
import { isShipped, kindOfFile } from './stages.ts'

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
  if (cache.path === null || cache.mount.options.has('from') || copiesOut(cache.step) || !standsOnKnownImage(cache.step.stage)) return []
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
  if (!STORES[manager]?.test(verb) || !isImageLeftAlone(build, step.stage) || !isAsAssumed(build, install)) return null
  const store = cacheDirectories(install).find(({ kind, path, row }) => kind === 'store' && path !== null && isWithin(path, cache.path!) && (manager !== 'uv' || row.paths.some(place => place.includes(`/uv/${verb.startsWith('tool') ? 'tools' : 'python'}`))))
  if (!store?.certain || hasLaterInstall(build, install, store.path!)) return null
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

/** Containers of development images get folders from elsewhere. */
const isImageLeftAlone = (build: Build, stage: Stage): boolean => isShipped(build, stage) && kindOfFile(build) === 'application'

/** The same tool installs again without the mount, or another step takes out what lies in it. */
const hasLaterInstall = (build: Build, { manager, step }: Install, folder: string): boolean => laterSteps(build, step).some(later =>
  (later.kind === 'run' ? copiesOut(later) || !mountOver(later, folder) && installsOf(later).some(other => other.manager === manager) : later.kind !== 'workdir' && copyMayWrite(build, later, `${folder}/x`)))

/** Of the same stage, and of those built FROM it. */
const laterSteps = ({ stages }: Build, step: RunStep): readonly Step[] => stages.filter(({ reachable, index }) => reachable && index >= step.stage.index)
  .flatMap(stage => (stage === step.stage ? stage.steps.slice(step.index + 1) : isBuiltFrom(stage, step.stage) ? stage.steps : []))

/** Folders of the project that an install fills, and what reads them afterwards. */
const TREES: readonly { readonly managers: readonly string[]; readonly name: string; readonly readers: RegExp }[] = [
  { managers: ['npm', 'yarn', 'pnpm', 'bun'], name: 'node_modules', readers: /^(?:npm|yarn|pnpm|node|bun)$/ },
  { managers: ['composer'], name: 'vendor', readers: /^(?:php|composer)$/ },
  { managers: ['uv'], name: '.venv', readers: /^uv$/ },
]

function lostTree(build: Build, cache: CacheMount, install: Install): LostInstall | null {
  const { manager, effect, from, directory, step, offline } = install
  const tree = TREES.find(({ managers }) => managers.includes(manager))
  if (!tree || effect !== 'install' || offline || !from.includes('manifests') || !directory?.startsWith('/')) return null
  const folder = `${directory === '/' ? '' : directory}/${tree.name}`
  if (!isWithin(folder, cache.path!) || installsElsewhere(build, install) || manager === 'yarn' && !isClassicYarn(build, install)) return null
  // The context may hold such a folder, too.
  if (step.stage.steps.some(copy => (copy.kind === 'copy' || copy.kind === 'add') && copy.from.kind === 'context' && copyMayWrite(build, copy, `${folder}/x`))) return null
  const later = laterSteps(build, step)
  if (later.some(other => (other.kind === 'copy' || other.kind === 'add') && (other.from.kind !== 'context' || copyMayWrite(build, other, `${folder}/x`)))) return null
  for (const other of later) {
    if (other.kind !== 'run') continue
    if (mountOver(other, folder)) {
      if (copiesOut(other)) return null
      continue
    }
    const commands = commandsOf(other)
    if (commands === 'opaque' || installsOf(other).some(({ manager: name }) => TREES.some(({ managers }) => managers.includes(name)))) return null
    const reader = commands.find(({ program }) => program !== null && tree.readers.test(program))
    if (reader) return isScript(reader) ? { cache, install, folder, reader: reader.command, how: 'missing' } : null
    if (copiesOut(other)) return null
  }
  return isImageLeftAlone(build, step.stage) ? { cache, install, folder, reader: null, how: 'missing' } : null
}

/** A command that surely needs what was installed: a script of the manifest or of the project. */
const isScript = ({ program, arguments: values }: NormalCommand): boolean =>
  program === 'node' || program === 'php' ? /^[^-].*\.(?:[cm]?js|php)$|^artisan$|^bin\/console$/.test(values[0] ?? '') : program === 'uv' ? values[0] === 'run' && values.includes('--no-sync') : program === 'composer' ? values[0] === 'dump-autoload' : /^(?:run|run-script|build|test|start)$/.test(values[0] ?? '')

/** Others may need no such folder. */
function isClassicYarn(build: Build, { flavour }: Install): boolean {
  const lock = build.context.read('yarn.lock')
  return flavour !== 'berry' && typeof lock === 'string' && /^# yarn lockfile v1/m.test(lock.slice(0, 500)) && build.context.has('.yarnrc.yml') === false
}

/** Options and variables that put the tree somewhere else. */
const installsElsewhere = (build: Build, { options, command }: Install): boolean =>
  options.some(({ name }) => /^(?:--modules-folder|--modules-dir|--prefix|-g|--global)$/.test(name)) || variableAt(command, 'UV_PROJECT_ENVIRONMENT') !== undefined || variableAt(command, 'COMPOSER_VENDOR_DIR') !== undefined || /nodeLinker|vendor-dir/.test(build.text)

/** Managers that can do nothing without what they fetched before, once told not to fetch. */
const NEEDS_FETCHED: readonly string[] = ['dotnet', 'pnpm', 'maven', 'gradle', 'cargo', 'pub']

function cutOff(build: Build, cache: CacheMount, install: Install): LostInstall | null {
  const { manager, step, offline } = install
  if (!NEEDS_FETCHED.includes(manager) || offline) return null
  const fetched = cacheDirectories(install).filter(({ kind }) => kind === 'store' || kind === 'download')
  const held = fetched.find(({ path, certain }) => certain && path !== null && isWithin(path, cache.path!))
  // NuGet's http cache is not what a build reads.
  if (!held?.path || manager === 'dotnet' && held.kind !== 'store') return null
  const later = laterSteps(build, step).filter(other => other.kind === 'run')
  const reader = later.flatMap(other => (mountOver(other, held.path!) ? [] : installsOf(other))).find(other => other.manager === manager)
  if (!reader?.offline || !hasStepBelow(reader.step, step) || mayBringPackages(build, later.slice(0, later.indexOf(reader.step) + 1), held.path)) return null
  return fetchesAnything(build, manager) && mayMoveCaches(build) === false ? { cache, install, folder: held.path, reader, how: 'cut-off' } : null
}

/** Whether a step may fill the folder by other means, or take out of the mount what is needed. */
const mayBringPackages = (build: Build, steps: readonly RunStep[], folder: string): boolean => steps.some(copiesOut) || build.stages.some(({ steps: all }) => all.some(other => (other.kind === 'copy' || other.kind === 'add') && copyMayWrite(build, other, `${folder}/x`) && other.from.kind !== 'context'))

/** What shows that a project fetches something at all. */
const FETCHED: Readonly<Record<string, { readonly files: readonly string[]; readonly sign: RegExp }>> = {
  dotnet: { files: ['**/*.csproj', '**/*.fsproj', '**/*.vbproj', '**/Directory.Build.props'], sign: /<PackageReference\b/ },
  pnpm: { files: ['**/pnpm-lock.yaml'], sign: /\bresolution:/ },
  cargo: { files: ['**/Cargo.lock'], sign: /^source = /m },
  maven: { files: ['**/pom.xml'], sign: /<project\b/ },
  gradle: { files: ['**/build.gradle', '**/build.gradle.kts'], sign: /\b(?:implementation|api|classpath|compileOnly)\b/ },
  pub: { files: ['**/pubspec.lock'], sign: /source: "?hosted/ },
}
const MOST_READ = 20

function fetchesAnything(build: Build, manager: string): boolean {
  const { files = [], sign = null } = FETCHED[manager] ?? {}
  const found = contextMatches(build, '', files.flatMap(pattern => [baseName(pattern), pattern]))
  const texts = found === 'unknown' ? [] : found.slice(0, MOST_READ).map(file => String(build.context.read(file)))
  return sign !== null && texts.some(text => sign.test(text)) && !texts.some(text => text.includes('RestorePackagesPath'))
}

function hasStepBelow(upper: Step, lower: Step): boolean {
  for (let at = stepBelow(upper); at; at = stepBelow(at)) if (at === lower) return true
  return false
}
