// Files of the repository that say how it is built, and whether they name something. Looked at only for a candidate.
import type { Build, ContextFiles } from '../model/build.ts'

/** Folders in which such files lie, from the top. */
const FOLDERS = new Set(['', '.github', '.github/workflows', '.circleci', '.buildkite', '.gitlab', '.ci', 'ci', 'scripts', 'script', 'bin', 'hack', 'build', 'build-bin', 'docker', 'deploy', 'tools', 'make', 'dev', 'tasks'])
const TELLS = /(?:^|\/)(?:[^/]*(?:compose|bake|skaffold|cloudbuild|goreleaser|Makefile|Taskfile|justfile|Rakefile|Jenkinsfile|Tiltfile|Earthfile|azure-pipelines)[^/]*|package\.json|[^/]+\.(?:sh|bash|mk|ps1|bat|cmd|gradle|kts|ya?ml|hcl|py|mjs)|[^./]+)$/i
const DOCKERFILE = /(?:Docker|Container)file[^/]*$/i
const mostFiles = 300
const mostLength = 200_000
const known = new WeakMap<ContextFiles, string>()

/** All of them in one text, lines of enormous length left out: those at the top and in the usual folders, and those beside the Dockerfile. Null without a repository. */
export function buildScripts({ context: { repository } }: Build): string | null {
  if (repository === null) return null
  const { files, ownFolder } = repository
  let usual = known.get(files)
  if (usual === undefined) known.set(files, usual = textsIn(files, FOLDERS))
  return FOLDERS.has(ownFolder) ? usual : `${usual}\n${textsIn(files, new Set([ownFolder]))}`
}

function textsIn(files: ContextFiles, folders: ReadonlySet<string>): string {
  const isAbove = (folder: string): boolean => [...folders].some(wanted => `${wanted}/`.startsWith(`${folder}/`))
  return files.list(folder => !isAbove(folder))
    .filter(({ path, size }) => folders.has(path.slice(0, Math.max(0, path.lastIndexOf('/')))) && TELLS.test(path) && !DOCKERFILE.test(path) && size < mostLength)
    .slice(0, mostFiles).map(({ path }) => (files.read(path) ?? '').replace(/[^\n]{2000,}/g, '')).join('\n')
}

/** Names right inside a folder of the repository. */
export function namesIn(files: ContextFiles, folder: string): readonly string[] {
  const prefix = folder === '' ? '' : `${folder}/`
  return files.list(entry => !prefix.startsWith(`${entry}/`)).flatMap(({ path }) => (path.startsWith(prefix) && !path.slice(prefix.length).includes('/') ? [path.slice(prefix.length)] : []))
}
