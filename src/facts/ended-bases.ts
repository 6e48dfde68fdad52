// Base images whose product or distribution is no longer supported, as of the day the tables were made, and what that does to the build.
import { distributions, harmlessWhenOld, movedIndexes, productNames } from '../data/ended-systems.ts'
import type { Build, Stage } from '../model/build.ts'
import type { NormalCommand } from './commands.ts'
import { fact } from './fact.ts'
import { imageFigure } from './image-figures.ts'
import { imageSupport, retiredImage, type RetiredImage, type Support } from './image-support.ts'
import { indexRefreshes, installsOf } from './installs.ts'
import { stagesOn } from './stage-trees.ts'

export interface EndedBase {
  /** The first stage that names the image, and the others. */
  readonly stage: Stage
  readonly others: readonly Stage[]
  readonly ref: string
  readonly retired: RetiredImage | null
  /** Products and distributions whose free support is over, those without paid support first. */
  readonly ended: readonly Support[]
  /** The release whose package index has moved away, and the first command that asks for it. */
  readonly moved: { readonly system: Support; readonly host: string; readonly command: NormalCommand } | null
}

/** Windows stages are left out. */
export const endedBases = fact((build: Build): readonly EndedBase[] => {
  const byRef = new Map<string, Stage[]>()
  for (const stage of build.stages) {
    const { base, reachable, windows } = stage
    if (!reachable || windows || base.kind !== 'image' || base.ref === null) continue
    const known = byRef.get(base.ref)
    if (known) known.push(stage)
    else byRef.set(base.ref, [stage])
  }
  return [...byRef].flatMap(([ref, [first, ...others]]) => endedBase(build, ref, first!, others) ?? [])
})

function endedBase(build: Build, ref: string, stage: Stage, others: readonly Stage[]): EndedBase | null {
  const retired = retiredImage(ref)
  const named = imageSupport(ref).filter(({ product }) => !harmlessWhenOld.includes(product))
  const ended = named.filter(({ hasEnded }) => hasEnded).sort((a, b) => Number(hasPaid(a)) - Number(hasPaid(b)))
  const beneath = named.some(({ product }) => distributions.includes(product)) ? [] : systemBeneath(ref, ended)
  if (!retired && ended.length === 0) return null
  return { stage, others, ref, retired, ended, moved: movedIndex(build, [stage, ...others], [...ended, ...beneath.filter(({ hasEnded }) => hasEnded)]) }
}

export const hasPaid = ({ paid, ends, lts }: Support): boolean => paid !== undefined && paid > (lts ?? ends ?? '')

/** The distribution that an image was measured to stand on after it was built for the last time; nothing where only another tag was. */
function systemBeneath(ref: string, ended: readonly Support[]): readonly Support[] {
  const { how, os, date } = imageFigure(ref)
  const [, name, release] = /^(debian|ubuntu|centos)-(\d[\d.]*)$/.exec(os ?? '') ?? []
  const isLast = ended.some(support => (lastDay(support) ?? '9') < (date ?? ''))
  return name !== undefined && isLast && (how === 'exact' || how === 'alias') ? imageSupport(`${name}:${release}`) : []
}

/** Signs that packages come from somewhere else than the image says. */
const OTHER_SOURCES = /sources\.list|yum\.repos|mirror|https?_proxy=\S|apt\.conf/i

function movedIndex(build: Build, stages: readonly Stage[], ended: readonly Support[]): EndedBase['moved'] {
  if (ended.length === 0 || OTHER_SOURCES.test(build.text)) return null
  for (const system of ended) {
    const row = Object.hasOwn(movedIndexes, system.product) ? movedIndexes[system.product]! : null
    if (!row?.cycles.includes(system.cycle)) continue
    const command = firstUse(stages.flatMap(stage => stagesOn(build, stage)))
    if (command) return { system, host: row.host, command }
  }
  return null
}

/** The first command that surely asks for the index of the distribution. */
function firstUse(stages: readonly Stage[]): NormalCommand | null {
  for (const { steps } of stages) {
    for (const step of steps) {
      if (step.kind !== 'run' || step.onbuild) continue
      const uses = [...indexRefreshes(step), ...installsOf(step)].filter(({ manager, command }) => /^(?:apt|yum|dnf)$/.test(manager) && !command.command.conditional)
      const [first] = uses.map(({ command }) => command).sort((a, b) => a.command.span.start - b.command.span.start)
      if (first) return first
    }
  }
  return null
}

/** `Node.js 12`, `Debian 9`. */
export const productText = ({ product, cycle }: Pick<Support, 'product' | 'cycle'>): string =>
  `${Object.hasOwn(productNames, product) ? productNames[product]! : product.charAt(0).toUpperCase() + product.slice(1)} ${cycle}`

/** The last day of free support; null: not known. */
export const lastDay = ({ ends, lts }: Support): string | null => lts ?? ends
