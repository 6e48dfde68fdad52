// Sources of COPY and ADD that no folder of the repository has where the build would look for them.
import type { Build } from '../model/build.ts'
import { baseName } from '../model/paths.ts'
import { fact } from './fact.ts'
import { isGitIgnored } from './git-ignores.ts'
import { liesInContext, namedSources, type NamedSource } from './ignored-sources.ts'
import { buildScripts } from './repository-texts.ts'

/** What people write and keep in the repository, while archives, programs and folders are often made before the build. */
const WRITTEN = /^(?:[\w.-]*\.(?:sh|bash|py|rb|pl|php|js|mjs|cjs|ts|conf|cnf|cfg|ini|json|ya?ml|toml|txt|lock|properties|xml|sql|list|repo|service|template|tmpl|j2|mod|sum|gradle|kts|csproj|sln|gemspec)|Gemfile|Pipfile|Makefile|Procfile|Caddyfile|Rakefile|gradlew|mvnw)$/
/** Words in the names of what is made, fetched or filled in before the build. */
const MADE = /(?:^|[-_./])(?:dist|build|out|output|target|bin|generated|gen|tmp|temp|release|releases|artifacts?|cache|local|secrets?|credentials?|certs?|keys?|version|env|settings)(?:[-_./]|$)/i

/**
 * One file of several that are there. With more than one missing, or all but one, the checkout or the guess of the context is incomplete,
 * and without a repository nobody knows what the folder is.
 */
export const missingSource = fact((build: Build): NamedSource | null => {
  const { source, repository } = build.context
  if (source === null || repository?.contextFolder == null) return null
  const named = namedSources(build)
  const missing = named.filter(entry => !liesInContext(build, entry.path))
  const [first] = missing
  if (!first || missing.some(({ path }) => path !== first.path)) return null
  if (new Set(named.map(({ path }) => path)).size < 3 || first.step.kind === 'run') return null
  const text = build.text.slice(first.span.start, first.span.end)
  return !text.includes('$') && isWritten(first.path) && hasFolder(build, first.path) && !isElsewhere(build, first.path) && !isMade(build, first.path) ? first : null
})

const isWritten = (path: string): boolean => WRITTEN.test(baseName(path)) && !MADE.test(path)

/** The folder is there, so that only the file is missing; or it is the manifest of one of at least three projects that lie side by side. */
function hasFolder(build: Build, path: string): boolean {
  const folder = folderOf(path)
  if (folder === '' || liesInContext(build, folder)) return true
  const isProject = (other: string): boolean => baseName(other) === baseName(path) || /\.csproj$/.test(path) && /\.csproj$/.test(other)
  const siblings = namedSources(build).filter(other => other.path !== path && folderOf(folder) !== '' && folderOf(folderOf(other.path)) === folderOf(folder) && isProject(other.path))
  return new Set(siblings.map(other => other.path)).size > 1
}

const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))

/** In another folder that could be the context: that of the Dockerfile, or one above. */
function isElsewhere({ context: { repository } }: Build, path: string): boolean {
  const { files, ownFolder } = repository!
  const parts = ownFolder === '' ? [] : ownFolder.split('/')
  const folders = ['', ...parts.map((_, at) => `${parts.slice(0, at + 1).join('/')}/`)]
  return folders.some(folder => files.find ? files.find(folder + path) !== null : files.read(folder + path) !== null)
}

/** Something before the build makes or fetches it: git leaves it out, it lies in a submodule, or a script names it. */
function isMade(build: Build, path: string): boolean {
  const { files, contextFolder } = build.context.repository!
  const full = contextFolder === '' ? path : `${contextFolder}/${path}`
  const modules = files.read('.gitmodules') ?? ''
  return isGitIgnored(build, path) || [...modules.matchAll(/^\s*path\s*=\s*(.+?)\s*$/gm)].some(([, folder]) => `${full}/`.startsWith(`${folder!}/`)) || (buildScripts(build) ?? '').includes(baseName(path))
}

/** The path of a file that is there and differs in case alone. */
export function sameInOtherCase({ context }: Build, path: string): string | null {
  const files = context.files()
  return files === 'unknown' ? null : files.find(entry => entry.path.length === path.length && entry.path.toLowerCase() === path.toLowerCase())?.path ?? null
}
