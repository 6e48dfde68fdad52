// Copies out of a stage into the image that carry a tree of installed dependencies together with sources or build output.
import { contextFilesOf, contextReadersBelow } from '../cache/context-reads.ts'
import type { Build, CopyStep, RunStep, Stage, Step } from '../model/build.ts'
import { commandsOf, variableAt } from './commands.ts'
import { placesOf } from './context-places.ts'
import { earlyInstallSteps } from './early-copies.ts'
import { fact } from './fact.ts'
import { imageCommands } from './image-command.ts'
import { absolutePath, destinationOf, isWithin } from './image-paths.ts'
import { installsOf, type Install } from './installs.ts'
import { ownerChanges } from './ownership.ts'
import { isForShipping } from './shipping.ts'
import { stagesBelow } from './stage-trees.ts'
import { shippedStages } from './stages.ts'
import { fileRemovals } from './writes.ts'

export interface MixedStageCopy {
  readonly copy: CopyStep
  /** The folder of the source stage that holds the dependencies, and the install that fills it. */
  readonly tree: string
  readonly install: Install
  /** Brings sources beside it. */
  readonly sources: CopyStep
}

/** None for images that are not pushed to be run: those of developers, and stages at the end of a file that start nothing. */
export const mixedStageCopies = fact((build: Build): readonly MixedStageCopy[] => (!isForShipping(build) || !startsSomething(build) ? [] : shippedStages(build).filter(({ windows }) => !windows).flatMap(stage =>
  stage.steps.flatMap(step => (step.kind === 'copy' && !step.onbuild && step.from.kind === 'stage' && step.sources.length === 1 && step.exclude.length === 0 ? mixed(build, step, step.from.stage) ?? [] : [])))))

const startsSomething = (build: Build): boolean => imageCommands(build).command !== null || imageCommands(build).entrypoint !== null

function mixed(build: Build, copy: CopyStep, stage: Stage): MixedStageCopy | null {
  const source = absolutePath('/', copy.sources[0]!)
  if (source === null || source === '/' || /[*?[]/.test(source) || isTouchedLater(copy)) return null
  const steps = chainSteps(stage)
  const trees = steps.flatMap(step => (step.kind === 'run' ? installsOf(step).flatMap(install => {
    const tree = treeOf(install)
    return tree !== null && tree !== source && isWithin(tree, source) ? [{ tree, install }] : []
  }) : []))
  const first = trees[0]
  if (!first || !isStable(build, first.install)) return null
  const after = steps.slice(steps.indexOf(first.install.step) + 1)
  const sources = after.find((step): step is CopyStep => (step.kind === 'copy' || step.kind === 'add') && step.from.kind === 'context' && bringsInto(build, step, source, first.tree))
  if (!sources || after.some(step => step.kind === 'run' && mayWriteTree(build, step, first))) return null
  return { copy, ...first, sources }
}

/** In the order they run, from the base image up. */
const chainSteps = (stage: Stage): readonly Step[] => stagesBelow(stage).toReversed().flatMap(({ steps }) => steps)

/** Where an install of a whole project puts what it installs; null where it goes elsewhere or nobody can tell. */
function treeOf({ manager, directory, from, effect, global, command, options, packages }: Install): string | null {
  if (directory === null || !directory.startsWith('/') || global || effect !== 'install' || !from.includes('manifests') || packages.length > 0) return null
  switch (manager) {
    case 'npm': case 'pnpm': case 'yarn': case 'bun': return options.some(({ name }) => /^--(?:modules-folder|modules-dir|production-only)$/.test(name)) ? null : absolutePath(directory, 'node_modules')
    case 'uv': return variableAt(command, 'UV_PROJECT_ENVIRONMENT') === undefined && command.program === 'uv' && command.arguments[0] === 'sync' ? absolutePath(directory, '.venv') : null
    case 'composer': return variableAt(command, 'COMPOSER_VENDOR_DIR') === undefined ? absolutePath(directory, 'vendor') : null
    default: return null
  }
}

/** Edits of sources leave the tree alone: nothing but manifests lies below the install. */
const isStable = (build: Build, { step }: Install): boolean =>
  !earlyInstallSteps(build).has(step)
  && contextReadersBelow(step).every(reader => {
    const files = contextFilesOf(build, reader)
    return files !== 'unknown' && files.size > 0 && [...files].every(path => /(?:^|\/)(?:package(?:-lock)?\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-[\w-]+\.ya?ml|bun\.lockb?|bunfig\.toml|\.[\w.-]*rc(?:\.\w+)?|pyproject\.toml|uv\.lock|README\.md|\.python-version|composer\.(?:json|lock)|[\w.-]+\.patch)$/.test(path))
  })

/** More than a file or two of the context comes to lie in the copied folder, beside the tree. */
function bringsInto(build: Build, step: CopyStep, source: string, tree: string): boolean {
  const files = contextFilesOf(build, step)
  return files !== 'unknown' && files.size > 1 && (placesOf(build, step) ?? []).some(({ path }) => isWithin(path, source) && !isWithin(path, tree))
}

/** Bundlers and monorepo tools that keep a cache in node_modules. */
const CACHES_IN_TREE = /"(?:react-scripts|webpack|@?babel[\w/-]*|@vue\/cli-service|nuxt|nx|turbo|lerna|ember-cli|gatsby|laravel-mix|@angular\/cli|vite|vitest|astro|@storybook\/[\w-]+|@sveltejs\/kit|parcel|eslint-webpack-plugin|terser-webpack-plugin|snowpack|prisma|@prisma\/client|electron|puppeteer)"\s*:/

/** Whether a later step may change the tree with each edit: builds of unknown tools do. */
function mayWriteTree(build: Build, step: RunStep, { install, tree }: { readonly install: Install; readonly tree: string }): boolean {
  const commands = commandsOf(step)
  if (commands === 'opaque') return true
  // uv installs the project itself and composer writes a class map: both end up in the tree.
  const isHarmless = commands.every(({ program, arguments: [verb] }) => /^(?:rm|mkdir|chmod|cp|mv|ln|touch|echo|cd|set|true|tsc|find|sed|cat)$/.test(program ?? '')
    || /^(?:npm|pnpm|yarn|bun)$/.test(program ?? '') && /^(?:run|run-script|prune|build|cache)$/.test(verb ?? ''))
  if (!isHarmless || fileRemovals(step).some(({ pattern }) => isWithin(tree, pattern) || isWithin(pattern, tree))) return true
  const text = install.row.ecosystem === 'javascript' ? manifestText(build, install) : ''
  const isBuilt = commands.some(({ program }) => /^(?:npm|pnpm|yarn|bun|tsc)$/.test(program ?? ''))
  return isBuilt && (text === null || CACHES_IN_TREE.test(text))
}

function manifestText(build: Build, { step }: Install): string | null {
  for (const reader of contextReadersBelow(step)) {
    const files = contextFilesOf(build, reader)
    const path = files === 'unknown' ? undefined : [...files].find(name => /(?:^|\/)package\.json$/.test(name))
    const text = path === undefined ? null : build.context.read(path)
    if (typeof text === 'string' && text !== 'unknown') return text
  }
  return null
}

/** A later step of the image rewrites or removes what was copied: its layer holds it all anyway. */
function isTouchedLater(copy: CopyStep): boolean {
  const target = destinationOf(copy)
  if (target === null) return true
  return copy.stage.steps.slice(copy.index + 1).some(step => step.kind === 'run' && (commandsOf(step) === 'opaque' || ownerChanges(step).length > 0 || fileRemovals(step).some(({ pattern }) => isWithin(pattern, target) || isWithin(target, pattern))))
}
