// What changes between two builds, by kind, and how often: until a history says otherwise every kind of file changes equally often, and
// within a kind every file. Only files that some step reads count.
import { rebuildSeconds, fileClasses, overFiles } from './rebuild-costs.ts'
import type { Change } from '../cache/rebuild.ts'
import type { Build } from '../model/build.ts'
import { baseName } from './image-paths.ts'
import { isManifestName } from './manifest-names.ts'
import { volatileArguments } from './volatile-variables.ts'

export type ChangeKind = 'source files' | 'dependency manifests' | 'documentation' | 'tests' | 'files about the build' | 'version control' | 'build arguments'

/** In the order in which they are told. */
const changeKinds: readonly ChangeKind[] = ['source files', 'dependency manifests', 'tests', 'documentation', 'files about the build', 'version control', 'build arguments']

export function kindOfFile(path: string): ChangeKind {
  const name = baseName(path)
  if (/(?:^|\/)\.(?:git|hg|svn)(?:\/|$)/.test(path)) return 'version control'
  if (/^(?:Dockerfile|Containerfile)(?:\.|$)|\.(?:Dockerfile|dockerignore)$|^(?:docker-)?compose[\w.-]*\.ya?ml$|^\.(?:dockerignore|gitignore|gitlab-ci\.yml|editorconfig)$|^Jenkinsfile$/i.test(name) || /(?:^|\/)\.(?:github|circleci|gitlab)\//.test(path)) return 'files about the build'
  if (isManifestName(path)) return 'dependency manifests'
  if (/\.(?:md|rst|adoc)$|^(?:LICEN[CS]E|NOTICE|AUTHORS|CHANGELOG|README)\b/i.test(name) || /(?:^|\/)docs?\//.test(path)) return 'documentation'
  return /(?:^|\/)(?:tests?|__tests__|spec|e2e)\/|[._-](?:test|spec)\.\w+$|^test_\w+\.py$/.test(path) ? 'tests' : 'source files'
}

/** Seconds that the average change of each kind costs; `all` is the mean over the kinds. */
export interface ExpectedCost { readonly all: number; readonly byKind: ReadonlyMap<ChangeKind, number> }

/** The context files and arguments that one build hangs on: what is changed to weigh it and other spellings of it. */
export interface Universe { readonly files: ReadonlyMap<ChangeKind, ReadonlySet<string>>; readonly arguments: readonly string[] }

export function universeOf(build: Build): Universe {
  const files = new Map<ChangeKind, Set<string>>()
  for (const path of fileClasses([build]).flatMap(({ paths }) => paths)) {
    const kind = kindOfFile(path)
    const known = files.get(kind)
    if (known) known.add(path)
    else files.set(kind, new Set([path]))
  }
  return { files, arguments: [...new Set(volatileArguments(build).map(({ variable }) => variable.name))] }
}

/** What changes in the files and arguments that `original` hangs on cost in `build`, which is it or another spelling of it. */
export function expectedCost(original: Build, build: Build, universe: Universe = universeOf(original)): ExpectedCost {
  const classes = fileClasses(original === build ? [original] : [original, build])
  const narrow = overFiles(build, classes.map(({ path }) => path))
  const sums = new Map<ChangeKind, number>([...universe.files.keys()].map(kind => [kind, 0]))
  for (const { path, paths } of classes) {
    const seconds = rebuildSeconds(narrow, { kind: 'files', paths: [path] })
    if (seconds === 0) continue
    for (const each of paths) {
      const kind = kindOfFile(each)
      const known = universe.files.get(kind)
      if (known?.has(each)) sums.set(kind, sums.get(kind)! + seconds / known.size)
    }
  }
  const changes = universe.arguments.map((name): Change => ({ kind: 'arg', name }))
  if (changes.length > 0) sums.set('build arguments', changes.reduce((sum, change) => sum + rebuildSeconds(narrow, change), 0) / changes.length)
  const byKind = new Map(changeKinds.flatMap(kind => (sums.has(kind) ? [[kind, sums.get(kind)!] as const] : [])))
  return { all: byKind.size === 0 ? 0 : [...byKind.values()].reduce((sum, each) => sum + each, 0) / byKind.size, byKind }
}
