// Whether an install needs more of the project than its manifests: scripts they name, local packages, class maps.
// Read from the manifests in the context; what cannot be read counts as needing more.
import type { Build } from '../model/build.ts'
import { insideRoot } from '../model/paths.ts'
import type { Install } from './installs.ts'

/** `paths`: the manifests of the install that are in the context. */
export function demandsMore(build: Build, install: Install, paths: readonly string[]): boolean {
  return paths.some(path => {
    const text = build.context.read(path)
    if (text === 'unknown') return false
    if (text === null) return true
    const check = CHECKS.find(([name]) => name.test(path))
    return check ? check[1](text, install) : false
  })
}

/** Patterns for the manifests of other projects that these ones name: workspaces, project references. */
export function memberManifests(build: Build, install: Install, paths: readonly string[]): readonly string[] {
  const mentions = (path: string, text: RegExp): boolean => {
    const read = build.context.read(path)
    return typeof read === 'string' && read !== 'unknown' && text.test(read)
  }
  switch (install.row.ecosystem) {
    case 'javascript': return paths.some(path => /pnpm-workspace\.ya?ml$|lerna\.json$/.test(path) || mentions(path, /"workspaces"\s*:/)) ? ['**/package.json'] : []
    case 'dotnet': return paths.some(path => /\.slnx?$/.test(path) || mentions(path, /<ProjectReference|<Project\s+Path/)) ? ['**/*.csproj', '**/*.fsproj', '**/*.vbproj', '**/Directory.*.props', '**/Directory.*.targets'] : []
    default: return []
  }
}

const INCLUDE = /^[ \t]*(?:-[rc]|--requirement|--constraint)[ \t=]*([^\s#:]+)/gm

/** Requirements and constraints that these requirements include, and those that they include in turn. */
export function includedRequirements(build: Build, paths: readonly string[]): readonly string[] {
  const found = new Set(paths.filter(path => /\.(?:txt|in)$/.test(path)))
  for (const path of found) {
    const text = found.size > MOST_PROJECTS ? null : build.context.read(path)
    for (const [, name] of (text ?? '').matchAll(INCLUDE)) found.add(insideRoot(`${path.slice(0, path.lastIndexOf('/') + 1)}${name!}`))
  }
  return [...found].filter(path => !paths.includes(path))
}

/** More projects of one solution are not followed. */
const MOST_PROJECTS = 200
const REFERENCES = /<(?:ProjectReference\s[^>]*\bInclude|Import\s[^>]*\bProject)\s*=\s*"([^"]+)"/g
const FOR_ALL = ['Directory.Build.props', 'Directory.Build.targets', 'Directory.Packages.props', 'global.json', 'nuget.config', 'NuGet.Config', 'NuGet.config']

/** What these manifests need of folders that do not lie below the one of the install; null: more than manifests, or nobody can tell. */
export function manifestsBeside(build: Build, install: Install, folder: string, paths: readonly string[], files: ReadonlySet<string>): readonly string[] | null {
  const parts = folder.split('/')
  const above = folder === '' ? [] : parts.map((_, at) => parts.slice(0, at).join('/'))
  const find = (name: string): readonly string[] => above.map(each => (each === '' ? name : `${each}/${name}`)).filter(path => files.has(path))
  const textOf = (path: string): string => {
    const text = build.context.read(path)
    return text === 'unknown' || text === null ? '' : text
  }
  if (install.row.ecosystem === 'javascript') return find('pnpm-workspace.yaml').length > 0 || find('package.json').some(path => /"workspaces"\s*:/.test(textOf(path))) ? null : []
  if (install.manager === 'go') return find('go.work').length > 0 ? null : []
  if (install.manager === 'maven') return find('pom.xml').length > 0 && paths.some(path => /<parent>(?![^]*<relativePath\s*\/>)/.test(textOf(path))) ? null : []
  return install.row.ecosystem === 'dotnet' ? projectsBeside(textOf, paths, files, FOR_ALL.flatMap(find)) : []
}

function projectsBeside(textOf: (path: string) => string, paths: readonly string[], files: ReadonlySet<string>, shared: readonly string[]): readonly string[] | null {
  const found = new Set(paths.filter(path => /proj$/.test(path)))
  for (const path of found) {
    if (found.size > MOST_PROJECTS) return null
    for (const [, written] of textOf(path).matchAll(REFERENCES)) {
      // A property stands for a folder that only the tool knows.
      if (/[$*;]/.test(written!)) return null
      const other = insideRoot(`${path.slice(0, path.lastIndexOf('/') + 1)}${written!.replaceAll('\\', '/')}`)
      if (files.has(other)) found.add(other)
    }
  }
  const locks = [...found].map(path => `${path.slice(0, path.lastIndexOf('/') + 1)}packages.lock.json`).filter(path => files.has(path))
  return [...found, ...locks, ...shared].filter(path => !paths.includes(path))
}

type Check = (text: string, install: Install) => boolean

const CHECKS: readonly (readonly [RegExp, Check])[] = [
  [/(^|\/)package\.json$/, npmDemandsMore],
  [/requirements[^/]*\.(txt|in)$/, text => /^\s*(?:-e\b|--editable\b|\.{1,2}(?:\/|\s|$|\[)|file:|\S+\s*@\s*file:)/m.test(text)],
  [/(^|\/)Pipfile$/, text => /\b(?:path|editable)\s*=/.test(text)],
  [/(^|\/)pyproject\.toml$/, text => /\bpath\s*=\s*["']\.{0,2}\/?|\bworkspace\s*=\s*true|develop\s*=\s*true/.test(text)],
  [/(^|\/)Gemfile$/, text => /^\s*gemspec\b|\bpath:|:path\s*=>|\bpath\s+["']|eval_gemfile|require_relative|File\.(?:read|exist)/m.test(text)],
  [/(^|\/)composer\.json$/, composerDemandsMore],
  [/(^|\/)go\.mod$/, text => /=>\s*\.{1,2}\//.test(text)],
  [/(^|\/)go\.work$/, () => true],
  [/(^|\/)pom\.xml$/, text => /<modules>|<relativePath>[^<]/.test(text)],
  [/(^|\/)Cargo\.toml$/, text => /^\s*\[workspace|path\s*=\s*"/m.test(text)],
  [/(^|\/)mix\.exs$/, text => /\bpath:/.test(text)],
]

function parsed(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text.replace(/^\ufeff/, ''))
    return typeof value === 'object' && value !== null ? value as Record<string, unknown> : null
  } catch {
    return null
  }
}
const entriesOf = (value: unknown): readonly [string, unknown][] => (typeof value === 'object' && value !== null ? Object.entries(value) : [])

const HOOKS = new Set(['preinstall', 'install', 'postinstall', 'preprepare', 'prepare', 'postprepare', 'prepublish'])
/** Hooks that only set up the developer's machine, or read nothing of the project but what counts as a manifest. */
const HARMLESS = /^(?:\s*(?:npx\s+|yarn\s+|pnpm\s+|is-ci\s*\|\|\s*|\[?\s*-n\s+"?\$CI"?\s*\]?\s*\|\|\s*)*(?:husky(?:\s+install)?|lefthook\s+install|simple-git-hooks|only-allow\s+\w+|patch-package|git\s+config\s.*|lint-staged|true|exit 0|:)\b[^&;|]*(?:\|\|\s*(?:true|exit 0|:))?\s*)$/

function npmDemandsMore(text: string, install: Install): boolean {
  const manifest = parsed(text)
  if (!manifest) return true
  const local = ['dependencies', 'devDependencies', 'optionalDependencies'].some(key => entriesOf(manifest[key]).some(([, range]) => typeof range === 'string' && /^(?:file|link|portal):/.test(range)))
  const hooks = entriesOf(manifest['scripts']).filter(([name, script]) => HOOKS.has(name) && !(typeof script === 'string' && HARMLESS.test(script)))
  return local || (install.runsScripts && hooks.length > 0)
}

function composerDemandsMore(text: string, install: Install): boolean {
  const manifest = parsed(text)
  if (!manifest) return true
  const hooks = entriesOf(manifest['scripts']).filter(([name]) => /^(?:pre|post)-(?:install|autoload|package|update|root-package|file)/.test(name))
  const isMapped = ['autoload', 'autoload-dev'].some(key => entriesOf(manifest[key]).some(([kind]) => kind === 'classmap' || kind === 'files'))
  const mapsNothing = install.options.some(option => option.name === '--no-autoloader')
  const isLocal = /"type"\s*:\s*"path"/.test(text)
  return isLocal || (install.runsScripts && hooks.length > 0) || (isMapped && !mapsNothing)
}
