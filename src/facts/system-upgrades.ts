// Upgrades of everything a base image has installed, and what speaks for them.
import { stepBelow } from '../cache/context-reads.ts'
import type { Build, RunStep, Stage, Step } from '../model/build.ts'
import { parseImageReference } from '../model/image-reference.ts'
import { imageSupport, retiredImage } from './base-images.ts'
import { commentAbove } from './comments.ts'
import { fact } from './fact.ts'
import { installsOf, type Install } from './installs.ts'
import { rootOf } from './stage-trees.ts'
import { isVolatileName } from './volatile-variables.ts'

export interface SystemUpgrade {
  /** The first command of the step that upgrades. */
  readonly install: Install
  /** Whether a comment gives a reason: security, or a base image that is rebuilt too seldom. */
  readonly isExplained: boolean
  /** What names the base image for good; null for a tag that moves to newer builds. */
  readonly pin: 'digest' | 'tag' | null
  /** Whether somebody is known to rebuild the base image all the time: Docker's own images and those of the distributions. */
  readonly isRebuilt: boolean
  /** Whether nobody builds the base image any more, though its distribution goes on. */
  readonly isEnded: boolean
}

/** Of distributions with releases: one that rolls is only ever supported as a whole. Those limited to security fixes or to packages are left out. */
export const systemUpgrades = fact((build: Build): readonly SystemUpgrade[] => build.stages.flatMap(stage => {
  if (!stage.reachable || stage.windows) return []
  return stage.steps.flatMap(step => {
    const install = step.kind === 'run' && !step.onbuild ? upgradeIn(step) : undefined
    if (!install || step.kind !== 'run' || isRolling(stage) || isRefreshed(step) || changedSources(build).has(step)) return []
    const root = rootImage(stage) ?? ''
    return [{ install, pin: pinOf(root), isEnded: hasEnded(root), isRebuilt: REBUILT.test(parseImageReference(root)?.name ?? ''), isExplained: REASON.test(`${commentAbove(build, step)}\n${commentsIn(build, step)}`) }]
  })
}))

/** A patch version, a date, or a release of Debian or of Red Hat's family with its point. */
const EXACT_TAG = /:v?\d+\.\d+\.\d+|[:.-]20\d{6}\b|(?:^|\/)(?:debian:1\d|(?:rockylinux|almalinux|oraclelinux|centos|rhel|ubi\d?(?:[-/]\w+)*):\d+)\.\d+/
const pinOf = (ref: string): SystemUpgrade['pin'] => (ref.includes('@') ? 'digest' : EXACT_TAG.test(ref) ? 'tag' : null)

/** The last image of a distribution's release has all its fixes; those given up before, and those of a language, do not. */
const hasEnded = (ref: string): boolean => !['eol', undefined].includes(retiredImage(ref)?.status) || imageSupport(ref).some(({ product, hasEnded }) => hasEnded && !DISTRIBUTION.test(product))
const DISTRIBUTION = /linux|debian|ubuntu|fedora|centos|suse|rhel/

const REBUILT = /^(?:[^/]+|mcr\.microsoft\.com\/.+|public\.ecr\.aws\/(?:amazonlinux|ubuntu|debian|docker)\/.+|registry\.access\.redhat\.com\/.+|(?:quay\.io\/)?(?:fedora|centos|rockylinux|almalinux|opensuse)\/.+)$/

const MANAGERS = ['apt', 'apk', 'dnf', 'yum', 'microdnf', 'tdnf', 'zypper']
const LIMITED = /^--?(?:security|advisory|advisories|bugfix|cve|cves|sec-severity|minimal|root|with-(?:new-pkgs)?)$/

const upgradeIn = (step: RunStep): Install | undefined => installsOf(step).find(({ manager, effect, packages, intoOtherRoot, options, command, verb }) =>
  effect === 'upgrade' && MANAGERS.includes(manager) && packages.length === 0 && !intoOtherRoot && !command.command.conditional && !/minimal|patch/.test(verb) && !options.some(({ name }) => LIMITED.test(name)))

const REASON = /secur|\bcves?\b|\bcve-|vulnerab|\bpatch|base image|rebuilt|upgrade/i

/** Comments between the lines of the instruction. */
const commentsIn = ({ text }: Build, { span }: Step): string => (text.slice(span.start, span.end).match(/^[ \t]*#.*$/gm) ?? []).join('\n')

const ROLLING = /roll|tumbleweed|\bsid\b|unstable|testing|rawhide|\bedge\b|arch|kali|gentoo|manjaro|parrot|devel\b|wolfi|chainguard/i

/** The image that a stage stands on, through other stages; null when there is none, or it is not known. */
export function rootImage(stage: Stage): string | null {
  const { base } = rootOf(stage)
  return base.kind === 'image' ? base.ref : null
}

function isRolling(stage: Stage): boolean {
  const ref = rootImage(stage)
  return ref === null || ref === '' || ROLLING.test(ref)
}

/** Whether something is declared that runs the step again: a date, a counter, a commit. */
export const isRefreshed = ({ environment }: RunStep): boolean =>
  environment.entries().some(({ name, kind }) => kind !== 'base' && (isVolatileName(name) || /DATE|BUST|REFRESH|WEEK|NOCACHE|NO_CACHE/i.test(name)))

/** Text of a step that changes where packages come from. */
export const CHANGES_SOURCES = /sources\.list|\.sources\b|apt-add-repository|add-apt-repository|\/etc\/apk\/repositories|yum\.repos\.d|config-manager|zypper (?:ar|addrepo)|releasever|apt\.conf|apt\/preferences/

/** Steps that change where packages come from, or stand on one that does: what is installed then has to follow. */
const changedSources = fact((build: Build): ReadonlySet<Step> => {
  const found = new Set<Step>()
  for (const stage of build.stages) for (const step of stage.steps) {
    const below = stepBelow(step)
    if (below && found.has(below) || CHANGES_SOURCES.test(step.text)) found.add(step)
  }
  return found
})
