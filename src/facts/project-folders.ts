// Folders of the context in which tools make folders of their own, judged by the files that are sent.
import type { Build } from '../model/build.ts'
import { baseName } from '../model/paths.ts'
import { fact } from './fact.ts'

export interface ProjectFolders {
  /** With a package.json that names dependencies. */
  readonly javascript: readonly string[]
  /** Packages: beside scripts alone Python leaves no bytecode. */
  readonly python: readonly string[]
  readonly dotnet: readonly string[]
  readonly maven: readonly string[]
}

/** What nobody builds where it lies. */
const ASIDE = /(?:^|\/)(?:node_modules|vendor|third[-_]party|templates?|fixtures?|testdata|examples?|samples?|tests?|__tests__|docs?|e2e|wwwroot|public|static|assets|\{\{.*)\//
/** Manifests that are read to see whether they name anything. */
const MOST_READ = 20

/** '' is the top of the context; the shortest paths first. */
export const projectFolders = fact((build: Build): ProjectFolders => {
  const { context } = build
  const files = context.files()
  const found: Record<keyof ProjectFolders, Set<string>> = { javascript: new Set(), python: new Set(), dotnet: new Set(), maven: new Set() }
  for (const { path } of files === 'unknown' ? [] : files) {
    const kind = kindOf(path)
    if (kind && !ASIDE.test(path)) found[kind].add(path.slice(0, Math.max(0, path.lastIndexOf('/'))))
  }
  const byLength = (folders: Iterable<string>): readonly string[] => [...folders].sort((a, b) => a.length - b.length)
  const hasDependencies = (folder: string): boolean => {
    const text = context.read(`${folder}/package.json`)
    return typeof text === 'string' && /"(?:dependencies|devDependencies)"\s*:\s*\{\s*"/.test(text)
  }
  return { javascript: byLength(found.javascript).slice(0, MOST_READ).filter(hasDependencies), python: byLength(found.python), dotnet: byLength(found.dotnet), maven: byLength(found.maven) }
})

function kindOf(path: string): keyof ProjectFolders | null {
  const name = baseName(path)
  if (name === '__init__.py') return 'python'
  if (name === 'package.json') return 'javascript'
  if (name === 'pom.xml') return 'maven'
  return /\.(?:cs|fs|vb)proj$/.test(name) ? 'dotnet' : null
}
