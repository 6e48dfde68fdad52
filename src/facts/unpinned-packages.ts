// Named packages that a command installs at no version of its own and that nothing else in sight pins.
import type { Build } from '../model/build.ts'
import { variableAt } from './commands.ts'
import { fact } from './fact.ts'
import { joinPath, type PackageName } from './install-sources.ts'
import { installs, type Install } from './installs.ts'
import { mayBeTouched, originOf } from './origins.ts'

export interface UnpinnedPackages {
  readonly install: Install
  /** Without repetitions, as named. */
  readonly names: readonly string[]
  /** How the first of them is written with a version. */
  readonly example: string
}

/** What stands between a package and its version, by manager. */
const BEFORE_VERSION: Readonly<Record<string, string>> = {
  npm: '@', pnpm: '@', yarn: '@', bun: '@', pip: '==', uv: '==', pipx: '==', go: '@', cargo: '@', gem: ' -v ', dotnet: ' --version ', pecl: '-', composer: ':',
  apt: '=', apk: '=', dnf: '-', yum: '-', microdnf: '-', tdnf: '-', zypper: '=',
}
/** `go get` outside a module knows no versions; others do not name packages, or write the version down. */
const OTHER_VERBS = /^(?:get|mod \S+|python install|self add|add package|add \S+ package|require|req|r|update|upgrade|up|u)$/
/** Names of whatever is newest. */
const MOVING = /^(?:latest|next|canary|nightly|master|main|head|trunk|\*)$/i
/** What brings the tool itself up to date comes with the image otherwise. */
const OWN_TOOLS: ReadonlySet<string> = new Set(['pip', 'setuptools', 'wheel'])

export const unpinnedPackages = fact((build: Build): readonly UnpinnedPackages[] => {
  let lookups = 0
  return installs(build).flatMap(install => {
    const { manager, step, effect } = install
    const separator = BEFORE_VERSION[manager]
    if (separator === undefined || OTHER_VERBS.test(install.verb) || effect !== 'install' && effect !== 'fetch' || !step.stage.reachable || step.onbuild || isPinnedElsewhere(install)) return []
    const found = install.packages.filter(entry => isUnpinned(entry) && !(manager === 'pip' && OWN_TOOLS.has(entry.name!)))
    if (found.length === 0 || readsProject(install) && ++lookups > MOST_LOOKUPS) return []
    const manifests = readsProject(install) ? manifestsOf(build, install) : []
    const names = manifests === null ? [] : [...new Set(found.map(({ name }) => name!))].filter(name => !manifests.some(text => namesPackage(text, name)))
    return names.length === 0 ? [] : [{ install, names, example: `${names[0]!}${separator}<version>` }]
  })
})

/** Commands whose manifests are looked up; nobody writes more by hand. */
const MOST_LOOKUPS = 100

/** A range is a choice. */
const isUnpinned = ({ kind, name, version }: PackageName): boolean => kind === 'registry' && name !== null && /^[@\w]/.test(name) && (version === null || MOVING.test(version))

const CONSTRAINTS = ['-c', '--constraint', '--constraints', '--no-index', '-f', '--find-links', '--require-hashes', '--override', '--overrides', '--exclude-newer', '--git', '--path', '--index', '--config', '--offline', '--before'] as const

/** By a constraints file, a folder of packages, a date. */
function isPinnedElsewhere({ command, options, manager, row, offline }: Install): boolean {
  if (offline || row.ecosystem !== 'os' && options.some(({ name }) => (CONSTRAINTS as readonly string[]).includes(name))) return true
  const variables = manager === 'pip' ? ['PIP_CONSTRAINT', 'PIP_NO_INDEX', 'PIP_FIND_LINKS'] : manager === 'uv' ? ['UV_CONSTRAINT', 'UV_OVERRIDE', 'UV_EXCLUDE_NEWER', 'UV_FIND_LINKS'] : []
  return variables.some(name => variableAt(command, name) !== undefined)
}

/** The manifests it reads, or the one in its folder, may say which version they want. */
const readsProject = ({ from, global, row }: Install): boolean => from.includes('manifests') || !global && row.ecosystem === 'javascript'

/** Their texts; null when one cannot be read, or a command may have brought it. */
function manifestsOf(build: Build, { directory, step, span, from, manifests, hasUnknownManifest }: Install): readonly string[] | null {
  if (hasUnknownManifest || !directory?.startsWith('/')) return null
  const isListed = from.includes('manifests')
  const texts = (isListed ? manifests : ['package.json']).map(name => {
    const path = joinPath(directory, name)
    const origin = originOf(build, step, path)
    if (origin === null) return isListed || mayBeTouched(step, path, span.start) ? null : ''
    const text = origin === 'unknown' ? null : build.context.read(origin.path)
    return text === 'unknown' ? null : text
  })
  return texts.every(text => text !== null) ? texts : null
}

const namesPackage = (text: string, name: string): boolean => text.toLowerCase().includes(name.toLowerCase())
