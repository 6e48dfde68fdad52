// Installs and downloads that bind a folder of the build context with more in it than they read.
import { contextMatches } from '../cache/context-reads.ts'
import type { Build, FileEntry, Mount, RunStep } from '../model/build.ts'
import { insideRoot } from '../model/paths.ts'
import { commandsOf } from './commands.ts'
import { onlyInstalls } from './costly-steps.ts'
import { fact } from './fact.ts'
import { absolutePath, folderOf, isWithin, pathOf } from './image-paths.ts'
import { installsOf, type Install } from './installs.ts'
import { demandsMore, memberManifests } from './manifest-demands.ts'

export interface BroadBind {
  readonly step: RunStep
  readonly mount: Mount
  /** The first command that it re-runs for nothing. */
  readonly install: Install
  /** Paths in the context that the step reads: what there is of them where the context is known, else their usual names. */
  readonly needs: readonly string[]
  /** How many context files are bound; null when the context is not known. */
  readonly files: number | null
}

export const broadBinds = fact((build: Build): readonly BroadBind[] => build.stages.flatMap(stage => (!stage.reachable || stage.windows ? [] : stage.steps.flatMap(step =>
  (step.kind === 'run' && !step.onbuild && step.mounts.length > 0 ? step.mounts.flatMap(mount => broadBind(build, step, mount) ?? []) : [])))))

function broadBind(build: Build, step: RunStep, mount: Mount): BroadBind | null {
  if (mount.type !== 'bind' || mount.from.kind !== 'context') return null
  const folder = insideRoot(mount.source ?? '')
  const target = mount.target === null ? null : absolutePath(step.workdir, mount.target)
  const [install] = installsOf(step)
  if (target === null || !install || /[*?[$]/.test(folder)) return null
  const bound = filesBelow(build, folder)
  if (bound === 'unknown' ? folder !== '' : bound.length < 2) return null
  const needs = (onlyInstalls(step) ? manifestsRead(build, step, folder, target) : null) ?? filesNamed(build, step, folder, target)
  if (needs === null || needs.length === 0 || bound !== 'unknown' && bound.length <= needs.length || needs.some(path => includesOthers(build, path))) return null
  return { step, mount, install, needs, files: bound === 'unknown' ? null : bound.length }
}

/** Requirements that name further files. */
function includesOthers(build: Build, path: string): boolean {
  const text = /\.(?:txt|in)$/.test(path) ? build.context.read(path) : null
  return text !== null && text !== 'unknown' && /^\s*(?:-[rce]\b|--(?:requirement|constraint|editable|find-links)\b|\.{1,2}\/|file:)/m.test(text)
}

/** A file that is bound alone is not below itself. */
function filesBelow(build: Build, folder: string): readonly FileEntry[] | 'unknown' {
  const files = build.context.files()
  return files === 'unknown' || folder === '' ? files : files.filter(({ path }) => path.startsWith(`${folder}/`))
}

/** What the installs of a step read below the target; null when they may read more. */
function manifestsRead(build: Build, step: RunStep, folder: string, target: string): readonly string[] | null {
  const needs: string[] = []
  for (const install of installsOf(step)) {
    const { from, directory, needsSources, hasUnknownManifest } = install
    if (needsSources !== false || hasUnknownManifest) return null
    if (!from.includes('manifests')) continue
    if (directory === null || !isWithin(directory, target)) return null
    const place = insideRoot(`${folder}/${directory.slice(target === '/' ? 0 : target.length)}`)
    const found = below(build, install, place)
    if (found === null) return null
    needs.push(...found)
  }
  return [...new Set(needs)]
}

function below(build: Build, install: Install, place: string): readonly string[] | null {
  const matches = (names: readonly string[]): readonly string[] | 'unknown' => contextMatches(build, place, names.filter(name => !name.startsWith('/')))
  const own = matches(install.manifests)
  if (own === 'unknown') return [...install.manifests.slice(0, 1), ...install.lockfiles.slice(0, 1)].filter(name => !/[*?[]/.test(name))
  const manifests = [...own, ...knownOf(matches(memberManifests(build, install, own)))]
  if (own.length === 0 || demandsMore(build, install, manifests)) return null
  return [...manifests, ...knownOf(matches(install.lockfiles)), ...knownOf(matches(install.extras))]
}

const knownOf = (paths: readonly string[] | 'unknown'): readonly string[] => (paths === 'unknown' ? [] : paths)

/**
 * The files that a step names below the target, where it can read no other: it does not stand there, starts nothing from
 * there and names neither the folder itself nor anything unknown below it.
 */
function filesNamed(build: Build, step: RunStep, folder: string, target: string): readonly string[] | null {
  const commands = commandsOf(step)
  if (commands === 'opaque' || target === '/' || commands.some(command => isInside(folderOf(command), target) || isInside(pathOf(command, command.words[0]?.value), target))) return null
  const found = new Set<string>()
  for (const [, rest] of [step.text, ...step.heredocs.map(({ body }) => body)].join('\n').replaceAll(/--mount=\S+/g, '').matchAll(naming(target))) {
    const path = /^\/([\w.@+-]+(?:\/[\w.@+-]+)*)(?=["'\s;&|)]|$)/.exec(rest!)?.[1]
    if (path === undefined || contextMatches(build, folder, [path]).length !== 1) return null
    found.add(insideRoot(`${folder}/${path}`))
  }
  return [...found]
}

/** What follows each mention of a path. */
const naming = (target: string): RegExp => new RegExp(`${target.replaceAll(/[.*+?^$()[\]{}|\\]/g, '\\$&')}(?![\\w.-])([^\\s]*)`, 'g')
/** An unknown folder may be the one. */
const isInside = (path: string | null, target: string): boolean => path !== null && isWithin(path, target)
