// Installs by apt that bring along what packages only recommend, where much of it is known.
import { stepBelow } from '../cache/context-reads.ts'
import { recommendedPackages } from '../data/recommended-packages.ts'
import type { Build, RunStep, Stage, Step } from '../model/build.ts'
import { parseImageReference } from '../model/image-reference.ts'
import { fact } from './fact.ts'
import { installsOf, type Install, type PackageName } from './installs.ts'
import { shippedSteps } from './shipped-steps.ts'
import { rootImage } from './system-upgrades.ts'
import { certainCommands } from './writes.ts'

export interface Recommended {
  readonly install: Install
  /** The package of the install that brings most. */
  readonly name: PackageName
  readonly packages: number
  readonly megabytes: number
  /** What is recommended first of all, and what is needed of all that the install recommends, as far as it is known. */
  readonly recommended: readonly string[]
  readonly needed: readonly string[]
}

/** In steps of the image, on a base of which it is known that it has little installed. */
export const recommendedInstalls = fact((build: Build): readonly Recommended[] => shippedSteps(build).flatMap(step => {
  if (step.kind !== 'run' || step.onbuild || step.stage.windows) return []
  const all = installsOf(step)
  const first = all.findIndex(compiles)
  // What follows an install of compilers or libraries brings less than the table says.
  const found = all.slice(0, first === -1 ? undefined : first + 1).flatMap(install => (isPlain(install) ? withNeeds(build, heaviest(install)) ?? [] : []))
  return found.length > 0 && isBare(step.stage) && !settledSteps(build).has(step) && !removesAgain(step) ? found : []
}))

/** What they recommend is what they are for. */
const COLLECTION = /^(?:fonts-noto|fonts-recommended|gnome(?:-core)?|kde-(?:full|standard)|plasma-desktop|xfce4|lxde|lxqt)$|^(?:task|science|med|games|education|multimedia|gis|astro)-|-desktop-environment$|^x?k?l?ubuntu-desktop/

const isPlain = ({ manager, effect, command, options, packages }: Install): boolean => manager === 'apt' && effect === 'install' && !command.command.conditional && !packages.some(({ name }) => COLLECTION.test(name ?? ''))
  && !options.some(({ name, value }) => /^--(?:no-install|without)-recommends$|^-R$|^-s$/.test(name) || /^(?:-o|--option|-c|--config-file)$/.test(name) && /Recommends|^$|\/|apt\.conf/i.test(value ?? ''))
  && !command.words.some(({ value, text }) => value === null && /(?:OPT|FLAG|ARG)/i.test(text))

/** With one of these most of what others recommend is asked for; the first counts. */
const COMPILERS = ['build-essential', 'g++', 'gcc']

/** gcc only recommends the headers without which it compiles nothing: only what these recommend is to be saved. */
const HEADERS: Readonly<Record<string, string>> = { gcc: 'libc6-dev' }

function rowOf(install: Install, name: PackageName): Recommended | null {
  if (name.kind !== 'registry' || name.name === null || !Object.hasOwn(recommendedPackages, name.name)) return null
  const [packages, megabytes, recommended] = recommendedPackages[HEADERS[name.name] ?? name.name]!
  const needed = HEADERS[name.name]
  return { install, name, packages, megabytes, recommended: recommended.split(' '), needed: needed === undefined ? [] : [needed] }
}

/** Without certificates, which they only recommend, these speak to no server; Docker's images of Python have them. */
const CLIENTS = /^(?:curl|wget|git)$/

/** With what the programs of the install need besides. */
function withNeeds(build: Build, found: Recommended | null): Recommended | null {
  if (found === null) return null
  const has = (test: RegExp): boolean => found.install.packages.some(({ name }) => test.test(name ?? ''))
  const certificates = has(CLIENTS) && !namesCertificates(build) && !/(?:^|\/)python:/.test(rootImage(found.install.step.stage) ?? '')
  // gpg only recommends the agent that it takes to add a repository.
  const agent = has(/^software-properties-common$/) && /\b(?:add-apt-repository|apt-add-repository)\b/.test(build.text)
  const named = new Set(found.install.packages.map(({ name }) => name))
  return { ...found, needed: [...found.needed, ...certificates ? ['ca-certificates'] : [], ...agent ? ['gpg-agent'] : []].filter(name => !named.has(name)) }
}

const namesCertificates = fact((build: Build): boolean => shippedSteps(build).some(step => step.kind === 'run' && installsOf(step).some(({ packages }) => packages.some(({ name }) => name === 'ca-certificates'))))

function heaviest(install: Install): Recommended | null {
  const named = new Set(install.packages.flatMap(({ name }) => name ?? []))
  let most: Recommended | null = null
  for (const name of install.packages) {
    const row = rowOf(install, name)
    // What is recommended and named as well is wanted.
    if (!row || row.recommended.some(other => named.has(other))) continue
    if (row.megabytes > (most?.megabytes ?? 0)) most = row
  }
  const compiler = COMPILERS.find(name => named.has(name))
  return compiler === undefined || most === null ? most : rowOf(install, install.packages.find(other => other.name === compiler)!)
}

/** Releases before the ones whose recommendations are known. */
const OLD = /wheezy|jessie|stretch|buster|bullseye|precise|trusty|xenial|bionic|focal|debian:(?:[6-9]|1[01])\b|ubuntu:(?:1\d|20)/

/** Others have compilers or libraries, and apt only looks at what the packages recommend that it newly installs. */
function isBare(stage: Stage): boolean {
  const ref = rootImage(stage) ?? ''
  const name = parseImageReference(ref)?.name ?? ''
  return !OLD.test(ref) && (name === 'debian' || name === 'ubuntu' || /^(?:python|node)$/.test(name) && /slim/.test(ref))
}

/** Steps in or below which recommendations may be turned off for all, and those on an install after which less is new. */
const settledSteps = fact((build: Build): ReadonlySet<Step> => {
  const found = new Set<Step>()
  const before = new Set<Step>()
  for (const step of shippedSteps(build)) {
    const below = stepBelow(step)
    if (below && (found.has(below) || before.has(below)) || /Install-Recommends|apt\.conf|etc\/apt/.test(step.text)) found.add(step)
    if (step.kind === 'run' && installsOf(step).some(compiles)) before.add(step)
  }
  return found
})

const compiles = ({ manager, packages }: Install): boolean => manager === 'apt' && packages.some(({ name }) => /-dev$|^gcc|^g\+\+|^build-essential|^clang/.test(name ?? ''))

/** Whether the step removes packages again, and with them what they brought. */
const removesAgain = (step: RunStep): boolean => certainCommands(step).some(({ program, arguments: values }) => /^(?:apt-get|apt|aptitude|dpkg)$/.test(program ?? '') && values.some(value => /^(?:remove|purge|autoremove|autopurge|--auto-remove|-r|-P)$/.test(value ?? '')))
