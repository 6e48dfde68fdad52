// Cache mounts that lie beside the cache of the tool they are meant for: under another home, another folder, or a path that the
// builder takes literally. What is not certain, or may be set by a file nobody sees, is none.
import { contextMatches } from '../cache/context-reads.ts'
import type { Build } from '../model/build.ts'
import { areNested, cacheMounts, cacheMountsOf, mountOver, textBesideMounts, usersOf, type CacheMount } from './cache-mounts.ts'
import { variableAt } from './commands.ts'
import { fact } from './fact.ts'
import { isWithin } from './image-paths.ts'
import { cacheDirectories, installsOf, type CacheDirectory, type Install } from './installs.ts'
import { accountOf } from './package-caches.ts'
import { rootOf } from './stage-trees.ts'

export interface MisplacedMount {
  readonly cache: CacheMount
  /** `literal`: the builder does not expand `~`. `elsewhere`: the tool keeps its cache in another folder. */
  readonly how: 'literal' | 'elsewhere'
  /** The command it is meant for; null when the path alone tells. */
  readonly install: Install | null
  /** Where that command keeps its cache; null when only known not to be here. */
  readonly right: CacheDirectory | null
}

/** Folders that a mount for this tool is commonly laid on, right or wrong. */
const MEANT_FOR: Readonly<Record<string, RegExp>> = {
  npm: /\/\.npm(?:\/_cacache)?$|\/\.cache\/npm$/,
  yarn: /\/\.cache\/yarn(?:\/v\d+)?$|\/\.yarn(?:\/berry)?(?:\/cache)?$|\/yarn-cache$/,
  pnpm: /\/\.local\/share\/pnpm(?:\/store)?$|\/\.?pnpm-store$|\/pnpm\/store$|\/\.pnpm\/store$/,
  bun: /\/\.bun(?:\/install)?(?:\/cache)?$/,
  pip: /\/\.cache\/pip$|\/\.pip(?:-cache|\/cache)?$|\/pip-cache$/,
  uv: /\/\.cache\/uv$/,
  poetry: /\/\.cache\/pypoetry(?:\/(?:cache|artifacts))?$/,
  pipenv: /\/\.cache\/pipenv$/,
  pdm: /\/\.cache\/pdm$/,
  go: /\/pkg\/mod(?:\/cache(?:\/download)?)?$|\/mod\/pkg$|\/\.cache\/go-build$/,
  cargo: /\/\.?cargo(?:\/(?:registry|git)(?:\/(?:cache|index|src|db))?)?$/,
  maven: /\/\.m2(?:\/repository)?$/,
  gradle: /\/\.gradle(?:\/(?:caches|wrapper)(?:\/.*)?)?$/,
  bundler: /\/\.gem$/,
  gem: /\/\.gem$/,
  composer: /\/\.composer(?:\/cache)?$|\/\.cache\/composer$/,
  dotnet: /\/\.nuget(?:\/packages)?$/,
  mix: /\/\.hex(?:\/packages)?$/,
  zypper: /^\/var\/cache\/zypper$/,
}

/** Files of a project, and settings of the machine, that may move a cache. */
const SETTINGS = ['.npmrc', '.yarnrc', '.yarnrc.yml', 'pnpm-workspace.yaml', 'bunfig.toml', 'pip.conf', '.pip/pip.conf', 'uv.toml', 'poetry.toml', '.cargo/config', '.cargo/config.toml', '.bundle/config', '.mvn/maven.config', '.mvn/jvm.config', 'gradle.properties', 'nuget.config', 'NuGet.Config', 'NuGet.config']

export const misplacedMounts = fact((build: Build): readonly MisplacedMount[] => cacheMounts(build).flatMap(cache => {
  if (/^(?:\.\/)?~(?:\/|$)/.test(cache.mount.target ?? '')) return [{ cache, how: 'literal', install: installsOf(cache.step)[0] ?? null, right: null }]
  return gemsElsewhere(build, cache) ?? elsewhere(build, cache) ?? []
}))

/** Bundler keeps gems in folders of its own below its path, once that is set; only without one in the home of RubyGems. */
function gemsElsewhere(build: Build, cache: CacheMount): MisplacedMount | null {
  const { path, step, mount } = cache
  const install = path === '/usr/local/bundle/cache' && !mount.options.has('from') ? installsOf(step).find(({ manager, offline }) => manager === 'bundler' && !offline) : undefined
  const folder = install && variableAt(install.command, 'BUNDLE_PATH')
  const { base } = rootOf(step.stage)
  const version = base.kind === 'image' ? /^(?:docker\.io\/)?(?:library\/)?ruby:(\d+\.\d+)/.exec(base.ref ?? '')?.[1] : undefined
  const row = install?.row.caches.find(({ kind }) => kind === 'download')
  if (!install || !row || !folder?.startsWith('/') || version === undefined || /\bbundle config\b|--path|path\.system/.test(textBesideMounts(build)) || variableAt(install.command, 'BUNDLE_PATH__SYSTEM') !== undefined) return null
  const right = `${folder.replace(/\/$/, '')}/ruby/${version}.0/cache`
  if (installsOf(step).some(({ manager }) => manager === 'gem') || cacheMountsOf(step).some(other => other.path === null || areNested(other.path, right))) return null
  return { cache, how: 'elsewhere', install, right: { kind: 'download', path: right, certain: true, movedBy: 'BUNDLE_PATH', flavour: null, row } }
}

function elsewhere(build: Build, cache: CacheMount): MisplacedMount | null {
  const { path, step, mount } = cache
  if (path === null || mount.from.kind !== 'image' || mount.options.has('from') || usersOf(cache).length > 0) return null
  const install = installsOf(step).find(({ manager, intoOtherRoot, offline }) => MEANT_FOR[manager]?.test(path) && !intoOtherRoot && !offline)
  if (!install) return null
  // Folders of the project lie in no home.
  const directories = cacheDirectories(install).filter(({ row }) => /^[~/$]/.test(row.paths.at(-1) ?? ''))
  const isProven = directories.length > 0 && directories.every(directory => isSurelyNot(install, directory, path))
  // Whoever lays mounts on several places has the right one among them.
  if (!isProven || directories.some(directory => directory.path !== null && mountOver(step, directory.path)) || mountsWithin(cache, directories)) return null
  if (isPnpmOfOld(build, install, path) || mentionsElsewhere(build, cache, install)) return null
  // zypper's folder of packages lies in that of its lists, and bundler leaves its packages to RubyGems.
  const certain = directories.filter(({ kind, row, certain: isCertain, path: known }) => isCertain && known !== null && kind !== 'store' && (kind === 'index') === (install.manager === 'zypper') && (install.manager !== 'bundler' || row.paths[0] === '$GEM_HOME/cache'))
  // `git` of cargo is not its `registry`.
  const right = certain.find(({ path: known }) => known!.split('/').slice(-2).includes(path.slice(path.lastIndexOf('/') + 1))) ?? certain[0] ?? null
  return { cache, how: 'elsewhere', install, right }
}

/** Known to lie elsewhere; of another user's home only that it is not root's. */
const isSurelyNot = (install: Install, { path, certain, movedBy }: CacheDirectory, mounted: string): boolean =>
  certain && path !== null && !areNested(path, mounted) || !certain && movedBy === null && isWithin(mounted, '/root') && accountOf(install.step).isRoot === false && variableAt(install.command, 'HOME') === undefined

const mountsWithin = ({ step }: CacheMount, directories: readonly CacheDirectory[]): boolean =>
  cacheMountsOf(step).some(({ path }) => path !== null && directories.some(directory => directory.path !== null && isWithin(path, directory.path)))

/** Up to version 6 the store lay in the home. */
const isPnpmOfOld = ({ text, context }: Build, { manager, step }: Install, path: string): boolean => {
  if (manager !== 'pnpm' || !path.endsWith('/.pnpm-store') || accountOf(step).isRoot === false && isWithin(path, '/root')) return false
  const manifest = context.read('package.json')
  const version = /\bpnpm@(?:\^|~|v)?(\d+)/.exec(text)?.[1] ?? (typeof manifest === 'string' ? /"packageManager"\s*:\s*"pnpm@(\d+)/.exec(manifest)?.[1] : undefined)
  return version === undefined || Number(version) < 7
}

/** Whether something else than mounts names the folder or sets one: `npm config set cache`, a settings file of the project. */
function mentionsElsewhere(build: Build, { path, mount }: CacheMount, { manager }: Install): boolean {
  const text = textBesideMounts(build)
  const written = (mount.target ?? '').replace(/\/+$/, '')
  if ([path!, written].some(name => name !== '' && new RegExp(`(?<![\\w./-])${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w-])`).test(text))) return true
  if (new RegExp(`\\b${manager}\\b[^\\n]*\\b(?:config|set)\\b[^\\n]*(?:cache|store|folder|dir)`, 'i').test(text)) return true
  // Berry keeps its cache in the project unless a file, or its version, says otherwise.
  return manager === 'yarn' && /\/\.yarn\//.test(`${path!}/`) && !/\/root\//.test(path!) || mayMoveCaches(build) === true
}

/** Whether a settings file of the project may move the cache of its tool. */
export const mayMoveCaches = fact((build: Build): boolean | 'unknown' => {
  const settings = contextMatches(build, '', SETTINGS.flatMap(name => [name, `**/${name}`]))
  return settings === 'unknown' ? settings : settings.some(file => {
    const content = build.context.read(file)
    return typeof content !== 'string' || /cache|store|folder|repo\.local|userhome|packagesfolder|replace-with/i.test(content)
  })
})
