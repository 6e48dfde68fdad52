// Named packages that a command installs at no version of its own and that nothing else in sight pins.
import type { Build, Stage } from '../model/build.ts'
import { variableAt } from './commands.ts'
import { fact } from './fact.ts'
import { joinPath, type PackageName } from './install-sources.ts'
import { installs, installsOf, type Install } from './installs.ts'
import { mayBeTouched, originOf } from './origins.ts'
import { rootOf } from './stage-trees.ts'

export interface UnpinnedPackages {
  /** Of one RUN, or of several that name the same packages, in the order of the file. */
  readonly installs: readonly Install[]
  /** Without repetitions, as named. */
  readonly names: readonly string[]
  /** How the first of them is written with a version. */
  readonly example: string
}

/** What stands between a package and its version, by manager. */
const BEFORE_VERSION: Readonly<Record<string, string>> = {
  npm: '@', pnpm: '@', yarn: '@', bun: '@', pip: '==', uv: '==', pipx: '==', go: '@', cargo: '@', gem: ':', dotnet: ' --version ', pecl: '-', composer: ':',
  apt: '=', apk: '=', dnf: '-', yum: '-', microdnf: '-', tdnf: '-', zypper: '=',
}
/** `go get` outside a module knows no versions; others do not name packages, take the version as another operand or from the tool, or write it down. */
const OTHER_VERBS = /^(?:get|mod \S+|python install|self add|add package|add \S+ package|require|req|r|update|upgrade|up|u|create-project|workload \S+)$/
/** Names of whatever is newest. */
const MOVING = /^(?:latest|next|canary|nightly|master|main|head|trunk|\*)$/i
/** What brings the tool itself up to date comes with the image otherwise; bundler takes the version that the lock file names. */
const OWN_TOOLS: Readonly<Record<string, readonly string[] | undefined>> = { pip: ['pip', 'setuptools', 'wheel'], uv: ['pip', 'setuptools', 'wheel'], gem: ['bundler', 'rubygems-update'] }

/** One of each RUN and ecosystem. */
export const unpinnedPackages = fact((build: Build): readonly UnpinnedPackages[] => {
  let lookups = 0
  let seen = 0
  const found = new Map<string, { readonly installs: Install[], readonly names: Set<string>, readonly example: string }>()
  for (const install of installs(build)) {
    const separator = BEFORE_VERSION[install.manager]
    const packages = separator === undefined || !isCandidate(build, install) ? [] : install.packages.filter(entry => isUnpinned(entry) && !OWN_TOOLS[install.manager]?.includes(entry.name!))
    if (packages.length === 0 || readsProject(install) && ++lookups > MOST_LOOKUPS) continue
    const manifests = readsProject(install) ? manifestsOf(build, install) : []
    const names = manifests === null || (seen += packages.length) > MOST_NAMES ? [] : packages.map(({ name }) => name!).filter(name => !manifests.some(text => namesPackage(text, name)) && !isThereOtherwise(build, install, name))
    if (names.length === 0) continue
    const key = `${install.step.span.start} ${install.row.ecosystem === 'os'}`
    const entry = found.get(key) ?? { installs: [], names: new Set(), example: `${names[0]!}${separator}<version>` }
    found.set(key, entry)
    entry.installs.push(install)
    for (const name of names) entry.names.add(name)
  }
  return together([...found.values()].map(entry => ({ ...entry, names: [...entry.names] })))
})

/** What several stages say alike is one. */
function together(all: readonly UnpinnedPackages[]): readonly UnpinnedPackages[] {
  const found = new Map<string, UnpinnedPackages>()
  for (const entry of all) {
    const key = `${entry.installs[0]!.row.ecosystem} ${entry.names.join(' ')}`
    const first = found.get(key)
    found.set(key, first ? { ...first, installs: [...first.installs, ...entry.installs] } : entry)
  }
  return [...found.values()]
}

/** A feed of the author's own, whatever its name: it may hold one version only. */
const FEED = /(?:\s-i|--index-url|--default-index|--registry|--source)[\s=]+["']?\$/

const isCandidate = ({ text }: Build, install: Install): boolean =>
  !OTHER_VERBS.test(install.verb) && (install.effect === 'install' || install.effect === 'fetch') && install.step.stage.reachable && !install.step.onbuild && !isPinnedElsewhere(install) && !FEED.test(text.slice(install.span.start, install.span.end))

/** Commands whose manifests are looked up; nobody writes more by hand. */
const MOST_LOOKUPS = 100
/** Packages that are looked up. */
const MOST_NAMES = 500

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

/** The image below is named after the package, a file of it is installed in the same stage, or manifests of another install say which one, or may. */
function isThereOtherwise(build: Build, { step: { stage }, row, global }: Install, name: string): boolean {
  if (row.ecosystem === 'os') return false
  const { base } = rootOf(stage)
  if (base.kind === 'image' && base.ref?.toLowerCase().split(/[/:@]/).includes(name.toLowerCase())) return true
  const { script, manifests, unread } = textsByStage(build).get(stage)!
  return !global && unread.has(row.ecosystem) || script.includes(`/${name}-`) || manifests.some(({ ecosystem, text }) => ecosystem === row.ecosystem && (global ? isPackageManager(text, name) : namesPackage(text, name)))
}

interface StageTexts { readonly script: string; readonly manifests: readonly { readonly ecosystem: string; readonly text: string }[]; readonly unread: ReadonlySet<string> }
/** Of every stage what its RUN steps say, the manifests that its installs find, and the ecosystems of those whose manifests nobody can read. */
const textsByStage = fact((build: Build): ReadonlyMap<Stage, StageTexts> => new Map(build.stages.map(stage => {
  const runs = stage.steps.filter(step => step.kind === 'run')
  const projects = runs.flatMap(installsOf).filter(({ from }) => from.includes('manifests')).slice(0, MOST_LOOKUPS)
  const read = projects.map(install => ({ ecosystem: install.row.ecosystem, texts: readableManifests(build, install) }))
  return [stage, {
    script: runs.map(({ text }) => text).join('\n'),
    manifests: read.flatMap(({ ecosystem, texts }) => texts.map(text => ({ ecosystem, text }))),
    unread: new Set(read.filter(({ texts }) => texts.length === 0).map(({ ecosystem }) => ecosystem)),
  }]
})))

const readableManifests = (build: Build, { directory, manifests, step }: Install): readonly string[] => (directory?.startsWith('/') ? manifests : []).flatMap(name => {
  const origin = originOf(build, step, joinPath(directory!, name))
  return origin === null || origin === 'unknown' ? [] : build.context.read(origin.path) ?? []
})

/** The manifest says which version a package manager is to be, and pnpm then runs that one. */
const isPackageManager = (text: string, name: string): boolean => /"packageManager"\s*:\s*"([\w-]+)@/.exec(text)?.[1] === name

const namesPackage = (text: string, name: string): boolean => text.toLowerCase().includes(name.toLowerCase())
