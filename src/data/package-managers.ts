// What package managers are told on the command line, read and keep: one row each. Facts are those of the projects' own sources
// and documentation (`source`), compiled in November 2026; how rows are matched against a command is src/facts/recognise.ts.

/** `refresh`: fetches the package index. `fetch`: only downloads. `build`: compiles, and installs what is missing on the way. `upgrade`: of what is installed. `clean`: empties a cache. */
export type Effect = 'refresh' | 'install' | 'fetch' | 'build' | 'upgrade' | 'clean'
export type Ecosystem = 'os' | 'javascript' | 'python' | 'go' | 'rust' | 'native' | 'jvm' | 'ruby' | 'php' | 'dotnet' | 'other'

/**
 * `download`: archives that can be fetched again and are copied or unpacked elsewhere. `index`: package lists. `build`: compiler output the
 * tool checks itself. `store`: the installed files, used where they are: behind a cache mount the image loses them.
 */
export type CacheKind = 'download' | 'index' | 'build' | 'store'

export interface CacheRow {
  readonly kind: CacheKind
  /** The first one whose variables all have values counts. `~` is the home of the user in force; relative ones start at the project. */
  readonly paths: readonly string[]
  /** Only for this user. */
  readonly user?: 'root' | 'other'
  /** Only for this flavour of the tool. */
  readonly flavour?: string
  /** Options that name the folder. */
  readonly options?: readonly string[]
}

export interface Reads {
  /** Names or globs, relative to the project. Of several alternatives all are listed: those that are there count. */
  readonly manifests: readonly string[]
  readonly lockfiles: readonly string[]
  /** Configuration, patches and tools of its own that change what it installs. */
  readonly extras: readonly string[]
}

export interface Verb {
  /** Operands that name it, the usual one first. `*` is any one word; '' no operand at all; `…` any operands. One that starts with `-` is matched against options. */
  readonly words: readonly string[]
  readonly effect: Effect
  /** What the operands after it are; default: nothing that matters. `package`: the first alone is one. `versioned`: a package and its version. */
  readonly takes?: 'packages' | 'package' | 'versioned' | 'projects' | 'manifests' | 'sources'
  /** Whether it reads the manifests; `bare`: only without packages. Default: no. */
  readonly manifests?: true | 'bare'
  /** Instead of the manager's. */
  readonly reads?: Partial<Reads>
  /** Whether it needs the project's sources besides the manifests. Default: no. */
  readonly sources?: boolean | 'unknown'
  /** Without operands it stands for `.`. */
  readonly defaultsToProject?: true
  /** Whether it keeps to the lock file without being told; 'unknown' where that depends on what the manifests say. Default: no. */
  readonly frozen?: boolean | 'unknown'
  /** Installs for the system or the user, not for a project. */
  readonly global?: true
  /** For `clean`: what it removes. */
  readonly cleans?: readonly CacheKind[]
  /** Counts only with one of these options, or with all of its letters in a cluster. */
  readonly needs?: readonly string[]
  /** Does not count with one of these options. */
  readonly unless?: readonly string[]
  /** Matched against the code given with `-e`. */
  readonly code?: RegExp
  /** Instead of the manager's. */
  readonly local?: RegExp
  /** Where it works on a local project, or without operands. */
  readonly localEffect?: Effect
  readonly bareEffect?: Effect
}

export interface PackageManager {
  readonly name: string
  readonly ecosystem: Ecosystem
  readonly source: string
  /** As commands.ts gives them. */
  readonly programs: readonly string[]
  /** `getopt`: short options cluster and may have their value attached. `words`: each option is a word (`-mod=x`, `-DskipTests`). Default: getopt. */
  readonly style?: 'words'
  /** Options whose value is the next word unless attached. */
  readonly values?: readonly string[]
  /** Those that name the project's folder, or a file in it. */
  readonly directories?: readonly string[]
  /** Those that name a manifest, instead of the usual one. */
  readonly manifestOptions?: readonly string[]
  /** Those that name a local project to install. */
  readonly projectOptions?: readonly string[]
  /** With one of these nothing is installed. */
  readonly never?: readonly string[]
  /** Those that name another file system tree to work in. */
  readonly roots?: readonly string[]
  /** With one of these it only downloads. */
  readonly downloads?: readonly string[]
  readonly verbs: readonly Verb[]
  /** Verbs may stand anywhere among the operands; the first row that finds one counts. */
  readonly anywhere?: true
  /** Operands before the verb that choose a version of the tool: `+nightly`, `_2.4.1_`. */
  readonly prefix?: RegExp
  readonly reads?: Reads
  /** Operands after the verb that are really options: `/p:X=Y`, the `false` of `--self-contained false`. */
  readonly noise?: RegExp
  /** An operand that is a folder of the build, and one that is a package file. */
  readonly local?: RegExp
  /** Manifests are those of the project, not of the folder named. */
  readonly localsInProject?: true
  readonly archive?: RegExp
  /** Splits a package argument; groups `name` and `version`. */
  readonly version?: RegExp
  readonly versionOptions?: readonly string[]
  /** Options that make it install for the system or the user. */
  readonly globals?: readonly string[]
  /** Options and variables (set to something true) that keep it to the lock file, or from it. */
  readonly freezes?: readonly string[]
  readonly thaws?: readonly string[]
  readonly freezingVariables?: readonly string[]
  /** Variables that do so in some versions: yarn berry looks at CI, yarn classic does not. */
  readonly maybeFreezingVariables?: readonly string[]
  /** Options that make sources unnecessary, needed, or not fatal to miss. */
  readonly withoutSources?: readonly string[]
  readonly toleratesSources?: readonly string[]
  readonly withSources?: readonly string[]
  /** Runs scripts that the project's own manifest names, unless one of these options is there. */
  readonly scriptsOff?: readonly string[]
  readonly scriptsOffVariables?: readonly string[]
  /** Options that keep it from fetching anything. */
  readonly offline?: readonly string[]
  /** Options that refresh the index on the way. */
  readonly refreshes?: readonly string[]
  /** Refreshes the index by itself when it is missing or old. */
  readonly refreshesItself?: true
  readonly caches: readonly CacheRow[]
  /** Two at once in one cache folder fail or spoil it. */
  readonly sharing?: 'locked'
  /** Options and variables that turn the cache off. `any`: whatever the value. */
  readonly cacheOff?: { readonly options?: readonly string[]; readonly variables?: readonly { readonly name: string; readonly when: 'true' | 'any' }[] }
  /** Tells flavours apart by an option or verb. */
  readonly flavours?: Readonly<Record<string, readonly string[]>>
}

const HELP = ['--help', '-h'] as const
const FILE = /^(?:\.{1,2}(?:\/|$)|\/|~\/|file:)/

const apt: PackageManager = {
  name: 'apt', ecosystem: 'os', programs: ['apt-get', 'apt', 'aptitude'],
  source: 'debuerreotype/debuerreotype scripts/debuerreotype-minimizing-config; apt-get(8)',
  values: ['-t', '--target-release', '--default-release', '-o', '--option', '-c', '--config-file', '-a', '--host-architecture', '-P', '--build-profiles'],
  never: [...HELP, '--version', '-v', '-s', '--simulate', '--just-print', '--dry-run', '--recon', '--no-act', '--print-uris'], downloads: ['-d', '--download-only'],
  verbs: [
    { words: ['update'], effect: 'refresh' },
    { words: ['install', 'reinstall', 'build-dep', 'satisfy'], effect: 'install', takes: 'packages', global: true },
    { words: ['upgrade', 'dist-upgrade', 'full-upgrade', 'safe-upgrade'], effect: 'upgrade', takes: 'packages', global: true },
    { words: ['clean'], effect: 'clean', cleans: ['download'] },
    { words: ['dist-clean', 'distclean'], effect: 'clean', cleans: ['download', 'index'] },
  ],
  archive: /\.deb$|^[./].*\*$/, version: /^(?<name>[^=/]+)(?:=(?<version>.+))?/, refreshes: ['--update', '-U'],
  caches: [{ kind: 'index', paths: ['/var/lib/apt/lists'] }, { kind: 'download', paths: ['/var/cache/apt/archives'] }, { kind: 'index', paths: ['/var/cache/apt'] }],
  sharing: 'locked',
}

const apk: PackageManager = {
  name: 'apk', ecosystem: 'os', programs: ['apk'], source: 'alpinelinux/apk-tools doc/apk.8.scd, doc/apk-cache.5.scd, src/database.c',
  values: ['-p', '--root', '-X', '--repository', '-t', '--virtual', '--arch', '--keys-dir', '--repositories-file', '--cache-dir', '--cache-max-age', '--progress-fd', '--wait', '--timeout'],
  never: [...HELP, '--version', '-V', '-s', '--simulate'], roots: ['-p', '--root'],
  verbs: [
    { words: ['update'], effect: 'refresh' },
    { words: ['add'], effect: 'install', takes: 'packages', global: true },
    { words: ['fix'], effect: 'install', takes: 'packages', global: true },
    { words: ['fetch'], effect: 'fetch', takes: 'packages', global: true },
    { words: ['upgrade'], effect: 'upgrade', takes: 'packages', global: true },
    { words: ['cache clean', 'cache purge'], effect: 'clean', cleans: ['download'] },
  ],
  archive: /\.apk$/, version: /^(?<name>[^=~<>@]+)(?:[=~<>]{1,2}(?<version>[^@]+))?/,
  // Since 2.10, of 2018 (src/database.c, is_index_stale).
  refreshes: ['-U', '--update-cache', '--update', '--no-cache'], refreshesItself: true,
  caches: [{ kind: 'index', paths: ['/var/cache/apk'] }, { kind: 'download', paths: ['/var/cache/apk'] }],
  sharing: 'locked', cacheOff: { options: ['--no-cache'] },
}

const rpmVerbs: readonly Verb[] = [
  { words: ['install', 'reinstall', 'localinstall', 'groupinstall', 'group install', 'module install', 'builddep', 'builddep install', 'in'], effect: 'install', takes: 'packages', global: true },
  { words: ['update', 'upgrade', 'distro-sync', 'dist-upgrade', 'upgrade-minimal', 'update-minimal'], effect: 'upgrade', takes: 'packages', global: true },
  { words: ['makecache'], effect: 'refresh' },
  { words: ['clean all'], effect: 'clean', cleans: ['download', 'index'] },
  { words: ['clean packages'], effect: 'clean', cleans: ['download'] },
  { words: ['clean metadata', 'clean dbcache'], effect: 'clean', cleans: ['index'] },
]
const rpm = {
  ecosystem: 'os', source: 'rpm-software-management/dnf5 docs; microdnf dnf/dnf-main.c; yum.conf(5)',
  values: ['-c', '--config', '--setopt', '--enablerepo', '--disablerepo', '--repo', '--repoid', '--installroot', '--releasever', '-x', '--exclude', '--forcearch', '--comment', '--disableplugin', '--enableplugin', '--advisory', '-d', '-e', '-R', '--excludepkgs', '--disableexcludes', '--downloaddir', '--destdir'],
  never: [...HELP, '--help-cmd', '--version', '--assumeno'], roots: ['--installroot'], downloads: ['--downloadonly', '--download-only'],
  verbs: rpmVerbs, archive: /\.rpm$/, version: /^(?<name>.+?)(?:-(?<version>\d[\w.+~^:]*-\d[\w.+~^]*))?$/, refreshes: ['--refresh'], refreshesItself: true, sharing: 'locked',
} as const satisfies Omit<PackageManager, 'name' | 'programs' | 'caches'>
const indexAndDownloads = (path: string): readonly CacheRow[] => [{ kind: 'index', paths: [path] }, { kind: 'download', paths: [path] }]

const dnf: PackageManager = { ...rpm, name: 'dnf', programs: ['dnf', 'dnf5'], caches: [...indexAndDownloads('/var/cache/dnf'), ...indexAndDownloads('/var/cache/libdnf5')] }
const yum: PackageManager = { ...rpm, name: 'yum', programs: ['yum'], caches: [...indexAndDownloads('/var/cache/yum'), ...indexAndDownloads('/var/cache/dnf')] }
const microdnf: PackageManager = { ...rpm, name: 'microdnf', programs: ['microdnf'], caches: [...indexAndDownloads('/var/cache/yum'), ...indexAndDownloads('/var/cache/dnf'), ...indexAndDownloads('/var/cache/libdnf5')] }
const tdnf: PackageManager = { ...rpm, name: 'tdnf', programs: ['tdnf'], caches: indexAndDownloads('/var/cache/tdnf') }

const zypper: PackageManager = {
  name: 'zypper', ecosystem: 'os', programs: ['zypper'], source: 'zypper(8)',
  values: ['-R', '--root', '--installroot', '-c', '--config', '-p', '--plus-repo', '-r', '--repo', '-t', '--type', '--from', '--reposd-dir', '--cache-dir', '--releasever'],
  never: [...HELP, '--version', '-V', '--dry-run'], roots: ['-R', '--root', '--installroot'], downloads: ['-d', '--download-only'],
  verbs: [
    { words: ['refresh', 'ref'], effect: 'refresh' },
    { words: ['install', 'in', 'source-install', 'si'], effect: 'install', takes: 'packages', global: true },
    { words: ['update', 'up', 'dist-upgrade', 'dup', 'patch'], effect: 'upgrade', takes: 'packages', global: true },
    { words: ['clean', 'cc'], effect: 'clean', cleans: ['download', 'index'], needs: ['-a', '--all'] },
    { words: ['clean', 'cc'], effect: 'clean', cleans: ['download'] },
  ],
  archive: /\.rpm$/, version: /^(?<name>[^=<>]+)(?:[=<>]+(?<version>.+))?/, refreshesItself: true,
  caches: [{ kind: 'download', paths: ['/var/cache/zypp/packages'] }, { kind: 'index', paths: ['/var/cache/zypp'] }], sharing: 'locked',
}

const pacman: PackageManager = {
  name: 'pacman', ecosystem: 'os', programs: ['pacman', 'yay', 'paru'], source: 'pacman(8)', style: 'words',
  values: ['-b', '--dbpath', '-r', '--root', '--arch', '--cachedir', '--config', '--gpgdir', '--hookdir', '--logfile', '--ignore', '--overwrite', '--assume-installed', '--color'],
  never: [...HELP, '-V', '--version', '-p', '--print'], roots: ['-r', '--root'], downloads: ['-w', '--downloadonly'],
  verbs: [
    { words: ['-Su', '-Sy*u*', '-Su*'], effect: 'upgrade', takes: 'packages', global: true },
    { words: ['-Sy', '-Syy'], effect: 'install', bareEffect: 'refresh', takes: 'packages', global: true },
    { words: ['-S', '-Sq', '--sync'], effect: 'install', takes: 'packages', global: true },
    { words: ['-U', '--upgrade'], effect: 'install', takes: 'packages', global: true },
    { words: ['-Sc*'], effect: 'clean', cleans: ['download'] },
  ],
  archive: /\.pkg\.tar(?:\.\w+)?$/, refreshes: ['-S*y*', '--refresh'],
  caches: [{ kind: 'download', paths: ['/var/cache/pacman/pkg'] }, { kind: 'index', paths: ['/var/lib/pacman/sync'] }], sharing: 'locked',
}

const NIX = 'nix manual, command reference'
const nixValues = ['--option', '--extra-experimental-features', '--experimental-features', '--argstr', '--arg', '-I', '-j', '--max-jobs', '--cores'] as const
const nixCaches: readonly CacheRow[] = [{ kind: 'store', paths: ['/nix/store'] }, { kind: 'download', paths: ['$XDG_CACHE_HOME/nix', '~/.cache/nix'] }]

const osOthers: readonly PackageManager[] = [
  {
    name: 'nix', ecosystem: 'os', programs: ['nix'], source: NIX, style: 'words', values: [...nixValues, '-f', '--file', '--expr', '--profile', '-c', '--command'], never: ['--help', '--version', '--dry-run'],
    verbs: [{ words: ['profile install', 'profile add'], effect: 'install', takes: 'packages', global: true }, { words: ['build'], effect: 'build', sources: true }, { words: ['store gc'], effect: 'clean', cleans: ['store'] }], caches: nixCaches,
  },
  {
    name: 'nix', ecosystem: 'os', programs: ['nix-env'], source: NIX, style: 'words', values: [...nixValues, '-p', '--profile', '-f', '--file'], never: ['--help', '--version', '--dry-run'],
    verbs: [{ words: ['-i', '-iA', '-ibA', '--install'], effect: 'install', takes: 'packages', global: true }, { words: ['-u', '-uA', '--upgrade'], effect: 'upgrade', takes: 'packages', global: true }], caches: nixCaches,
  },
  { name: 'nix', ecosystem: 'os', programs: ['nix-build'], source: NIX, style: 'words', values: [...nixValues, '-A', '--attr', '-o', '--out-link'], never: ['--help', '--version', '--dry-run'], verbs: [{ words: ['', '…'], effect: 'build', sources: true }], caches: nixCaches },
  { name: 'nix', ecosystem: 'os', programs: ['nix-channel'], source: NIX, style: 'words', never: ['--help'], verbs: [{ words: ['--update'], effect: 'refresh' }], caches: nixCaches },
  { name: 'nix', ecosystem: 'os', programs: ['nix-collect-garbage'], source: NIX, style: 'words', never: ['--help', '--dry-run'], verbs: [{ words: ['', '…'], effect: 'clean', cleans: ['store'] }], caches: nixCaches },
  {
    name: 'brew', ecosystem: 'os', programs: ['brew'], source: 'Homebrew documentation, brew(1)', never: [...HELP, '--version', '--dry-run', '-n'],
    verbs: [
      { words: ['install', 'reinstall'], effect: 'install', takes: 'packages', global: true },
      { words: ['bundle', 'bundle install'], effect: 'install', manifests: true, reads: { manifests: ['Brewfile'], lockfiles: ['Brewfile.lock.json'] } },
      { words: ['upgrade'], effect: 'upgrade', takes: 'packages', global: true },
      { words: ['update'], effect: 'refresh' },
      { words: ['cleanup'], effect: 'clean', cleans: ['download'] },
    ],
    values: ['--file', '--cask', '--env'], manifestOptions: ['--file'], version: /^(?<name>[^@]+)(?:@(?<version>.+))?$/,
    caches: [{ kind: 'download', paths: ['$HOMEBREW_CACHE', '$XDG_CACHE_HOME/Homebrew', '~/.cache/Homebrew'] }],
  },
  {
    name: 'xbps', ecosystem: 'os', programs: ['xbps-install'], source: 'xbps-install(1)', values: ['-r', '--rootdir', '-c', '--cachedir', '-C', '--config', '-R', '--repository'],
    never: [...HELP, '-V', '--version', '-n', '--dry-run'], downloads: ['-D', '--download-only'],
    verbs: [{ words: ['…'], effect: 'install', takes: 'packages', global: true }, { words: [''], effect: 'upgrade', needs: ['-u', '--update'] }, { words: [''], effect: 'refresh', needs: ['-S', '--sync'] }],
    refreshes: ['-S', '--sync'], caches: [{ kind: 'download', paths: ['/var/cache/xbps'] }], sharing: 'locked',
  },
  {
    name: 'emerge', ecosystem: 'os', programs: ['emerge'], source: 'emerge(1)', never: ['--help', '-h', '--version', '-V', '-p', '--pretend', '-s', '--search', '--info', '-c', '--depclean', '-C', '--unmerge'],
    values: ['-j', '--jobs', '--load-average', '--config-root', '--root', '--with-bdeps', '--backtrack'], downloads: ['-f', '--fetchonly'],
    verbs: [{ words: [''], effect: 'refresh', needs: ['--sync'] }, { words: ['…'], effect: 'install', takes: 'packages', global: true }],
    caches: [{ kind: 'download', paths: ['$DISTDIR', '/var/cache/distfiles'] }, { kind: 'build', paths: ['$PKGDIR', '/var/cache/binpkgs'] }, { kind: 'index', paths: ['/var/db/repos'] }], sharing: 'locked',
  },
]

const npmLocal = /^(?:\.{1,2}(?:\/|$)|\/|~\/|file:|link:)/
const npmArchive = /\.(?:tgz|tar\.gz)$/
const npmVersion = /^(?<name>@?[^@]+)(?:@(?<version>.+))?$/
const npmScriptsOff = ['npm_config_ignore_scripts', 'NPM_CONFIG_IGNORE_SCRIPTS'] as const
const PACKAGE_JSON = ['package.json'] as const

const npm: PackageManager = {
  name: 'npm', ecosystem: 'javascript', programs: ['npm'], source: 'npm/cli workspaces/config/lib/definitions/definitions.js, docs npm-ci.md',
  values: ['--prefix', '-C', '--cache', '--registry', '-w', '--workspace', '--omit', '--include', '--only', '--loglevel', '--userconfig', '--globalconfig', '--install-strategy', '--fetch-timeout', '--fetch-retries', '--fetch-retry-mintimeout', '--fetch-retry-maxtimeout', '--maxsockets', '--tag', '--node-options', '--before', '--cpu', '--os', '--libc', '--script-shell', '--save-prefix', '--access', '--otp', '--scope', '--location', '--jobs', '--python', '--target', '--arch', '--runtime', '--dist-url', '--audit-level', '--network-timeout', '--proxy', '--https-proxy', '--timeout'],
  directories: ['--prefix', '-C'], never: [...HELP, '-?', '--version', '-v', '--dry-run', '--package-lock-only'],
  verbs: [
    { words: ['ci', 'clean-install', 'ic', 'install-clean', 'isntall-clean'], effect: 'install', manifests: true, frozen: true },
    { words: ['install', 'i', 'in', 'ins', 'inst', 'insta', 'instal', 'isnt', 'isnta', 'isntal', 'isntall', 'add'], effect: 'install', takes: 'packages', manifests: 'bare' },
    { words: ['cit', 'install-ci-test', 'clean-install-test', 'sit'], effect: 'install', manifests: true, frozen: true, sources: true },
    { words: ['install-test', 'it'], effect: 'install', takes: 'packages', manifests: 'bare', sources: true },
    { words: ['update', 'up', 'upgrade', 'udpate'], effect: 'install', takes: 'packages', manifests: 'bare' },
    { words: ['rebuild', 'rb'], effect: 'build' },
    { words: ['cache clean', 'cache clear', 'cache rm'], effect: 'clean', cleans: ['download'] },
  ],
  reads: { manifests: PACKAGE_JSON, lockfiles: ['package-lock.json', 'npm-shrinkwrap.json'], extras: ['.npmrc', 'patches/**'] },
  local: npmLocal, archive: npmArchive, version: npmVersion, globals: ['-g', '--global', '--location=global'], scriptsOff: ['--ignore-scripts'], scriptsOffVariables: npmScriptsOff, offline: ['--offline'],
  caches: [{ kind: 'download', paths: ['$npm_config_cache', '$NPM_CONFIG_CACHE', '~/.npm'], options: ['--cache'] }],
  cacheOff: { options: ['--no-cache'] },
}

const pnpm: PackageManager = {
  name: 'pnpm', ecosystem: 'javascript', programs: ['pnpm'], source: 'pnpm/pnpm store/path/src/index.ts; pnpm.io docs/docker.md',
  values: ['-F', '--filter', '--filter-prod', '-C', '--dir', '--store-dir', '--registry', '--reporter', '--workspace-concurrency', '--network-concurrency', '--child-concurrency', '--virtual-store-dir', '--modules-dir', '--lockfile-dir', '--use-node-version', '--package-import-method', '--node-linker', '--loglevel', '--cache-dir', '--prefix', '--config-dir', '--fetch-timeout', '--fetch-retries', '--resolution-mode', '--hoist-pattern', '--public-hoist-pattern'],
  directories: ['-C', '--dir', '--prefix'], never: [...HELP, '--version', '-v', '--dry-run', '--lockfile-only'],
  verbs: [
    { words: ['fetch'], effect: 'fetch', manifests: true, frozen: true, reads: { manifests: ['pnpm-workspace.yaml'] } },
    { words: ['ci', 'clean-install', 'ic', 'install-clean'], effect: 'install', manifests: true, frozen: true },
    { words: ['install', 'i', 'recursive install', 'multi install', 'm i'], effect: 'install', takes: 'packages', manifests: 'bare' },
    { words: ['add', 'recursive add'], effect: 'install', takes: 'packages' },
    { words: ['install-test', 'it'], effect: 'install', manifests: true, sources: true },
    { words: ['update', 'up', 'upgrade'], effect: 'install', takes: 'packages', manifests: 'bare' },
    { words: ['deploy'], effect: 'build', manifests: true, sources: true },
    { words: ['rebuild', 'rb'], effect: 'build' },
    { words: ['store prune'], effect: 'clean', cleans: ['download'] },
  ],
  reads: { manifests: ['package.json', 'pnpm-workspace.yaml'], lockfiles: ['pnpm-lock.yaml'], extras: ['.npmrc', '.pnpmfile.cjs', '.pnpmfile.mjs', 'patches/**'] },
  local: npmLocal, archive: npmArchive, version: npmVersion, globals: ['-g', '--global'], scriptsOff: ['--ignore-scripts'], scriptsOffVariables: npmScriptsOff, offline: ['--offline'],
  freezes: ['--frozen-lockfile'], thaws: ['--no-frozen-lockfile', '--fix-lockfile'], freezingVariables: ['CI'],
  caches: [
    { kind: 'download', paths: ['$npm_config_store_dir', '$PNPM_HOME/store', '$XDG_DATA_HOME/pnpm/store', '~/.local/share/pnpm/store'], options: ['--store-dir'] },
    { kind: 'index', paths: ['$XDG_CACHE_HOME/pnpm', '~/.cache/pnpm'], options: ['--cache-dir'] },
  ],
}

const yarn: PackageManager = {
  name: 'yarn', ecosystem: 'javascript', programs: ['yarn', 'yarnpkg'], source: 'yarnpkg/berry yarnrc.json; yarnpkg/yarn documentation',
  values: ['--cwd', '--cache-folder', '--modules-folder', '--network-timeout', '--network-concurrency', '--mutex', '--registry', '--preferred-cache-folder', '--mode', '--use-yarnrc', '--global-folder', '--prefix', '--otp', '--link-folder', '--proxy', '--https-proxy', '--emoji'],
  directories: ['--cwd'], never: [...HELP, '--version', '-v', '--dry-run'],
  verbs: [
    { words: ['install', ''], effect: 'install', manifests: true },
    { words: ['workspaces focus'], effect: 'install', manifests: true },
    { words: ['global add'], effect: 'install', takes: 'packages', global: true },
    { words: ['add', 'workspace * add'], effect: 'install', takes: 'packages' },
    { words: ['upgrade', 'up'], effect: 'install', takes: 'packages', manifests: 'bare' },
    { words: ['cache clean'], effect: 'clean', cleans: ['download'] },
  ],
  reads: { manifests: PACKAGE_JSON, lockfiles: ['yarn.lock'], extras: ['.yarnrc', '.yarnrc.yml', '.npmrc', '.yarn/releases/**', '.yarn/plugins/**', '.yarn/patches/**', '.yarn/cache/**', '.pnp.cjs', '.pnp.loader.mjs', 'patches/**'] },
  local: npmLocal, archive: npmArchive, version: npmVersion, scriptsOff: ['--ignore-scripts', '--mode=skip-build'], scriptsOffVariables: npmScriptsOff, offline: ['--offline'],
  freezes: ['--frozen-lockfile', '--immutable', '--immutable-cache'], thaws: ['--no-immutable'], freezingVariables: ['YARN_ENABLE_IMMUTABLE_INSTALLS'], maybeFreezingVariables: ['CI'],
  flavours: { berry: ['--immutable', '--immutable-cache', '--check-cache', '--mode', 'workspaces focus', '--inline-builds'], classic: ['--pure-lockfile', '--network-timeout', '--non-interactive', '--ignore-engines', '--ignore-platform', '--ignore-optional', '--prefer-offline', '--mutex', '--cache-folder', '--modules-folder', 'global add'] },
  caches: [
    { kind: 'download', flavour: 'classic', user: 'root', paths: ['$YARN_CACHE_FOLDER', '$XDG_CACHE_HOME/yarn', '/usr/local/share/.cache/yarn'], options: ['--cache-folder'] },
    { kind: 'download', flavour: 'classic', user: 'other', paths: ['$YARN_CACHE_FOLDER', '$XDG_CACHE_HOME/yarn', '~/.cache/yarn'], options: ['--cache-folder'] },
    { kind: 'download', flavour: 'berry', paths: ['$YARN_CACHE_FOLDER', '$YARN_GLOBAL_FOLDER/cache', '~/.yarn/berry/cache'] },
    { kind: 'index', flavour: 'berry', paths: ['$YARN_GLOBAL_FOLDER/metadata', '~/.yarn/berry/metadata'] },
  ],
}

const bun: PackageManager = {
  name: 'bun', ecosystem: 'javascript', programs: ['bun'], source: 'oven-sh/bun docs, docker guide',
  values: ['--cwd', '--cache-dir', '--registry', '-c', '--config', '--backend', '--filter', '--omit', '--network-concurrency', '--concurrent-scripts', '--env-file', '--ca', '--cafile', '--linker'],
  directories: ['--cwd'], never: [...HELP, '--version', '-v', '--dry-run', '--lockfile-only'],
  verbs: [
    { words: ['ci'], effect: 'install', manifests: true, frozen: true },
    { words: ['install', 'i'], effect: 'install', takes: 'packages', manifests: 'bare' },
    { words: ['add', 'a'], effect: 'install', takes: 'packages' },
    { words: ['update'], effect: 'install', takes: 'packages', manifests: 'bare' },
    { words: ['pm cache rm'], effect: 'clean', cleans: ['download'] },
  ],
  reads: { manifests: PACKAGE_JSON, lockfiles: ['bun.lock', 'bun.lockb'], extras: ['bunfig.toml', '.npmrc', 'patches/**'] },
  local: npmLocal, archive: npmArchive, version: npmVersion, globals: ['-g', '--global'], scriptsOff: ['--ignore-scripts'],
  freezes: ['--frozen-lockfile', '--production', '-p'],
  caches: [{ kind: 'download', paths: ['$BUN_INSTALL_CACHE_DIR', '$BUN_INSTALL/install/cache', '~/.bun/install/cache'], options: ['--cache-dir'] }],
  cacheOff: { options: ['--no-cache'] },
}

const deno: PackageManager = {
  name: 'deno', ecosystem: 'javascript', programs: ['deno'], source: 'denoland/deno_docker; denoland/docs runtime/reference/docker.md',
  values: ['-c', '--config', '--import-map', '--lock', '--cert', '--node-modules-dir', '--root', '-n', '--name', '--allow-scripts', '-L', '--log-level'],
  never: [...HELP, '--version', '-V'],
  verbs: [
    { words: ['ci'], effect: 'install', manifests: true, frozen: true },
    { words: ['install', 'i'], effect: 'install', takes: 'packages', manifests: 'bare' },
    { words: ['add'], effect: 'install', takes: 'packages' },
    { words: ['cache'], effect: 'fetch', takes: 'sources', sources: true, manifests: true },
  ],
  reads: { manifests: ['deno.json', 'deno.jsonc', 'package.json'], lockfiles: ['deno.lock'], extras: ['.npmrc', 'import_map.json'] },
  globals: ['-g', '--global'], freezes: ['--frozen', '--frozen=true'], withSources: ['-e', '--entrypoint'],
  caches: [{ kind: 'store', paths: ['$DENO_DIR', '$XDG_CACHE_HOME/deno', '~/.cache/deno'] }],
}

const browser = (name: string, cache: string, variable: string, verbs: readonly Verb[]): PackageManager => ({
  name, ecosystem: 'javascript', programs: [name], source: `${name} documentation`, never: [...HELP, '--version', '--dry-run'], verbs, caches: [{ kind: 'store', paths: [`$${variable}`, cache] }],
})
const javascriptOthers: readonly PackageManager[] = [
  browser('playwright', '~/.cache/ms-playwright', 'PLAYWRIGHT_BROWSERS_PATH', [{ words: ['install', 'install-deps'], effect: 'install', takes: 'packages', global: true }]),
  browser('puppeteer', '~/.cache/puppeteer', 'PUPPETEER_CACHE_DIR', [{ words: ['browsers install'], effect: 'install', takes: 'packages', global: true }]),
  browser('cypress', '~/.cache/Cypress', 'CYPRESS_CACHE_FOLDER', [{ words: ['install'], effect: 'install', global: true }, { words: ['cache clear', 'cache prune'], effect: 'clean', cleans: ['store'] }]),
  {
    name: 'rush', ecosystem: 'javascript', programs: ['rush', 'rush-pnpm'], source: 'rushjs.io documentation', never: [...HELP], values: ['-t', '--to', '-f', '--from', '-o', '--only', '--variant', '--network-concurrency'],
    verbs: [{ words: ['install'], effect: 'install', manifests: true, frozen: true }, { words: ['update'], effect: 'install', manifests: true }],
    reads: { manifests: ['rush.json', '**/package.json'], lockfiles: ['common/config/rush/pnpm-lock.yaml'], extras: ['common/config/rush/**', 'common/scripts/**'] },
    caches: [{ kind: 'download', paths: ['~/.local/share/pnpm/store'] }],
  },
  {
    name: 'bower', ecosystem: 'javascript', programs: ['bower'], source: 'bower.io documentation', never: [...HELP, '--version', '-v'], local: npmLocal, version: /^(?<name>[^#]+)(?:#(?<version>.+))?$/,
    verbs: [{ words: ['install', 'i'], effect: 'install', takes: 'packages', manifests: 'bare' }, { words: ['cache clean'], effect: 'clean', cleans: ['download'] }],
    reads: { manifests: ['bower.json'], lockfiles: [], extras: ['.bowerrc'] }, caches: [{ kind: 'download', paths: ['$XDG_CACHE_HOME/bower', '~/.cache/bower'] }],
  },
]

const pipLocal = /^(?:\.{1,2}(?:[/[]|$)|\/|~\/|file:)|^[^:@=<>\s]*\/[^:@=<>\s]*$/
const pipArchive = /(?:\.(?:whl|zip|tar\.gz|tgz|tar\.bz2)(?:\[[^\]]*\])?|\/\*)$/
const pipVersion = /^(?<name>[A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s*(?:(?:===?|~=|<=?|>=?|!=|@)\s*(?<version>.+))?$/
const PYPROJECT = ['pyproject.toml', 'setup.py', 'setup.cfg'] as const
const pipValues = ['-r', '--requirement', '-c', '--constraint', '-e', '--editable', '-t', '--target', '-d', '--dest', '--platform', '--python-version', '--implementation', '--abi', '--root', '--prefix', '--src', '--upgrade-strategy', '-i', '--index-url', '--extra-index-url', '-f', '--find-links', '--no-binary', '--only-binary', '--global-option', '--install-option', '--build-option', '-C', '--config-settings', '--config-setting', '--progress-bar', '--cache-dir', '--trusted-host', '--timeout', '--retries', '--proxy', '--log', '--cert', '--client-cert', '--exists-action', '--use-feature', '--use-deprecated', '--python', '--report', '--root-user-action', '-b', '--build', '--keyring-provider', '--group', '-w', '--wheel-dir', '--resume-retries'] as const
const pipCache: readonly CacheRow[] = [{ kind: 'download', paths: ['$PIP_CACHE_DIR', '$XDG_CACHE_HOME/pip', '~/.cache/pip'], options: ['--cache-dir'] }]
// pip turns its cache off for "false" as well, for compatibility (pip/_internal/cli/cmdoptions.py, _handle_no_cache_dir).
// Its options may be shortened.
const pipCacheOff = { options: ['--no-cache-dir', '--no-cache'], variables: [{ name: 'PIP_NO_CACHE_DIR', when: 'any' }] } as const

const pip: PackageManager = {
  name: 'pip', ecosystem: 'python', programs: ['pip'], source: 'pypa/pip docs/html/topics/caching.md, src/pip/_internal/cli/cmdoptions.py',
  values: pipValues, manifestOptions: ['-r', '--requirement', '-c', '--constraint'], projectOptions: ['-e', '--editable'], never: [...HELP, '--version', '-V', '--dry-run'],
  verbs: [
    { words: ['install'], effect: 'install', takes: 'packages', frozen: 'unknown' },
    { words: ['wheel'], effect: 'install', takes: 'packages', frozen: 'unknown' },
    { words: ['download'], effect: 'fetch', takes: 'packages', frozen: 'unknown' },
    { words: ['cache purge'], effect: 'clean', cleans: ['download'] },
  ],
  local: pipLocal, archive: pipArchive, version: pipVersion, freezes: ['--require-hashes'], offline: ['--no-index'],
  reads: { manifests: PYPROJECT, lockfiles: [], extras: [] }, caches: pipCache, cacheOff: pipCacheOff,
}

const uv: PackageManager = {
  name: 'uv', ecosystem: 'python', programs: ['uv'], source: 'astral-sh/uv docs/guides/integration/docker.md, docs/concepts/cache.md, docs/reference/cli.md',
  values: [...pipValues, '-p', '--extra', '--only-group', '--no-group', '--package', '--directory', '--project', '--config-file', '--index', '--default-index', '--index-strategy', '--link-mode', '--resolution', '--prerelease', '--requirements', '--constraints', '--with', '--with-requirements', '--with-editable', '--color', '-P', '--upgrade-package', '--no-install-package', '--refresh-package', '--reinstall-package', '--no-build-package', '--python-platform', '--torch-backend', '--override', '--overrides', '--build-constraint', '--build-constraints', '--allow-insecure-host', '--exclude-newer', '--python-preference', '--fork-strategy', '--install-dir', '--mirror', '--env-file', '-m', '--module', '--from', '--script'],
  directories: ['--directory', '--project'], manifestOptions: ['-r', '--requirement', '--requirements', '-c', '--constraint', '--constraints'], projectOptions: ['-e', '--editable'], never: [...HELP, '--version', '-V', '--dry-run'],
  verbs: [
    { words: ['sync'], effect: 'install', manifests: true, sources: true },
    { words: ['pip install'], effect: 'install', takes: 'packages', frozen: 'unknown', reads: { manifests: PYPROJECT, lockfiles: [], extras: ['uv.toml'] } },
    { words: ['pip sync'], effect: 'install', takes: 'manifests', frozen: 'unknown', reads: { manifests: [], lockfiles: [], extras: ['uv.toml'] } },
    { words: ['tool install'], effect: 'install', takes: 'packages', global: true },
    { words: ['python install'], effect: 'install', takes: 'packages', global: true, reads: { manifests: ['.python-version'], lockfiles: [], extras: [] }, manifests: 'bare' },
    { words: ['add'], effect: 'install', takes: 'packages', sources: 'unknown' },
    { words: ['run'], effect: 'build', manifests: true, sources: true, unless: ['--no-sync', '--no-project'] },
    { words: ['cache clean'], effect: 'clean', cleans: ['download'] },
  ],
  reads: { manifests: ['pyproject.toml', '.python-version'], lockfiles: ['uv.lock'], extras: ['uv.toml'] },
  local: pipLocal, archive: pipArchive, version: pipVersion, withoutSources: ['--no-install-project', '--no-install-workspace', '--no-install-local'], offline: ['--offline'],
  freezes: ['--locked', '--frozen', '--require-hashes'], freezingVariables: ['UV_LOCKED', 'UV_FROZEN'],
  caches: [
    { kind: 'download', paths: ['$UV_CACHE_DIR', '$XDG_CACHE_HOME/uv', '~/.cache/uv'], options: ['--cache-dir'] },
    { kind: 'store', paths: ['$UV_PYTHON_INSTALL_DIR', '$XDG_DATA_HOME/uv/python', '~/.local/share/uv/python'] },
    { kind: 'store', paths: ['$UV_TOOL_DIR', '$XDG_DATA_HOME/uv/tools', '~/.local/share/uv/tools'] },
  ],
  cacheOff: { options: ['--no-cache', '-n', '--no-cache-dir'], variables: [{ name: 'UV_NO_CACHE', when: 'true' }] },
}

const poetry: PackageManager = {
  name: 'poetry', ecosystem: 'python', programs: ['poetry'], source: 'python-poetry/poetry docs/configuration.md, docs/cli.md, issue #6444',
  values: ['--only', '--with', '--without', '-E', '--extras', '-C', '--directory', '-P', '--project', '-G', '--group', '--source', '--python'],
  directories: ['-C', '--directory', '-P', '--project'], never: [...HELP, '--version', '-V', '--dry-run', '--lock'],
  verbs: [
    { words: ['install', 'sync'], effect: 'install', manifests: true, sources: true, frozen: true },
    { words: ['update'], effect: 'install', takes: 'packages', manifests: true },
    { words: ['add'], effect: 'install', takes: 'packages' },
    { words: ['self add'], effect: 'install', takes: 'packages', global: true },
    { words: ['cache clear'], effect: 'clean', cleans: ['download', 'index'] },
  ],
  reads: { manifests: ['pyproject.toml'], lockfiles: ['poetry.lock'], extras: ['poetry.toml'] },
  version: pipVersion, withoutSources: ['--no-root'],
  caches: [
    { kind: 'index', paths: ['$POETRY_CACHE_DIR/cache', '$XDG_CACHE_HOME/pypoetry/cache', '~/.cache/pypoetry/cache'] },
    { kind: 'download', paths: ['$POETRY_CACHE_DIR/artifacts', '$XDG_CACHE_HOME/pypoetry/artifacts', '~/.cache/pypoetry/artifacts'] },
    { kind: 'store', paths: ['$POETRY_VIRTUALENVS_PATH', '$POETRY_CACHE_DIR/virtualenvs', '$XDG_CACHE_HOME/pypoetry/virtualenvs', '~/.cache/pypoetry/virtualenvs'] },
  ],
  cacheOff: { options: ['--no-cache'] },
}

const pipenv: PackageManager = {
  name: 'pipenv', ecosystem: 'python', programs: ['pipenv'], source: 'pypa/pipenv docs/docker.md, configuration.md',
  values: ['-r', '--requirements', '--python', '-e', '--editable', '-i', '--index', '--pypi-mirror', '--extra-pip-args', '--categories'],
  manifestOptions: ['-r', '--requirements'], projectOptions: ['-e', '--editable'], never: [...HELP, '--version'],
  verbs: [
    { words: ['install'], effect: 'install', takes: 'packages', manifests: 'bare' },
    { words: ['sync'], effect: 'install', manifests: true, frozen: true },
    { words: ['update', 'upgrade'], effect: 'install', takes: 'packages', manifests: true },
  ],
  reads: { manifests: ['Pipfile'], lockfiles: ['Pipfile.lock'], extras: [] }, local: pipLocal, archive: pipArchive, version: pipVersion, freezes: ['--deploy', '--ignore-pipfile'],
  caches: [{ kind: 'download', paths: ['$PIPENV_CACHE_DIR', '$XDG_CACHE_HOME/pipenv', '~/.cache/pipenv'] }, ...pipCache, { kind: 'store', paths: ['$WORKON_HOME', '~/.local/share/virtualenvs'] }],
  cacheOff: pipCacheOff,
}

const condaVersion = /^(?:[^:]+::)?(?<name>[^=<>:\s]+)(?:[=<>]{1,2}(?<version>.+))?$/
const conda: PackageManager = {
  name: 'conda', ecosystem: 'python', programs: ['conda', 'mamba', 'micromamba'], source: 'conda/conda docs; mamba-org/micromamba-docker',
  values: ['-n', '--name', '-p', '--prefix', '-c', '--channel', '-f', '--file', '--solver', '--repodata-fn', '--subdir', '--platform', '-r', '--root-prefix', '--revision', '--clone', '--category', '--rc-file'],
  manifestOptions: ['-f', '--file'], never: [...HELP, '--version', '-V', '--dry-run', '-d'], downloads: ['--download-only'],
  verbs: [
    { words: ['env create', 'env update'], effect: 'install', takes: 'packages', manifests: true, frozen: 'unknown' },
    { words: ['install', 'create'], effect: 'install', takes: 'packages', frozen: 'unknown' },
    { words: ['update', 'upgrade'], effect: 'install', takes: 'packages', frozen: 'unknown' },
    { words: ['clean'], effect: 'clean', cleans: ['download', 'index'], needs: ['-a', '--all'] },
    { words: ['clean'], effect: 'clean', cleans: ['download'], needs: ['-t', '--tarballs', '-p', '--packages'] },
    { words: ['clean'], effect: 'clean', cleans: ['index'], needs: ['-i', '--index-cache'] },
  ],
  reads: { manifests: ['environment.yml', 'environment.yaml'], lockfiles: [], extras: ['.condarc'] }, version: condaVersion, archive: /\.(?:conda|tar\.bz2)$/,
  caches: [{ kind: 'download', paths: ['$CONDA_PKGS_DIRS', '$MAMBA_ROOT_PREFIX/pkgs', '$CONDA_DIR/pkgs', '/opt/conda/pkgs'] }],
}

const pythonOthers: readonly PackageManager[] = [
  {
    name: 'pip-sync', ecosystem: 'python', programs: ['pip-sync'], source: 'jazzband/pip-tools README', values: [...pipValues, '--pip-args', '--python-executable'], never: [...HELP, '--version', '-n', '--dry-run'],
    verbs: [{ words: [''], effect: 'install', manifests: true, frozen: 'unknown' }, { words: ['…'], effect: 'install', takes: 'manifests', frozen: 'unknown' }],
    reads: { manifests: ['requirements.txt'], lockfiles: [], extras: [] }, caches: pipCache, cacheOff: { variables: pipCacheOff.variables },
  },
  {
    name: 'pipx', ecosystem: 'python', programs: ['pipx'], source: 'pypa/pipx documentation', values: ['--python', '-i', '--index-url', '--pip-args', '--suffix', '--spec', '--backend'], never: [...HELP, '--version'],
    verbs: [{ words: ['install', 'inject'], effect: 'install', takes: 'packages', global: true }], local: pipLocal, archive: pipArchive, version: pipVersion,
    caches: [...pipCache, { kind: 'store', paths: ['$PIPX_HOME', '~/.local/share/pipx'] }], cacheOff: pipCacheOff,
  },
  {
    name: 'setuptools', ecosystem: 'python', programs: ['python'], source: 'setuptools documentation', never: [...HELP],
    verbs: [{ words: ['setup.py install', 'setup.py develop'], effect: 'install', defaultsToProject: true, sources: true }], reads: { manifests: PYPROJECT, lockfiles: [], extras: [] }, caches: [],
  },
  {
    name: 'pdm', ecosystem: 'python', programs: ['pdm'], source: 'pdm-project/pdm documentation', values: ['-p', '--project', '-G', '--group', '--with', '--without', '-L', '--lockfile', '-c', '--config', '--venv', '-d'],
    directories: ['-p', '--project'], never: [...HELP, '--version', '-V', '--dry-run'],
    verbs: [
      { words: ['install'], effect: 'install', manifests: true, sources: true },
      { words: ['sync'], effect: 'install', manifests: true, sources: true, frozen: true },
      { words: ['add'], effect: 'install', takes: 'packages' },
      { words: ['update'], effect: 'install', takes: 'packages', manifests: true },
      { words: ['cache clear'], effect: 'clean', cleans: ['download'] },
    ],
    reads: { manifests: ['pyproject.toml'], lockfiles: ['pdm.lock'], extras: ['pdm.toml', '.python-version'] }, version: pipVersion,
    withoutSources: ['--no-self'], freezes: ['--frozen-lockfile', '--no-lock', '--check'], caches: [{ kind: 'download', paths: ['$PDM_CACHE_DIR', '$XDG_CACHE_HOME/pdm', '~/.cache/pdm'] }],
  },
  {
    name: 'pixi', ecosystem: 'python', programs: ['pixi'], source: 'prefix-dev/pixi documentation', values: ['--manifest-path', '-e', '--environment', '-c', '--channel', '-p', '--platform', '--feature', '-f', '--color'], manifestOptions: ['--manifest-path'],
    never: [...HELP, '--version', '-V'],
    verbs: [{ words: ['install'], effect: 'install', manifests: true, sources: 'unknown' }, { words: ['global install'], effect: 'install', takes: 'packages', global: true }, { words: ['add'], effect: 'install', takes: 'packages' }, { words: ['clean cache'], effect: 'clean', cleans: ['download'] }],
    reads: { manifests: ['pixi.toml', 'pyproject.toml'], lockfiles: ['pixi.lock'], extras: [] }, version: condaVersion, freezes: ['--locked', '--frozen'], freezingVariables: ['PIXI_LOCKED', 'PIXI_FROZEN'],
    caches: [{ kind: 'download', paths: ['$PIXI_CACHE_DIR', '$RATTLER_CACHE_DIR', '$XDG_CACHE_HOME/rattler', '~/.cache/rattler'] }],
  },
  {
    name: 'conda-lock', ecosystem: 'python', programs: ['conda-lock'], source: 'conda/conda-lock README', values: ['-n', '--name', '-p', '--prefix', '-f', '--file', '--conda'], never: [...HELP, '--version'],
    verbs: [{ words: ['install'], effect: 'install', manifests: true, frozen: true }], reads: { manifests: [], lockfiles: ['conda-lock.yml'], extras: [] }, caches: conda.caches,
  },
]

const go: PackageManager = {
  name: 'go', ecosystem: 'go', programs: ['go'], source: 'docker-library/golang; go help build, go help environment', style: 'words',
  values: ['-C', '-o', '-p', '-mod', '-modfile', '-tags', '-ldflags', '-gcflags', '-asmflags', '-buildmode', '-overlay', '-pkgdir', '-toolexec', '-installsuffix', '-exec', '-run', '-timeout', '-count', '-coverprofile', '-covermode', '-coverpkg', '-bench', '-compiler', '-pgo'],
  directories: ['-C'], never: ['-h', '-help', '--help', '-n'],
  verbs: [
    { words: ['mod download', 'mod verify'], effect: 'fetch', takes: 'packages', manifests: 'bare', frozen: true },
    { words: ['mod tidy', 'mod vendor', 'work vendor', 'work sync'], effect: 'fetch', manifests: true, sources: true },
    { words: ['install'], effect: 'install', localEffect: 'build', takes: 'packages', local: /^[^@]*$/, defaultsToProject: true, frozen: true, global: true },
    { words: ['run'], effect: 'install', localEffect: 'build', takes: 'package', local: /^[^@]*$/, defaultsToProject: true, frozen: true, global: true },
    { words: ['get'], effect: 'install', takes: 'packages', manifests: true, local: /^\.{1,2}(?:\/|$)|(?:^|\/)\.\.\.$/, defaultsToProject: true },
    { words: ['build', 'test', 'vet', 'list'], effect: 'build', takes: 'sources', manifests: true, sources: true, frozen: true },
    { words: ['clean'], effect: 'clean', cleans: ['download'], needs: ['-modcache', '--modcache'] },
    { words: ['clean'], effect: 'clean', cleans: ['build'], needs: ['-cache', '--cache'] },
  ],
  reads: { manifests: ['go.mod', 'go.work'], lockfiles: ['go.sum', 'go.work.sum'], extras: ['vendor/**'] },
  version: /^(?<name>[^@]+)(?:@(?<version>.+))?$/, localsInProject: true, offline: ['-mod=vendor'],
  caches: [{ kind: 'download', paths: ['$GOMODCACHE', '$GOPATH/pkg/mod', '~/go/pkg/mod'] }, { kind: 'build', paths: ['$GOCACHE', '$XDG_CACHE_HOME/go-build', '~/.cache/go-build'] }],
}

const cargo: PackageManager = {
  name: 'cargo', ecosystem: 'rust', programs: ['cargo'], source: 'rust-lang/docker-rust; The Cargo Book; LukeMathWalker/cargo-chef README', prefix: /^\+/,
  values: ['--manifest-path', '-p', '--package', '-F', '--features', '--target', '--target-dir', '--profile', '--bin', '--example', '--test', '--bench', '-j', '--jobs', '--root', '--version', '--vers', '--git', '--branch', '--tag', '--rev', '--registry', '--index', '--path', '-Z', '--config', '-C', '--color', '--message-format', '--recipe-path', '--exclude', '--out-dir', '--artifact-dir', '--autoclean', '--strategies', '--targets'],
  directories: ['-C'], manifestOptions: ['--manifest-path', '--recipe-path'], projectOptions: ['--path'], never: [...HELP, '-V', '--list', '--dry-run'],
  verbs: [
    { words: ['fetch'], effect: 'fetch', manifests: true, sources: 'unknown' },
    { words: ['vendor'], effect: 'fetch', manifests: true, sources: 'unknown' },
    { words: ['chef cook'], effect: 'install', manifests: true, frozen: true, reads: { manifests: ['recipe.json'], lockfiles: [] } },
    { words: ['install', 'binstall'], effect: 'install', localEffect: 'build', takes: 'packages', global: true },
    { words: ['build', 'b', 'zigbuild', 'auditable build', 'test', 't', 'check', 'c', 'run', 'r', 'rustc', 'doc', 'd', 'clippy', 'bench', 'nextest run', 'leptos build'], effect: 'build', manifests: true, sources: true },
    { words: ['clean'], effect: 'clean', cleans: ['build'], unless: ['-p', '--package'] },
    { words: ['cache'], effect: 'clean', cleans: ['download', 'index'], needs: ['-a', '--autoclean'] },
  ],
  reads: { manifests: ['Cargo.toml'], lockfiles: ['Cargo.lock'], extras: ['.cargo/config.toml', '.cargo/config', 'rust-toolchain', 'rust-toolchain.toml'] },
  version: /^(?<name>[^@]+)(?:@(?<version>.+))?$/, versionOptions: ['--version', '--vers', '--rev', '--tag'], freezes: ['--locked', '--frozen', '--offline'], offline: ['--offline', '--frozen'],
  caches: [
    { kind: 'download', paths: ['$CARGO_HOME/registry', '~/.cargo/registry'] }, { kind: 'download', paths: ['$CARGO_HOME/git/db', '~/.cargo/git/db'] },
    { kind: 'store', paths: ['$CARGO_HOME/bin', '~/.cargo/bin'] }, { kind: 'build', paths: ['$CARGO_TARGET_DIR', 'target'], options: ['--target-dir'] },
  ],
}

const native: readonly PackageManager[] = [
  {
    name: 'conan', ecosystem: 'native', programs: ['conan'], source: 'conan-io/conan conan/internal/paths.py', never: [...HELP, '--version', '-v'],
    values: ['-if', '-of', '--output-folder', '--install-folder', '-s', '--settings', '-o', '--options', '-pr', '--profile', '-pr:b', '-pr:h', '--profile:build', '--profile:host', '-g', '--generator', '-l', '--lockfile', '--lockfile-out', '-r', '--remote', '--requires', '--tool-requires', '-c', '--conf', '--deployer', '--name', '--version', '--user', '--channel'], style: 'words',
    verbs: [
      { words: ['install', 'graph info'], effect: 'install', takes: 'manifests', manifests: 'bare' },
      { words: ['create', 'build'], effect: 'build', takes: 'projects', manifests: true, sources: true },
      { words: ['cache clean'], effect: 'clean', cleans: ['download'] },
    ],
    reads: { manifests: ['conanfile.txt', 'conanfile.py'], lockfiles: ['conan.lock'], extras: ['conandata.yml'] }, freezes: ['--lockfile', '-l'],
    caches: [{ kind: 'store', paths: ['$CONAN_HOME/p', '~/.conan2/p'] }, { kind: 'store', paths: ['$CONAN_USER_HOME/.conan/data', '~/.conan/data'] }], sharing: 'locked',
  },
  {
    name: 'vcpkg', ecosystem: 'native', programs: ['vcpkg'], source: 'MicrosoftDocs/vcpkg-docs', never: [...HELP, '--dry-run'],
    values: ['--triplet', '--host-triplet', '--x-manifest-root', '--x-install-root', '--overlay-ports', '--overlay-triplets', '--vcpkg-root', '--downloads-root', '--binarysource'], directories: ['--x-manifest-root'],
    verbs: [{ words: ['install'], effect: 'install', takes: 'packages', manifests: 'bare', frozen: 'unknown' }],
    reads: { manifests: ['vcpkg.json'], lockfiles: [], extras: ['vcpkg-configuration.json'] },
    caches: [{ kind: 'build', paths: ['$VCPKG_DEFAULT_BINARY_CACHE', '$XDG_CACHE_HOME/vcpkg/archives', '~/.cache/vcpkg/archives'] }, { kind: 'download', paths: ['$VCPKG_DOWNLOADS', '$VCPKG_ROOT/downloads'] }, { kind: 'store', paths: ['vcpkg_installed'] }],
  },
  {
    name: 'bazel', ecosystem: 'native', programs: ['bazel', 'bazelisk'], source: 'bazel.build documentation', never: ['--help'], values: ['-c', '--config', '--jobs', '--disk_cache', '--repository_cache'],
    verbs: [{ words: ['fetch', 'sync', 'mod deps'], effect: 'fetch', manifests: true, sources: 'unknown' }, { words: ['build', 'test', 'run'], effect: 'build', manifests: true, sources: true }],
    reads: { manifests: ['MODULE.bazel', 'WORKSPACE', 'WORKSPACE.bazel'], lockfiles: ['MODULE.bazel.lock'], extras: ['.bazelrc', '.bazelversion'] },
    caches: [{ kind: 'build', paths: ['$XDG_CACHE_HOME/bazel', '~/.cache/bazel'], options: ['--disk_cache'] }, { kind: 'download', paths: ['$XDG_CACHE_HOME/bazel', '~/.cache/bazel'], options: ['--repository_cache'] }], sharing: 'locked',
  },
]

const mavenRepository: readonly CacheRow[] = [{ kind: 'download', paths: ['$MAVEN_CONFIG/repository', '~/.m2/repository'], options: ['-Dmaven.repo.local'] }]
const maven: PackageManager = {
  name: 'maven', ecosystem: 'jvm', programs: ['mvn', 'mvnw', 'mvnd'], source: 'carlossg/docker-maven; maven.apache.org documentation', style: 'words', anywhere: true,
  values: ['-f', '--file', '-pl', '--projects', '-P', '--activate-profiles', '-s', '--settings', '-gs', '--global-settings', '-t', '--toolchains', '-gt', '-T', '--threads', '-D', '--define', '-l', '--log-file', '-rf', '--resume-from', '-b', '--builder', '--color'],
  manifestOptions: ['-f', '--file'], never: ['--help', '-h', '--version', '-v'], offline: ['-o', '--offline'], toleratesSources: ['-fn', '--fail-never'],
  verbs: [
    { words: ['package', 'install', 'verify', 'compile', 'test', 'deploy', 'test-compile', 'process-resources', 'process-classes', 'prepare-package', 'integration-test', 'generate-sources', 'site', 'spring-boot:build-info', 'spring-boot:run', 'spring-boot:repackage', 'quarkus:build', 'jib:*', 'install:install', 'native:compile'], effect: 'build', manifests: true, sources: true, frozen: 'unknown' },
    { words: ['dependency:get', '*:dependency-plugin:*:get', 'org.apache.maven.plugins:maven-dependency-plugin:*:get'], effect: 'fetch', global: true, frozen: 'unknown' },
    { words: ['dependency:go-offline', 'dependency:resolve', 'dependency:resolve-plugins', 'dependency:resolve-sources', 'dependency:copy-dependencies', 'dependency:copy', 'dependency:unpack', 'dependency:unpack-dependencies', 'dependency:sources', 'dependency:tree', 'dependency:list', 'dependency:analyze', '*:go-offline', '*:resolve-dependencies', '*:resolve', '*:resolve-plugins', '*:copy-dependencies'], effect: 'fetch', manifests: true, frozen: 'unknown' },
    { words: ['dependency:purge-local-repository'], effect: 'clean', cleans: ['download'] },
  ],
  reads: { manifests: ['pom.xml'], lockfiles: [], extras: ['mvnw', '.mvn/**', 'settings.xml'] }, caches: [...mavenRepository, { kind: 'download', paths: ['~/.m2/wrapper/dists'] }], sharing: 'locked',
}

const gradle: PackageManager = {
  name: 'gradle', ecosystem: 'jvm', programs: ['gradle', 'gradlew'], source: 'gradle/docker-gradle; docs.gradle.org', style: 'words', anywhere: true,
  values: ['-x', '--exclude-task', '-p', '--project-dir', '-b', '--build-file', '-c', '--settings-file', '-g', '--gradle-user-home', '-I', '--init-script', '--console', '--max-workers', '--configuration', '--tests', '--warning-mode', '--write-verification-metadata', '-M', '-F', '--dependency-verification', '--include-build', '--priority', '-D', '-P'],
  directories: ['-p', '--project-dir'], never: ['--help', '-h', '-?', '--version', '-v', '--stop', '--status', '-m', '--dry-run', '--gui'],
  verbs: [
    { words: ['build', 'assemble', 'assemble*', 'bootJar', 'bootWar', 'jar', 'shadowJar', 'fatJar', 'uberJar', 'war', 'test', 'check', 'installDist', 'distTar', 'distZip', 'publish', 'publish*', 'classes', 'testClasses', 'compileJava', 'compileKotlin', 'compileScala', 'compileGroovy', 'run', 'bootRun', 'install', 'nativeCompile', 'quarkusBuild', 'bundle*', 'buildPlugin', 'stage', '*:build', '*:assemble', '*:bootJar', '*:jar', '*:shadowJar', '*:installDist', '*:distTar', '*:test', '*:war', '*:classes'], effect: 'build', manifests: true, sources: true, frozen: 'unknown' },
    { words: ['dependencies', '*:dependencies', 'androidDependencies', 'buildEnvironment', 'resolve*Dependencies', 'download*Dependencies', 'resolveDependencies', 'downloadDependencies', 'copyDependencies', 'cacheDependencies', 'fetchDependencies', 'getDeps', 'getDependencies', 'allDependencies', 'resolveAllDependencies'], effect: 'fetch', manifests: true, frozen: 'unknown' },
  ],
  reads: {
    manifests: ['build.gradle', 'build.gradle.kts', 'settings.gradle', 'settings.gradle.kts', '**/build.gradle', '**/build.gradle.kts'], lockfiles: ['gradle.lockfile', '**/gradle.lockfile', 'gradle/dependency-locks/**'],
    extras: ['gradlew', 'gradle.properties', 'gradle/libs.versions.toml', 'gradle/wrapper/**', 'gradle/verification-metadata.xml', 'buildSrc/**', 'build-logic/**', 'init.gradle'],
  },
  caches: [
    { kind: 'download', paths: ['$GRADLE_USER_HOME/caches', '~/.gradle/caches'] }, { kind: 'build', paths: ['$GRADLE_USER_HOME/caches', '~/.gradle/caches'] }, { kind: 'download', paths: ['$GRADLE_USER_HOME/wrapper', '~/.gradle/wrapper'] },
  ],
  sharing: 'locked', offline: ['--offline'], cacheOff: { options: ['--refresh-dependencies'] },
}

const coursierCache: CacheRow = { kind: 'download', paths: ['$COURSIER_CACHE', '$XDG_CACHE_HOME/coursier', '~/.cache/coursier'] }
const jvmOthers: readonly PackageManager[] = [
  {
    name: 'sbt', ecosystem: 'jvm', programs: ['sbt', 'sbtn'], source: 'sbt/website command-line reference; coursier/coursier doc/docs/cache.md', style: 'words', anywhere: true, never: ['--help', '-h', '--version', '-V', '-version', '--script-version'], values: ['-mem', '-jvm-debug', '--sbt-dir', '--sbt-boot', '--ivy', '-java-home', '--java-home', '-sbt-version'],
    verbs: [
      { words: ['compile', 'package', 'assembly', 'stage', 'dist', 'test', 'Test/compile', 'test:compile', 'run', 'publishLocal', 'universal:packageBin', 'Universal/packageBin', 'Universal/stage', 'universal:stage', 'docker:stage', 'Docker/stage', 'docker:publishLocal', '*/assembly', '*/compile', '*/stage', '*/package', 'universal:packageZipTarball', 'Universal/packageZipTarball'], effect: 'build', manifests: true, sources: true, frozen: 'unknown' },
      { words: ['update', '*/update'], effect: 'fetch', manifests: true, frozen: 'unknown' },
    ],
    reads: { manifests: ['build.sbt', 'project/build.properties', 'project/*.sbt'], lockfiles: ['build.sbt.lock'], extras: ['project/*.scala', '**/build.sbt', '.sbtopts', '.jvmopts'] },
    caches: [coursierCache, { kind: 'download', paths: ['~/.ivy2/cache'], options: ['-Dsbt.ivy.home'] }, { kind: 'download', paths: ['~/.sbt/boot'], options: ['-Dsbt.boot.directory'] }], sharing: 'locked',
  },
  {
    name: 'mill', ecosystem: 'jvm', programs: ['mill', 'millw'], source: 'mill-build.org documentation', style: 'words', anywhere: true, never: ['--help', '--version', '-v'],
    verbs: [{ words: ['*.compile', '*.assembly', '*.jar', '*.test', '*.run', '__.compile', '__.test'], effect: 'build', manifests: true, sources: true, frozen: 'unknown' }, { words: ['*.prepareOffline', '*.resolvedIvyDeps'], effect: 'fetch', manifests: true, sources: 'unknown', frozen: 'unknown' }],
    reads: { manifests: ['build.mill', 'build.sc', 'build.mill.yaml'], lockfiles: [], extras: ['mill', '.mill-version', '.mill-jvm-opts'] }, caches: [coursierCache], sharing: 'locked',
  },
  {
    name: 'coursier', ecosystem: 'jvm', programs: ['cs', 'coursier', 'csr'], source: 'coursier/coursier doc/docs/cache.md', never: [...HELP, '--version'], values: ['-r', '--repository', '--dir', '--install-dir', '--cache', '--channel', '-o', '--scala-version'],
    verbs: [{ words: ['fetch'], effect: 'fetch', takes: 'packages', global: true }, { words: ['install'], effect: 'install', takes: 'packages', global: true }], version: /^(?<name>[^:]+:[^:]*:?[^:]*):(?<version>[^:]+)$/, caches: [{ ...coursierCache, options: ['--cache'] }],
  },
  {
    name: 'leiningen', ecosystem: 'jvm', programs: ['lein'], source: 'leiningen tutorial', style: 'words', never: ['--help', '-h', '--version', '-v'],
    verbs: [{ words: ['deps', 'with-profile * deps'], effect: 'fetch', manifests: true, frozen: 'unknown' }, { words: ['uberjar', 'jar', 'compile', 'test', 'install', 'with-profile * uberjar', 'ring uberjar'], effect: 'build', manifests: true, sources: true, frozen: 'unknown' }],
    reads: { manifests: ['project.clj'], lockfiles: [], extras: ['profiles.clj'] }, caches: mavenRepository, sharing: 'locked',
  },
  {
    name: 'tools.deps', ecosystem: 'jvm', programs: ['clojure', 'clj'], source: 'clojure.org, deps and CLI reference', style: 'words', never: ['--help', '-h', '--version', '-version', '-Sdescribe'],
    verbs: [{ words: ['-P'], effect: 'fetch', manifests: true, frozen: 'unknown' }, { words: ['-T*'], effect: 'build', manifests: true, sources: true, frozen: 'unknown' }],
    reads: { manifests: ['deps.edn'], lockfiles: [], extras: [] }, caches: [...mavenRepository, { kind: 'download', paths: ['$GITLIBS', '~/.gitlibs'] }], sharing: 'locked',
  },
]

const bundler: PackageManager = {
  name: 'bundler', ecosystem: 'ruby', programs: ['bundle'], source: 'rubygems/rubygems bundle-config.1.ronn; docker-library/ruby',
  values: ['--path', '--without', '--with', '-j', '--jobs', '-r', '--retry', '--gemfile', '--shebang', '--target-rbconfig', '--cache-path', '--trust-policy'], manifestOptions: ['--gemfile'], prefix: /^_[\d.]+_$/, never: [...HELP, '--version', '-v'], offline: ['--local'],
  verbs: [
    { words: ['install', 'i', ''], effect: 'install', manifests: true },
    { words: ['cache', 'package', 'pack'], effect: 'fetch', manifests: true },
    { words: ['update'], effect: 'install', manifests: true },
  ],
  reads: { manifests: ['Gemfile', '*.gemspec'], lockfiles: ['Gemfile.lock'], extras: ['.ruby-version', '.tool-versions', '.bundle/config', 'vendor/cache/**'] },
  freezes: ['--deployment', '--frozen'], freezingVariables: ['BUNDLE_DEPLOYMENT', 'BUNDLE_FROZEN'],
  caches: [{ kind: 'download', paths: ['$BUNDLE_USER_CACHE', '~/.bundle/cache'] }, { kind: 'download', paths: ['$GEM_HOME/cache'] }, { kind: 'store', paths: ['$BUNDLE_PATH', '$GEM_HOME', '/usr/local/bundle'], options: ['--path'] }],
  cacheOff: { options: ['--no-cache'] },
}

const gem: PackageManager = {
  name: 'gem', ecosystem: 'ruby', programs: ['gem'], source: 'rubygems command reference', values: ['-v', '--version', '-i', '--install-dir', '-n', '--bindir', '-s', '--source', '--platform', '-P', '--trust-policy', '--document', '-p', '--http-proxy', '-B', '--build-root', '-w'],
  never: [...HELP, '--explain'], verbs: [{ words: ['install', 'i'], effect: 'install', takes: 'packages', global: true }, { words: ['update'], effect: 'upgrade', takes: 'packages', global: true }],
  archive: /\.gem$/, version: /^(?<name>[^:]+)(?::(?<version>.+))?$/, versionOptions: ['-v', '--version'],
  caches: [{ kind: 'download', paths: ['$GEM_HOME/cache'] }, { kind: 'store', paths: ['$GEM_HOME', '/usr/local/bundle'] }],
}

const composer: PackageManager = {
  name: 'composer', ecosystem: 'php', programs: ['composer'], source: 'composer/composer doc/06-config.md, doc/03-cli.md; composer/docker',
  values: ['-d', '--working-dir', '--prefer-install', '--apcu-autoloader-prefix', '--ignore-platform-req', '-s', '--stability', '--repository', '--audit-format'], directories: ['-d', '--working-dir'], never: [...HELP, '-V', '--version', '--dry-run'],
  verbs: [
    { words: ['install', 'i'], effect: 'install', manifests: true, frozen: true, sources: 'unknown' },
    { words: ['update', 'u', 'upgrade'], effect: 'install', takes: 'packages', manifests: true, sources: 'unknown' },
    { words: ['require', 'r', 'req'], effect: 'install', takes: 'packages', sources: 'unknown' },
    { words: ['global require', 'global req'], effect: 'install', takes: 'packages', global: true },
    { words: ['create-project'], effect: 'install', takes: 'package', global: true },
    { words: ['clear-cache', 'clearcache', 'cc'], effect: 'clean', cleans: ['download', 'index'] },
  ],
  reads: { manifests: ['composer.json'], lockfiles: ['composer.lock'], extras: ['symfony.lock', 'auth.json', 'patches/**'] },
  version: /^(?<name>[^:=\s]+)(?:[:=](?<version>.+))?$/, withoutSources: ['--no-autoloader'], scriptsOff: ['--no-scripts'],
  caches: [{ kind: 'download', paths: ['$COMPOSER_CACHE_DIR', '$XDG_CACHE_HOME/composer', '$COMPOSER_HOME/cache', '~/.cache/composer'] }, { kind: 'download', paths: ['$COMPOSER_CACHE_DIR', '$COMPOSER_HOME/cache', '~/.composer/cache'] }],
  cacheOff: { options: ['--no-cache'] },
}

const pecl: PackageManager = {
  name: 'pecl', ecosystem: 'php', programs: ['pecl', 'pear'], source: 'pear manual, config; docker-library/php', values: ['-d', '-D', '--configureoptions', '-s', '-B', '-R', '--installroot', '-P', '--packagingroot'], never: ['help', '-V'],
  verbs: [{ words: ['install', 'i', 'upgrade'], effect: 'install', takes: 'packages', global: true }, { words: ['clear-cache', 'cc'], effect: 'clean', cleans: ['download'] }],
  local: FILE, archive: /\.(?:tgz|tar|tar\.gz)$/, version: /^(?<name>.+?)(?:-(?<version>\d.*|stable|beta|alpha|devel))?$/, caches: [{ kind: 'download', paths: ['/tmp/pear'] }],
}

const PROJECTS = ['*.csproj', '*.fsproj', '*.vbproj', '*.sln', '*.slnx', '*.slnf', '**/*.csproj', '**/*.fsproj', '**/*.vbproj'] as const
const nugetCaches: readonly CacheRow[] = [
  { kind: 'store', paths: ['$NUGET_PACKAGES', '~/.nuget/packages'], options: ['--packages', '-PackagesDirectory'] },
  { kind: 'download', paths: ['$NUGET_HTTP_CACHE_PATH', '$XDG_DATA_HOME/NuGet/v3-cache', '~/.local/share/NuGet/v3-cache'] },
  { kind: 'download', paths: ['$NUGET_HTTP_CACHE_PATH', '$XDG_DATA_HOME/NuGet/http-cache', '~/.local/share/NuGet/http-cache'] },
]
const nugetReads: Reads = { manifests: PROJECTS, lockfiles: ['packages.lock.json', '**/packages.lock.json'], extras: ['Directory.Build.props', 'Directory.Build.targets', 'Directory.Packages.props', 'nuget.config', 'NuGet.Config', 'NuGet.config', 'global.json'] }
const msbuildNoise = /^\/[A-Za-z]+(?:[:=]|$)|^(?:true|false)$/i
const dotnet: PackageManager = {
  name: 'dotnet', ecosystem: 'dotnet', programs: ['dotnet'], source: 'NuGet docs "managing the global packages and cache folders"; dotnet/dotnet-docker#3353', style: 'words',
  values: ['-c', '--configuration', '-o', '--output', '-r', '--runtime', '-f', '--framework', '-v', '--verbosity', '-s', '--source', '--add-source', '--packages', '--configfile', '--version', '--tool-path', '-a', '--arch', '--os', '--property', '--project', '--version-suffix', '--filter', '-l', '--logger', '--lock-file-path', '--tool-manifest', '-p', '--launch-profile', '--results-directory', '--settings', '--collect'],
  never: ['--help', '-h', '-?'],
  verbs: [
    { words: ['restore'], effect: 'install', takes: 'manifests', manifests: 'bare' },
    { words: ['build', 'publish', 'test', 'pack', 'run'], effect: 'build', takes: 'manifests', manifests: 'bare', sources: true },
    { words: ['tool restore'], effect: 'install', manifests: true, reads: { manifests: ['.config/dotnet-tools.json', 'dotnet-tools.json'], lockfiles: [] } },
    { words: ['tool install', 'tool update'], effect: 'install', takes: 'packages', global: true },
    { words: ['workload restore'], effect: 'install', takes: 'manifests', manifests: 'bare' },
    { words: ['workload install'], effect: 'install', takes: 'packages', global: true },
    { words: ['add package', 'add * package'], effect: 'install', takes: 'packages', manifests: true },
    { words: ['nuget locals all', 'nuget locals http-cache', 'nuget locals global-packages'], effect: 'clean', cleans: ['download', 'store'], needs: ['--clear', '-c'] },
  ],
  reads: nugetReads, noise: msbuildNoise, version: /^(?<name>[^@]+)(?:@(?<version>.+))?$/, versionOptions: ['--version'], freezes: ['--locked-mode', '-p:RestoreLockedMode=true', '/p:RestoreLockedMode=true'], offline: ['--no-restore', '--no-build'],
  caches: nugetCaches, cacheOff: { options: ['--no-cache', '--no-http-cache'] },
}
const dotnetOthers: readonly PackageManager[] = [
  {
    name: 'nuget', ecosystem: 'dotnet', programs: ['nuget', 'nuget.exe'], source: dotnet.source, style: 'words', values: ['-PackagesDirectory', '-Source', '-ConfigFile', '-SolutionDirectory', '-OutputDirectory', '-Version', '-Verbosity'], never: ['-Help', '-?', 'help'],
    verbs: [{ words: ['restore'], effect: 'install', takes: 'manifests', manifests: 'bare' }, { words: ['install'], effect: 'install', takes: 'packages' }], reads: { ...nugetReads, manifests: [...PROJECTS, 'packages.config', '**/packages.config'] }, versionOptions: ['-Version'],
    freezes: ['-LockedMode'], caches: nugetCaches, cacheOff: { options: ['-NoCache', '-NoHttpCache'] },
  },
  {
    name: 'msbuild', ecosystem: 'dotnet', programs: ['msbuild'], source: 'MSBuild command-line reference', style: 'words', never: ['-help', '-h', '/help', '/?', '-version'],
    verbs: [{ words: ['-t:restore', '/t:restore', '-t:Restore', '/t:Restore', '-restore', '/restore', '-r'], effect: 'install', takes: 'manifests', manifests: 'bare' }], reads: nugetReads, noise: msbuildNoise, caches: nugetCaches,
  },
]

const mix: PackageManager = {
  name: 'mix', ecosystem: 'other', programs: ['mix'], source: 'hexpm/hex lib/hex/config.ex; mix help', anywhere: true, values: ['--only'], never: ['--help', '-h', '--version', '-v'],
  verbs: [
    { words: ['compile', 'release', 'assets.deploy', 'phx.digest', 'test', 'assets.build', 'escript.build', 'phx.gen.release'], effect: 'build', manifests: true, sources: true },
    { words: ['deps.get'], effect: 'fetch', manifests: true },
    { words: ['deps.compile'], effect: 'build', manifests: true },
    { words: ['local.hex', 'local.rebar', 'archive.install'], effect: 'install', takes: 'packages', global: true },
    { words: ['deps.clean', 'hex.clean'], effect: 'clean', cleans: ['build'] },
  ],
  reads: { manifests: ['mix.exs'], lockfiles: ['mix.lock'], extras: ['config/config.exs', 'config/*.exs', 'apps/*/mix.exs', '.formatter.exs'] }, freezes: ['--check-locked'],
  caches: [{ kind: 'download', paths: ['$HEX_HOME/packages', '~/.hex/packages'] }, { kind: 'download', paths: ['~/.cache/rebar3'] }, { kind: 'store', paths: ['$MIX_HOME', '~/.mix'] }, { kind: 'store', paths: ['$MIX_DEPS_PATH', 'deps'] }, { kind: 'build', paths: ['$MIX_BUILD_PATH', '_build'] }],
  sharing: 'locked',
}

const beamAndFunctional: readonly PackageManager[] = [
  {
    name: 'rebar3', ecosystem: 'other', programs: ['rebar3'], source: 'rebar3.org documentation', never: [...HELP, '--version', '-v'],
    verbs: [{ words: ['get-deps'], effect: 'fetch', manifests: true, frozen: true }, { words: ['compile'], effect: 'build', manifests: true, frozen: true, needs: ['-d', '--deps_only'] }, { words: ['compile', 'release', 'tar', 'escriptize', 'as * release', 'as * tar', 'as * compile'], effect: 'build', manifests: true, sources: true, frozen: true }],
    reads: { manifests: ['rebar.config'], lockfiles: ['rebar.lock'], extras: ['rebar.config.script'] }, caches: [{ kind: 'download', paths: ['$REBAR_CACHE_DIR', '~/.cache/rebar3'] }],
  },
  {
    name: 'cabal', ecosystem: 'other', programs: ['cabal'], source: 'haskell/cabal doc/config.rst', never: [...HELP, '-V', '--version', '--dry-run'], values: ['-w', '--with-compiler', '--project-file', '-j', '--jobs', '--builddir', '--store-dir', '--installdir', '--install-method', '-z', '-f', '--flags', '--constraint'],
    verbs: [
      { words: ['update', 'v2-update', 'new-update'], effect: 'refresh' },
      { words: ['build', 'v2-build', 'new-build', 'install', 'v2-install', 'new-install'], effect: 'install', manifests: true, needs: ['--only-dependencies', '--dependencies-only', '--only-dep', '--dep'] },
      { words: ['build', 'v2-build', 'new-build', 'test', 'run'], effect: 'build', manifests: true, sources: true },
      { words: ['install', 'v2-install', 'new-install'], effect: 'install', takes: 'packages', manifests: 'bare', sources: 'unknown', defaultsToProject: true },
      { words: ['fetch'], effect: 'fetch', takes: 'packages' },
    ],
    reads: { manifests: ['*.cabal', 'cabal.project', 'package.yaml', '**/*.cabal'], lockfiles: ['cabal.project.freeze'], extras: ['cabal.project.local'] }, local: FILE,
    caches: [
      { kind: 'download', paths: ['$CABAL_DIR/packages', '$XDG_CACHE_HOME/cabal/packages', '~/.cache/cabal/packages'] }, { kind: 'build', paths: ['$CABAL_DIR/store', '$XDG_STATE_HOME/cabal/store', '~/.local/state/cabal/store'], options: ['--store-dir'] },
      { kind: 'download', paths: ['~/.cabal/packages'] }, { kind: 'build', paths: ['~/.cabal/store'] },
    ],
  },
  {
    name: 'stack', ecosystem: 'other', programs: ['stack'], source: 'commercialhaskell/stack docs', never: [...HELP, '--version', '--dry-run'], values: ['--stack-yaml', '--resolver', '--snapshot', '-j', '--jobs', '--work-dir', '--local-bin-path', '--stack-root', '--flag', '--ghc-options'], manifestOptions: ['--stack-yaml'],
    verbs: [
      { words: ['build', 'install', 'test'], effect: 'install', manifests: true, frozen: true, needs: ['--only-dependencies', '--dependencies-only', '--only-snapshot'] },
      { words: ['build', 'install', 'test'], effect: 'build', manifests: true, sources: true, frozen: true },
      { words: ['setup'], effect: 'install', manifests: true, frozen: true }, { words: ['update'], effect: 'refresh' },
    ],
    reads: { manifests: ['stack.yaml', 'package.yaml', '*.cabal', '**/package.yaml', '**/*.cabal'], lockfiles: ['stack.yaml.lock'], extras: [] }, caches: [{ kind: 'build', paths: ['$STACK_ROOT', '~/.stack'], options: ['--stack-root'] }, { kind: 'build', paths: ['.stack-work'] }],
  },
  {
    name: 'elm', ecosystem: 'other', programs: ['elm'], source: 'elm/compiler', never: ['--help', '--version'], verbs: [{ words: ['make'], effect: 'build', manifests: true, sources: true, frozen: true }, { words: ['install'], effect: 'install', takes: 'packages' }],
    reads: { manifests: ['elm.json'], lockfiles: [], extras: [] }, caches: [{ kind: 'store', paths: ['$ELM_HOME', '~/.elm'] }],
  },
  {
    name: 'spago', ecosystem: 'other', programs: ['spago'], source: 'purescript/spago README', never: [...HELP, '--version'], verbs: [{ words: ['install'], effect: 'install', takes: 'packages', manifests: 'bare' }, { words: ['build', 'bundle', 'test'], effect: 'build', manifests: true, sources: true }],
    reads: { manifests: ['spago.yaml', 'spago.dhall', 'packages.dhall'], lockfiles: ['spago.lock'], extras: [] }, caches: [{ kind: 'download', paths: ['$XDG_CACHE_HOME/spago-nodejs', '~/.cache/spago-nodejs'] }],
  },
  {
    name: 'opam', ecosystem: 'other', programs: ['opam'], source: 'opam manual', never: [...HELP, '--version', '--dry-run', '--show-actions'], values: ['--switch', '--root', '-j', '--jobs', '--repos', '--packages', '--solver', '--depext-only', '--comp', '-c'], local: /^(?:\.{1,2}(?:\/|$)|\/|~\/)|\.opam$/,
    verbs: [
      { words: ['install', 'switch create'], effect: 'install', manifests: true, needs: ['--deps-only'] }, { words: ['install'], effect: 'install', takes: 'packages' }, { words: ['init', 'switch create'], effect: 'install', global: true },
      { words: ['update'], effect: 'refresh' }, { words: ['upgrade'], effect: 'upgrade', takes: 'packages' }, { words: ['clean'], effect: 'clean', cleans: ['download'] },
    ],
    reads: { manifests: ['*.opam', 'dune-project', 'opam'], lockfiles: ['*.opam.locked'], extras: [] }, version: /^(?<name>[^.]+)(?:\.(?<version>.+))?$/, freezes: ['--locked'],
    caches: [{ kind: 'download', paths: ['$OPAMROOT/download-cache', '~/.opam/download-cache'] }, { kind: 'store', paths: ['$OPAMROOT', '~/.opam'] }],
  },
]

/** Options that give code to an interpreter. */
const CODE = ['-e', '--eval', '-E', '--print'] as const
const languages: readonly PackageManager[] = [
  {
    name: 'swift', ecosystem: 'other', programs: ['swift'], source: 'vapor/template Dockerfile; swift package --help', style: 'words', never: ['--help', '-h', '--version', '-help', '-version'], values: ['-c', '--configuration', '--package-path', '--scratch-path', '--build-path', '--product', '--target', '--cache-path', '-Xswiftc', '-Xlinker', '-Xcc', '-Xcxx', '--triple', '--sdk', '-j', '--jobs', '--swift-sdk'], directories: ['--package-path'],
    verbs: [
      { words: ['package resolve'], effect: 'fetch', manifests: true }, { words: ['package update'], effect: 'fetch', manifests: true }, { words: ['build', 'test', 'run'], effect: 'build', manifests: true, sources: true },
      { words: ['package clean', 'package reset'], effect: 'clean', cleans: ['build'] }, { words: ['package purge-cache'], effect: 'clean', cleans: ['download'] },
    ],
    reads: { manifests: ['Package.swift'], lockfiles: ['Package.resolved'], extras: [] }, freezes: ['--force-resolved-versions', '--only-use-versions-from-resolved-file', '--disable-automatic-resolution'],
    caches: [{ kind: 'download', paths: ['~/.cache/org.swift.swiftpm'], options: ['--cache-path'] }, { kind: 'build', paths: ['.build'], options: ['--scratch-path', '--build-path'] }],
  },
  {
    name: 'pub', ecosystem: 'other', programs: ['dart', 'flutter', 'pub'], source: 'dart-lang/dart-docker; docker-library/docs dart/content.md', never: [...HELP, '--version', '-n', '--dry-run'], values: ['-C', '--directory', '--source', '-t', '--target', '--flavor', '--dart-define', '-o', '--output'], directories: ['-C', '--directory'],
    verbs: [
      { words: ['pub get', 'get'], effect: 'install', manifests: true }, { words: ['pub upgrade'], effect: 'install', manifests: true }, { words: ['pub add'], effect: 'install', takes: 'packages' }, { words: ['pub global activate'], effect: 'install', takes: 'packages', global: true },
      { words: ['precache'], effect: 'fetch', global: true }, { words: ['build *'], effect: 'build', manifests: true, sources: true }, { words: ['pub cache clean'], effect: 'clean', cleans: ['store'] },
    ],
    reads: { manifests: ['pubspec.yaml'], lockfiles: ['pubspec.lock'], extras: ['pubspec_overrides.yaml'] }, freezes: ['--enforce-lockfile'], offline: ['--offline'], caches: [{ kind: 'store', paths: ['$PUB_CACHE', '~/.pub-cache'] }],
  },
  {
    name: 'renv', ecosystem: 'other', programs: ['Rscript', 'R', 'r', 'littler'], source: 'rstudio/renv vignettes/docker.Rmd', style: 'words', values: CODE, verbs: [{ words: ['…', ''], code: /\brenv::(?:restore|install|hydrate)\s*\(/, effect: 'install', manifests: true, frozen: true }],
    reads: { manifests: [], lockfiles: ['renv.lock'], extras: ['.Rprofile', 'renv/activate.R', 'renv/settings.json', 'renv/settings.dcf'] }, caches: [{ kind: 'store', paths: ['$RENV_PATHS_CACHE', '$RENV_PATHS_ROOT/cache', '$XDG_CACHE_HOME/R/renv/cache', '~/.cache/R/renv/cache'] }],
  },
  {
    name: 'r', ecosystem: 'other', programs: ['Rscript', 'R', 'r', 'littler'], source: 'R documentation; r-lib/pak', style: 'words', values: CODE,
    verbs: [
      { words: ['…', ''], code: /\b(?:install\.packages|(?:pak::)?(?:pkg_install|local_install_deps|local_install_dev_deps)|(?:remotes|devtools)::install_\w+|BiocManager::install|install_(?:github|version|cran|bioc))\s*\(/, effect: 'install', global: true },
      { words: ['CMD INSTALL'], effect: 'install', takes: 'packages' },
    ],
    local: FILE, archive: /\.tar\.gz$/, caches: [{ kind: 'download', paths: ['$R_PKG_CACHE_DIR', '$XDG_CACHE_HOME/R/pkgcache', '~/.cache/R/pkgcache'] }],
  },
  {
    name: 'install2.r', ecosystem: 'other', programs: ['install2.r', 'installGithub.r', 'installBioc.r'], source: 'eddelbuettel/littler', values: ['-n', '--ncpus', '-r', '--repos', '-l', '--libloc', '-d', '--deps', '-m', '--method', '-t', '--type'], never: [...HELP, '--usage', '-x'],
    verbs: [{ words: ['…'], effect: 'install', takes: 'packages', global: true }], caches: [],
  },
  {
    name: 'julia', ecosystem: 'other', programs: ['julia'], source: 'Julia Pkg documentation', style: 'words', values: CODE, verbs: [
      { words: ['…', ''], code: /\bPkg\.(?:instantiate|resolve)\s*\(|pkg"\s*instantiate/, effect: 'install', manifests: true, frozen: true },
      { words: ['…', ''], code: /\bPkg\.(?:add|build|develop)\s*\(|pkg"\s*add/, effect: 'install', global: true },
    ],
    reads: { manifests: ['Project.toml'], lockfiles: ['Manifest.toml'], extras: ['LocalPreferences.toml'] }, caches: [{ kind: 'store', paths: ['$JULIA_DEPOT_PATH', '~/.julia'] }, { kind: 'index', paths: ['$JULIA_DEPOT_PATH/registries', '~/.julia/registries'] }, { kind: 'download', paths: ['$JULIA_DEPOT_PATH/clones', '~/.julia/clones'] }],
  },
  {
    name: 'cpanm', ecosystem: 'other', programs: ['cpanm'], source: 'miyagawa/cpanminus', values: ['-l', '--local-lib', '-L', '--local-lib-contained', '--mirror', '-M', '--from', '--cpanfile', '--save-dists', '--configure-timeout', '--build-timeout', '--test-timeout', '--format'], manifestOptions: ['--cpanfile'], never: [...HELP, '--version', '-V', '--info', '--look'],
    verbs: [{ words: ['…', ''], effect: 'install', manifests: true, needs: ['--installdeps'] }, { words: ['…'], effect: 'install', takes: 'packages' }], local: FILE, archive: /\.(?:tar\.gz|tgz|zip)$/, version: /^(?<name>[^@~]+)(?:[@~](?<version>.+))?$/,
    reads: { manifests: ['cpanfile', 'Makefile.PL', 'Build.PL', 'META.json'], lockfiles: ['cpanfile.snapshot'], extras: [] }, caches: [{ kind: 'download', paths: ['$PERL_CPANM_HOME', '~/.cpanm'] }],
  },
  {
    name: 'cpan', ecosystem: 'other', programs: ['cpan'], source: 'CPAN.pm', never: ['-h', '-v', '-D', '-l', '-O'], verbs: [{ words: ['…'], effect: 'install', takes: 'packages', global: true }], local: FILE, caches: [{ kind: 'download', paths: ['~/.cpan'] }],
  },
  {
    name: 'cpm', ecosystem: 'other', programs: ['cpm'], source: 'skaji/cpm README', never: [...HELP, '--version', '-V'], values: ['-w', '--workers', '-L', '--local-lib-contained', '--cpanfile', '--snapshot', '--resolver', '-r', '--mirror', '--home'], manifestOptions: ['--cpanfile', '--snapshot'], globals: ['-g', '--global'],
    verbs: [{ words: ['install'], effect: 'install', takes: 'packages', manifests: 'bare' }], version: /^(?<name>[^@~]+)(?:[@~](?<version>.+))?$/, reads: { manifests: ['cpanfile'], lockfiles: ['cpanfile.snapshot'], extras: [] }, caches: [{ kind: 'download', paths: ['$PERL_CPM_HOME', '~/.perl-cpm'] }],
  },
  {
    name: 'carton', ecosystem: 'other', programs: ['carton'], source: 'perl-carton/carton', never: [...HELP, '--version'], values: ['--path', '--cpanfile'], manifestOptions: ['--cpanfile'], verbs: [{ words: ['install', ''], effect: 'install', manifests: true }, { words: ['bundle'], effect: 'fetch', manifests: true }],
    reads: { manifests: ['cpanfile'], lockfiles: ['cpanfile.snapshot'], extras: ['vendor/cache/**'] }, freezes: ['--deployment'], caches: [{ kind: 'download', paths: ['$PERL_CPANM_HOME', '~/.cpanm'] }],
  },
  {
    name: 'luarocks', ecosystem: 'other', programs: ['luarocks', 'luarocks-admin'], source: 'luarocks/luarocks core/cfg.lua', never: [...HELP, '--version'], values: ['--server', '--only-server', '--only-sources', '--tree', '--lua-version', '--lua-dir', '--deps-mode', '--namespace', '--timeout', '--project-tree', '--branch'],
    verbs: [
      { words: ['install'], effect: 'install', takes: 'manifests', manifests: 'bare', needs: ['--only-deps', '--deps-only'] }, { words: ['install'], effect: 'install', takes: 'versioned' }, { words: ['build_deps'], effect: 'install', manifests: true }, { words: ['make', 'build'], effect: 'build', takes: 'packages', manifests: true, sources: true },
      { words: ['purge'], effect: 'clean', cleans: ['store'] },
    ],
    reads: { manifests: ['*.rockspec'], lockfiles: ['luarocks.lock'], extras: [] }, local: FILE, archive: /\.rock$/, freezes: ['--pin'], caches: [{ kind: 'download', paths: ['$XDG_CACHE_HOME/luarocks', '~/.cache/luarocks'] }],
  },
  {
    name: 'nimble', ecosystem: 'other', programs: ['nimble'], source: 'nim-lang/nimble README', never: [...HELP, '-v', '--version'], verbs: [{ words: ['install'], effect: 'install', manifests: true, needs: ['-d', '--depsOnly'] }, { words: ['install'], effect: 'install', takes: 'packages', manifests: 'bare', defaultsToProject: true }, { words: ['refresh'], effect: 'refresh' }, { words: ['build'], effect: 'build', manifests: true, sources: true }],
    local: FILE, version: npmVersion, reads: { manifests: ['*.nimble'], lockfiles: ['nimble.lock'], extras: [] }, caches: [{ kind: 'download', paths: ['$NIMBLE_DIR/pkgcache', '~/.nimble/pkgcache'] }],
  },
  {
    name: 'shards', ecosystem: 'other', programs: ['shards'], source: 'crystal-lang/shards docs', never: ['--help', '-h', '--version'], verbs: [{ words: ['install', ''], effect: 'install', manifests: true }, { words: ['update'], effect: 'install', manifests: true }, { words: ['build'], effect: 'build', manifests: true, sources: true }],
    reads: { manifests: ['shard.yml'], lockfiles: ['shard.lock'], extras: ['shard.override.yml'] }, freezes: ['--frozen', '--production'], caches: [{ kind: 'download', paths: ['$SHARDS_CACHE_PATH', '$XDG_CACHE_HOME/shards', '~/.cache/shards'] }],
  },
  {
    name: 'zig', ecosystem: 'other', programs: ['zig'], source: 'ziglang.org documentation', style: 'words', never: ['--help', '-h'], values: ['-p', '--prefix', '--build-file', '--cache-dir', '--global-cache-dir', '-j'], verbs: [{ words: ['build'], effect: 'fetch', manifests: true, frozen: true, needs: ['--fetch'] }, { words: ['build'], effect: 'build', manifests: true, sources: true, frozen: true }, { words: ['fetch'], effect: 'fetch', takes: 'packages' }],
    reads: { manifests: ['build.zig.zon', 'build.zig'], lockfiles: [], extras: [] }, caches: [{ kind: 'build', paths: ['$ZIG_GLOBAL_CACHE_DIR', '$XDG_CACHE_HOME/zig', '~/.cache/zig'], options: ['--global-cache-dir'] }],
  },
  { name: 'v', ecosystem: 'other', programs: ['v'], source: 'vlang documentation', never: ['--help', '-h', '-help'], verbs: [{ words: ['install'], effect: 'install', takes: 'packages', manifests: 'bare' }], reads: { manifests: ['v.mod'], lockfiles: [], extras: [] }, caches: [{ kind: 'store', paths: ['$VMODULES', '~/.vmodules'] }] },
]

const infrastructure: readonly PackageManager[] = [
  {
    name: 'terraform', ecosystem: 'other', programs: ['terraform', 'tofu'], source: 'Terraform CLI documentation', style: 'words', directories: ['-chdir'], never: ['-help', '--help', '-h', '-version', '--version'], values: [],
    verbs: [{ words: ['init'], effect: 'install', manifests: true }], reads: { manifests: ['*.tf', '*.tofu'], lockfiles: ['.terraform.lock.hcl'], extras: ['.terraformrc'] }, freezes: ['-lockfile=readonly'], caches: [{ kind: 'store', paths: ['$TF_PLUGIN_CACHE_DIR'] }],
  },
  {
    name: 'helm', ecosystem: 'other', programs: ['helm'], source: 'helm.sh documentation', never: [...HELP], verbs: [{ words: ['dependency build', 'dep build', 'dependencies build'], effect: 'install', takes: 'projects', manifests: true, frozen: true }, { words: ['dependency update', 'dep update', 'dep up', 'dependency up'], effect: 'install', takes: 'projects', manifests: true }],
    reads: { manifests: ['Chart.yaml'], lockfiles: ['Chart.lock'], extras: [] }, caches: [{ kind: 'download', paths: ['$HELM_CACHE_HOME', '$XDG_CACHE_HOME/helm', '~/.cache/helm'] }],
  },
  {
    name: 'ansible-galaxy', ecosystem: 'other', programs: ['ansible-galaxy'], source: 'Ansible documentation', never: [...HELP, '--version'], values: ['-r', '--role-file', '--requirements-file', '-p', '--roles-path', '--collections-path', '-s', '--server', '--token', '--api-key', '--timeout'], manifestOptions: ['-r', '--role-file', '--requirements-file'],
    verbs: [{ words: ['install', 'role install', 'collection install'], effect: 'install', takes: 'packages' }], version: /^(?<name>[^:,]+)(?:[:,](?<version>.+))?$/, archive: /\.tar\.gz$/, caches: [{ kind: 'download', paths: ['$ANSIBLE_GALAXY_CACHE_DIR', '~/.ansible/galaxy_cache'] }],
  },
  {
    name: 'sdkmanager', ecosystem: 'other', programs: ['sdkmanager'], source: 'Android developer documentation', never: ['--help', '--version', '--list', '--licenses', '--list_installed'], verbs: [{ words: ['…'], effect: 'install', takes: 'packages', global: true }, { words: [''], effect: 'upgrade', needs: ['--update'] }],
    values: ['--sdk_root', '--channel', '--proxy', '--proxy_host', '--proxy_port', '--package_file'], caches: [{ kind: 'download', paths: ['~/.android/cache'] }, { kind: 'store', paths: ['$ANDROID_HOME', '$ANDROID_SDK_ROOT'] }],
  },
]

const toolchain = (name: string, programs: readonly string[], verbs: readonly Verb[], caches: readonly CacheRow[], more: Partial<PackageManager> = {}): PackageManager =>
  ({ name, ecosystem: 'other', programs, source: `${name} documentation`, never: [...HELP, '--version', '--list', '-l', '--dry-run'], verbs, caches, ...more })
const toolchains: readonly PackageManager[] = [
  toolchain('mise', ['mise'], [{ words: ['install', 'i'], effect: 'install', takes: 'packages', manifests: 'bare', global: true }, { words: ['use'], effect: 'install', takes: 'packages', global: true }], [{ kind: 'download', paths: ['$MISE_CACHE_DIR', '$XDG_CACHE_HOME/mise', '~/.cache/mise'] }, { kind: 'store', paths: ['$MISE_DATA_DIR', '~/.local/share/mise'] }], { reads: { manifests: ['mise.toml', '.mise.toml', '.tool-versions'], lockfiles: ['mise.lock'], extras: [] }, version: npmVersion, never: [...HELP, '--version', '--dry-run'] }),
  toolchain('asdf', ['asdf'], [{ words: ['install'], effect: 'install', takes: 'versioned', manifests: 'bare', global: true }], [{ kind: 'store', paths: ['$ASDF_DATA_DIR', '~/.asdf'] }], { reads: { manifests: ['.tool-versions'], lockfiles: [], extras: [] } }),
  toolchain('nvm', ['nvm'], [{ words: ['install', 'i'], effect: 'install', takes: 'packages', manifests: 'bare', global: true }, { words: ['cache clear'], effect: 'clean', cleans: ['download'] }], [{ kind: 'download', paths: ['$NVM_DIR/.cache', '~/.nvm/.cache'] }, { kind: 'store', paths: ['$NVM_DIR/versions', '~/.nvm/versions'] }], { reads: { manifests: ['.nvmrc'], lockfiles: [], extras: [] } }),
  toolchain('pyenv', ['pyenv'], [{ words: ['install'], effect: 'install', takes: 'packages', manifests: 'bare', global: true }], [{ kind: 'download', paths: ['$PYTHON_BUILD_CACHE_PATH', '$PYENV_ROOT/cache', '~/.pyenv/cache'] }, { kind: 'store', paths: ['$PYENV_ROOT/versions', '~/.pyenv/versions'] }], { reads: { manifests: ['.python-version'], lockfiles: [], extras: [] } }),
  toolchain('rbenv', ['rbenv'], [{ words: ['install'], effect: 'install', takes: 'packages', manifests: 'bare', global: true }], [{ kind: 'store', paths: ['$RBENV_ROOT/versions', '~/.rbenv/versions'] }], { reads: { manifests: ['.ruby-version'], lockfiles: [], extras: [] } }),
  toolchain('rustup', ['rustup'], [{ words: ['target add', 'component add', 'toolchain install', 'install', 'toolchain add', 'default'], effect: 'install', takes: 'packages', global: true }, { words: ['update'], effect: 'upgrade', takes: 'packages', global: true }], [{ kind: 'download', paths: ['$RUSTUP_HOME/downloads', '~/.rustup/downloads'] }, { kind: 'store', paths: ['$RUSTUP_HOME/toolchains', '~/.rustup/toolchains'] }], { values: ['--toolchain', '--profile', '-c', '--component', '-t', '--target'], prefix: /^\+/ }),
  toolchain('ghcup', ['ghcup'], [{ words: ['install'], effect: 'install', takes: 'versioned', global: true }], [{ kind: 'download', paths: ['~/.ghcup/cache'] }, { kind: 'store', paths: ['~/.ghcup'] }]),
  toolchain('sdkman', ['sdk'], [{ words: ['install', 'i'], effect: 'install', takes: 'versioned', global: true }, { words: ['flush', 'flush archives', 'flush temp'], effect: 'clean', cleans: ['download'] }], [{ kind: 'download', paths: ['$SDKMAN_DIR/archives', '~/.sdkman/archives'] }, { kind: 'store', paths: ['$SDKMAN_DIR/candidates', '~/.sdkman/candidates'] }]),
]

export const packageManagers: readonly PackageManager[] = [
  apt, apk, dnf, yum, microdnf, tdnf, zypper, pacman, ...osOthers,
  npm, pnpm, yarn, bun, deno, ...javascriptOthers,
  pip, uv, poetry, pipenv, conda, ...pythonOthers,
  go, cargo, ...native, maven, gradle, ...jvmOthers,
  bundler, gem, composer, pecl, dotnet, ...dotnetOthers,
  mix, ...beamAndFunctional, ...languages, ...infrastructure, ...toolchains,
]

/** Programs that run another one in the project's environment: how many operands stand before it. */
export interface Runner {
  readonly program: string
  /** '' where the program follows at once. */
  readonly verb: string
  readonly values: readonly string[]
  /** Only these are certain to be programs and not scripts of the project. */
  readonly only?: readonly string[]
  readonly source: string
}
export const runners: readonly Runner[] = [
  { program: 'npx', verb: '', values: ['-p', '--package', '-c', '--call', '-w', '--workspace'], source: 'npm/cli docs npx.md' },
  { program: 'bunx', verb: '', values: [], source: 'bun documentation' },
  { program: 'pnpx', verb: '', values: [], source: 'pnpm documentation' },
  { program: 'uvx', verb: '', values: ['--from', '--with', '-p', '--python'], source: 'uv documentation' },
  { program: 'npm', verb: 'exec', values: ['-p', '--package', '-c', '--call', '-w', '--workspace', '--prefix'], source: 'npm/cli docs npm-exec.md' },
  { program: 'pnpm', verb: 'exec', values: ['-C', '--dir', '-F', '--filter'], source: 'pnpm documentation' },
  { program: 'pnpm', verb: 'dlx', values: ['--package'], source: 'pnpm documentation' },
  { program: 'yarn', verb: 'exec', values: [], source: 'yarn documentation' },
  { program: 'yarn', verb: 'dlx', values: ['-p', '--package'], source: 'yarn documentation' },
  { program: 'pnpm', verb: '', values: ['-C', '--dir', '-F', '--filter'], only: ['playwright', 'puppeteer', 'cypress'], source: 'pnpm documentation' },
  { program: 'yarn', verb: '', values: ['--cwd'], only: ['playwright', 'puppeteer', 'cypress'], source: 'yarn documentation' },
  { program: 'bundle', verb: 'exec', values: [], source: 'bundler documentation' },
  { program: 'poetry', verb: 'run', values: ['-C', '--directory'], source: 'poetry documentation' },
  { program: 'pipenv', verb: 'run', values: [], source: 'pipenv documentation' },
  { program: 'pdm', verb: 'run', values: ['-p', '--project'], source: 'pdm documentation' },
  { program: 'uv', verb: 'run', values: ['--with', '--package', '--extra', '--group', '-p', '--python', '--directory', '--project', '--env-file'], source: 'uv documentation' },
  { program: 'conda', verb: 'run', values: ['-n', '--name', '-p', '--prefix', '--cwd'], source: 'conda documentation' },
  { program: 'mamba', verb: 'run', values: ['-n', '--name', '-p', '--prefix', '--cwd'], source: 'mamba documentation' },
  { program: 'micromamba', verb: 'run', values: ['-n', '--name', '-p', '--prefix', '--cwd'], source: 'mamba documentation' },
  { program: 'mise', verb: 'exec', values: ['-C', '--cd'], source: 'mise documentation' },
]

/** What official images set and who works in them; `name` without registry and tag. */
export interface ImageHome {
  readonly images: readonly string[]
  readonly variables: Readonly<Record<string, string>>
  /** A user besides root: name, numeric id, home. `isDefault`: commands run as this one. */
  readonly user?: { readonly name: string; readonly uid: number; readonly home: string; readonly isDefault?: true }
}
export const imageHomes: readonly ImageHome[] = [
  { images: ['golang', 'mcr.microsoft.com/oss/go/microsoft/golang'], variables: { GOPATH: '/go' } },
  { images: ['rust'], variables: { CARGO_HOME: '/usr/local/cargo', RUSTUP_HOME: '/usr/local/rustup' } },
  { images: ['ruby', 'jruby'], variables: { GEM_HOME: '/usr/local/bundle' } },
  { images: ['composer'], variables: { COMPOSER_HOME: '/tmp' } },
  { images: ['maven'], variables: { MAVEN_CONFIG: '/root/.m2' } },
  { images: ['gradle'], variables: { GRADLE_USER_HOME: '/home/gradle/.gradle' }, user: { name: 'gradle', uid: 1000, home: '/home/gradle' } },
  { images: ['node'], variables: {}, user: { name: 'node', uid: 1000, home: '/home/node' } },
  { images: ['oven/bun'], variables: {}, user: { name: 'bun', uid: 1000, home: '/home/bun' } },
  { images: ['denoland/deno'], variables: { DENO_DIR: '/deno-dir/' } },
  { images: ['mambaorg/micromamba'], variables: { MAMBA_ROOT_PREFIX: '/opt/conda' }, user: { name: 'mambauser', uid: 57439, home: '/home/mambauser', isDefault: true } },
  { images: ['continuumio/miniconda3', 'continuumio/anaconda3', 'condaforge/miniforge3', 'condaforge/mambaforge'], variables: { CONDA_DIR: '/opt/conda' } },
  { images: ['jupyter/base-notebook', 'jupyter/minimal-notebook', 'jupyter/scipy-notebook', 'jupyter/datascience-notebook', 'quay.io/jupyter/base-notebook', 'quay.io/jupyter/minimal-notebook', 'quay.io/jupyter/scipy-notebook', 'quay.io/jupyter/datascience-notebook'], variables: { CONDA_DIR: '/opt/conda' }, user: { name: 'jovyan', uid: 1000, home: '/home/jovyan', isDefault: true } },
]
