// Folders of installed dependencies that the machine which builds has of its own, and that a copy takes into the build.
import { contextFilesOf, contextPathOf } from '../cache/context-reads.ts'
import { hostTrees, type HostTree } from '../data/host-trees.ts'
import type { Build, CopyStep, RunStep, Stage, Step } from '../model/build.ts'
import { insideRoot } from '../model/paths.ts'
import type { Span } from '../text.ts'
import { contextReaders, isVendored } from './broad-copies.ts'
import { variableAt } from './commands.ts'
import { fact } from './fact.ts'
import { isGitIgnored } from './git-ignores.ts'
import { absolutePath, destinationOf } from './image-paths.ts'
import { installsOf, type Install } from './installs.ts'
import { isBuiltFrom } from './stage-trees.ts'

export interface HostDependencies {
  readonly copy: CopyStep
  /** Path in the context. */
  readonly path: string
  /** What makes the same folder in the image: an install, or the copy that brings one from another stage. */
  readonly maker: { readonly span: Span }
  /** Whether the copy lies over what the maker made, whether the maker adds to what the copy brought, or removes it first. */
  readonly order: 'over' | 'under' | 'removed'
  /** How many files of it are in the context now. */
  readonly files: number
}

/** A file with more of either is made by a program, and pairs of them are many. */
const MOST = 40

interface Made { readonly step: Step; readonly span: Span; readonly folder: string; readonly row: HostTree; readonly removes: boolean }

/** At most one of each kind of folder. */
export const hostDependencies = fact((build: Build): readonly HostDependencies[] => {
  const copies = contextReaders(build).filter((step): step is CopyStep => step.kind !== 'run' && !step.onbuild && step.exclude.length === 0)
  if (copies.length === 0 || isVendored(build) || build.context.source === null) return []
  const found = new Map<HostTree, HostDependencies>()
  for (const made of build.stages.filter(stage => stage.reachable).flatMap(stage => madeIn(stage)).slice(0, MOST)) {
    if (found.has(made.row)) continue
    for (const copy of copies.slice(0, MOST)) {
      const hit = taken(build, copy, made)
      if (!hit) continue
      found.set(made.row, hit)
      break
    }
  }
  return [...found.values()]
})

/** The folders of dependencies that the steps of a stage make. */
function madeIn(stage: Stage): readonly Made[] {
  return stage.steps.flatMap((step): readonly Made[] => {
    if (step.kind === 'run') return installsOf(step).flatMap(install => madeBy(step, install))
    if (step.kind === 'workdir' || step.from.kind !== 'stage' || step.sources.length !== 1 || step.onbuild) return []
    const target = destinationOf(step)
    const name = step.sources[0]!.replace(/\/+$/, '').split('/').at(-1)!
    const row = hostTrees.find(entry => entry.name === name)
    const folder = target?.replace(/\/+$/, '') ?? ''
    return row && folder.endsWith(`/${name}`) ? [{ step, span: step.span, folder: folder.slice(0, -name.length - 1) || '/', row, removes: false }] : []
  })
}

function madeBy(step: RunStep, { manager, verb, from, directory, effect, global, options, command, span, flavour }: Install): readonly Made[] {
  const row = hostTrees.find(entry => entry.managers.includes(manager))
  if (!row || step.onbuild || global || directory === null || !directory.startsWith('/') || !from.includes('manifests') || effect === 'fetch' && row.name === 'node_modules') return []
  const isElsewhere = row.moves.some(name => (name.startsWith('-') ? options.some(option => option.name === name) : variableAt(command, name) !== undefined))
  const isMissing = row.needs !== undefined && variableAt(command, row.needs) === undefined
  return isElsewhere || isMissing || flavour === 'pnp' ? [] : [{ step, span, folder: directory, row, removes: manager === 'npm' && /^(?:ci|clean-install|ic|install-clean|isntall-clean)$/.test(verb) }]
}

function taken(build: Build, copy: CopyStep, { step, span, folder, row, removes }: Made): HostDependencies | null {
  const { context } = build
  const isOver = comesAfter(copy, step)
  if (!isOver && !comesAfter(step, copy)) return null
  const inside = contextPathOf(copy, absolutePath(folder, row.name)!)
  if (inside === null || inside === '') return null
  const parent = insideRoot(inside.slice(0, -row.name.length))
  const below = (name: string): string => insideRoot(`${parent}/${name}`)
  // Where the machine installs: there lies the manifest, and there the folder comes to be.
  if (!row.manifests.some(name => context.has(below(name)) === true) || row.unless.some(([name, text]) => text.test(textOf(build, below(name))))) return null
  if (row.demands && !row.demands.test(textOf(build, below(row.manifests[0]!)))) return null
  if (isLeftOut(build, inside)) return null
  const files = countBelow(build, copy, inside)
  // In the repository on purpose.
  if (files > 0 && !isGitIgnored(build, inside, 'folder')) return null
  return { copy, path: inside, maker: { span }, order: isOver ? 'over' : removes ? 'removed' : 'under', files }
}

/** Whether the ignore file means the folder, or most of what is in it. */
const isLeftOut = ({ context }: Build, path: string): boolean => context.ignores(path) || context.ignores(`${path}/x`) || context.ignores(`${path}/x/index.js`)

function textOf({ context: { source } }: Build, path: string): string {
  return source?.read(path) ?? ''
}

function countBelow(build: Build, copy: CopyStep, path: string): number {
  if (build.context.has(path) !== true) return 0
  const files = contextFilesOf(build, copy)
  return files === 'unknown' ? 0 : [...files].filter(file => file.startsWith(`${path}/`)).length
}

/** Whether a step runs on what another left: later in its stage, or in one built FROM it. */
function comesAfter(step: Step, other: Step): boolean {
  return step.stage === other.stage ? step.index > other.index : isBuiltFrom(step.stage, other.stage)
}
