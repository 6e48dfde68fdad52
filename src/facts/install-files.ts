// The context files that an install needs, each by its name, or why nobody can tell: what a fix may copy before the sources.
import { contextFilesOf, contextPathOf } from '../cache/context-reads.ts'
import type { Build, CopyStep } from '../model/build.ts'
import { insideRoot } from '../model/paths.ts'
import { copiedFiles } from './copied-files.ts'
import { early } from './early-copies.ts'
import { fact } from './fact.ts'
import { baseName, pathOf } from './image-paths.ts'
import type { Install } from './installs.ts'
import { javascriptFiles } from './javascript-files.ts'
import { includedRequirements } from './manifest-demands.ts'

export type InstallFiles = { readonly files: readonly string[] } | { readonly reason: string }

/** What a check of one manager is given. */
export interface Demand {
  readonly build: Build
  readonly copy: CopyStep
  readonly install: Install
  /** Of the project in the context, '' for its root. */
  readonly folder: string
  /** By the names that the manager reads. */
  readonly needs: readonly string[]
  /** Empty for a file that cannot be read. */
  readonly read: (path: string) => string
}

/** `copy` brings the manifests. */
export function installFiles(build: Build, copy: CopyStep, install: Install): InstallFiles {
  const needs = early(build, copy, install)
  if (build.context.files() === 'unknown' || needs?.files === null) return { reason: 'the build context is not known' }
  return needs === null ? { reason: `what ${install.manager} reads of the project is not known` } : filesAmong(build, copy, install, needs.needs)
}

/** The same where the names that the manager reads are known: without those that it does not need, and with those that the command names. */
export function filesAmong(build: Build, copy: CopyStep, install: Install, needs: readonly string[]): InstallFiles {
  const folder = contextPathOf(copy, install.directory!)
  if (folder === null) return { reason: `what ${install.manager} reads of the project is not known` }
  const demand: Demand = { build, copy, install, folder, needs, read: path => {
    const text = build.context.read(path)
    return text === 'unknown' ? '' : text ?? ''
  } }
  const check = CHECKS[demand.install.manager]
  if (!check) return { reason: `${demand.install.manager} may read more of the project than its manifests` }
  const found = check(demand)
  if ('reason' in found) return found
  const named = namedIn(demand)
  if ('reason' in named) return named
  const files = [...new Set([...found.files, ...named.files])]
  const links = linksIn(build)
  const link = files.find(path => links.has(path))
  return link === undefined ? { files } : { reason: `${link} is a link` }
}

const linksIn = fact(({ context }: Build): ReadonlySet<string> => {
  const files = context.files()
  return new Set(files === 'unknown' ? [] : files.flatMap(({ path, link }) => (link === undefined ? [] : path)))
})

/** Files that the command itself names: settings, constraints. */
function namedIn({ build, copy, install: { command } }: Demand): InstallFiles {
  const copied = copiedFiles(build, copy)
  if (copied === 'unknown') return { reason: 'where the files of the copy come to lie is not known' }
  const known = new Set(copied.map(({ path }) => path))
  const places = command.words.slice(1).flatMap(({ value }) => pathOf(command, value?.replace(/^--?[\w-]+=/, '')) ?? [])
  return { files: places.filter(place => known.has(place)).flatMap(place => contextPathOf(copy, place) ?? []) }
}

type Check = (demand: Demand) => InstallFiles
const all: Check = ({ needs }) => ({ files: needs })
const without = ({ needs }: Demand, name: RegExp): InstallFiles => ({ files: needs.filter(path => !name.test(path)) })

const CHECKS: Readonly<Record<string, Check | undefined>> = {
  npm: javascriptFiles, pnpm: javascriptFiles, yarn: javascriptFiles, bun: javascriptFiles,
  pip: requirements, uv: uvFiles, poetry: all, pipenv: all, pdm: all, conda: condaFiles,
  go: demand => without(demand, /(?:^|\/)vendor\//), composer: composerFiles, bundler: bundlerFiles,
  maven: mavenFiles, gradle: gradleFiles, dotnet: dotnetFiles, mix: mixFiles,
  leiningen: all, sbt: all, swift: all,
}

const matching = ({ needs, read }: Demand, name: RegExp, text: RegExp): string | undefined => needs.find(path => name.test(path) && text.test(read(path)))

function requirements(demand: Demand): InstallFiles {
  const local = matching(demand, /\.(?:txt|in)$/, /^\s*(?:--find-links|-f)[= ]\s*\.{0,2}\/?(?!https?:)[\w./-]+\s*$/m)
  if (local !== undefined) return { reason: `${local} names a folder with packages` }
  const missing = includedRequirements(demand.build, demand.needs).find(path => !demand.needs.includes(path))
  return missing === undefined ? all(demand) : { reason: `the requirements include ${missing}, which the copy does not bring` }
}

function uvFiles(demand: Demand): InstallFiles {
  const workspace = matching(demand, /pyproject\.toml$/, /^\[tool\.uv\.workspace\]/m)
  if (workspace !== undefined) return { reason: `${workspace} names further projects of a workspace` }
  const dynamic = matching(demand, /pyproject\.toml$/, /^dynamic\s*=\s*\[[^\]]*dependencies/m)
  return dynamic === undefined ? requirements(demand) : { reason: `${dynamic} leaves its dependencies to the build of the project` }
}

function condaFiles(demand: Demand): InstallFiles {
  const nested = matching(demand, /\.ya?ml$/, /^\s*-\s*["']?(?:-[rec]\b|\.{0,2}\/|\.$|file:)/m)
  return nested === undefined ? all(demand) : { reason: `${nested} hands further files to pip` }
}

function composerFiles(demand: Demand): InstallFiles {
  const placing = matching(demand, /composer\.json$/, /"(?:installer-paths|drupal-scaffold|merge-plugin|wordpress-install-dir|patches-file|vendor-dir)"|"type"\s*:\s*"artifact"/)
  if (placing !== undefined) return { reason: `plug-ins that ${placing} sets up read or write files among the sources` }
  return demand.needs.some(path => /composer\.json$/.test(path) && /patches/.test(demand.read(path))) ? all(demand) : without(demand, /(?:^|\/)patches\//)
}

/** A lock file that other systems wrote is written anew, and the copy would bring the old one back. */
const lacksLinux = (text: string): boolean => /^PLATFORMS\r?\n/m.test(text) && !/^ +(?:ruby|\S*linux\S*)\r?$/m.test(text)

function bundlerFiles(demand: Demand): InstallFiles {
  const { needs, read } = demand
  const lock = needs.find(path => /Gemfile\.lock$/.test(path) && lacksLinux(read(path)))
  if (lock !== undefined) return { reason: `"bundle install" adds its platform to ${lock}, and a copy below it would take that away again` }
  const gemfile = needs.filter(path => /Gemfile$/.test(path)).map(read).join('\n')
  if (/\b(?:IO|File|Dir|Pathname|load|require|instance_eval)\b(?!.*\bbundler\b)/.test(gemfile.replaceAll(/:?require(?::|\s*=>)|#.*/g, ''))) return { reason: 'the Gemfile reads other files' }
  return { files: needs.filter(path => !/\.gemspec$/.test(path) && (!/\.(?:ruby-version|tool-versions)$/.test(path) || gemfile.includes(baseName(path)))) }
}

function mavenFiles(demand: Demand): InstallFiles {
  const local = matching(demand, /pom\.xml$/, /<systemPath>|<scope>\s*system|file:\/\/|\$\{(?:project\.)?basedir\}[^<]*\.(?:xml|jar|properties)<\/(?:file|jarFile)/)
  if (local !== undefined) return { reason: `${local} names files of the project` }
  const usesWrapper = /mvnw$/.test(demand.install.command.words[0]?.value ?? '')
  return { files: demand.needs.filter(path => (usesWrapper || !/(?:^|\/)(?:mvnw|\.mvn\/wrapper\/.*)$/.test(path)) && !/(?:^|\/)settings\.xml$/.test(path)) }
}

function gradleFiles(demand: Demand): InstallFiles {
  const reading = matching(demand, /\.(?:gradle|kts)$/, /\bapply\s*\(?\s*from\b|\bfile(?:s|Tree)?\s*\(|\bincludeBuild\b|\b(?:rootDir|projectDir|readText|readLines|Properties)\b|\bFile\s*\(|\bload\s*\(/)
  return reading === undefined ? all(demand) : { reason: `${reading} reads other files of the project` }
}

function dotnetFiles(demand: Demand): InstallFiles {
  const { needs, read } = demand
  const shared = matching({ ...demand, needs: [...needs, ...sharedAbove(demand)] }, /Directory\.[\w.]+\.(?:props|targets)$|\.(?:props|targets)$/, /<Import\s(?![^>]*GetPathOfFileAbove\(\s*'?(?:Directory\.(?:Build|Packages)\.(?:props|targets)|\$\(MSBuildThisFile\)))/)
  if (shared !== undefined) return { reason: `${shared} imports further files` }
  const feed = matching(demand, /nuget\.config$/i, /<packageSources>(?:(?!<\/packageSources>)[^])*\bvalue\s*=\s*"(?!https?:)/)
  if (feed !== undefined) return { reason: `${feed} names a folder with packages` }
  const paket = matching(demand, /proj$/, /paket/i)
  if (paket !== undefined) return { reason: `${paket} is restored by Paket` }
  for (const solution of needs.filter(path => /\.slnx?$/.test(path))) {
    const folder = solution.slice(0, solution.lastIndexOf('/') + 1)
    const named = [...read(solution).matchAll(/"([^"\n]+\.\w+proj)"/g)].map(([, path]) => insideRoot(folder + path!.replaceAll('\\', '/')))
    const missing = named.find(path => !needs.includes(path))
    if (missing !== undefined) return { reason: `${solution} names ${missing}, which is not a project that NuGet knows` }
  }
  return { files: [...new Set([...needs, ...sharedAbove(demand)])] }
}

/** MSBuild looks for these beside each project and in all folders above. */
const SHARED = ['Directory.Build.props', 'Directory.Build.targets', 'Directory.Packages.props']

function sharedAbove({ build, copy, needs }: Demand): readonly string[] {
  const files = contextFilesOf(build, copy)
  const folders = new Set(needs.filter(path => /proj$/.test(path)).flatMap(path => path.split('/').slice(0, -1).map((_, at, parts) => `${parts.slice(0, at + 1).join('/')}/`)))
  return [...folders].flatMap(folder => SHARED.map(name => folder + name)).filter(path => files !== 'unknown' && files.has(path))
}

function mixFiles(demand: Demand): InstallFiles {
  const reading = matching(demand, /mix\.exs$/, /\bFile\.|\bCode\.(?:require|eval)|\bapps_path:/)
  return reading === undefined ? without(demand, /(?:^|\/)(?:config\/[^/]*\.exs|\.formatter\.exs)$/) : { reason: `${reading} reads other files of the project` }
}
