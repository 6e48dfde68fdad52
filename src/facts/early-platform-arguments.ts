// Platform arguments declared above installs that do not use them, in stages that run on one platform whatever is built: without them
// the installs of all target platforms are one step.
import { stepBelow } from '../cache/context-reads.ts'
import type { Build, RunStep, Setting, Source, Stage, Step } from '../model/build.ts'
import { unusedSteps } from './early-arguments.ts'
import { fact } from './fact.ts'
import type { Assigned } from './moved-settings.ts'
import { installsOf } from './installs.ts'
import { rootOf } from './stage-trees.ts'
import { isShipped } from './stages.ts'

export interface EarlyPlatformArgument {
  /** The first ARG of the stage that declares one. */
  readonly setting: Setting
  /** Of that ARG, those that differ between platforms. */
  readonly names: readonly string[]
  /** The other ARGs of platforms above the last install. */
  readonly others: readonly Setting[]
  /** Those that move: of all these ARGs, and of further ones for platforms beside them. */
  readonly variables: readonly Assigned[]
  /** The installs that run once for each platform, in the order of the file. */
  readonly steps: readonly RunStep[]
}

/** Not TARGETOS: it is `linux` nearly everywhere. */
const DIFFERS = /^TARGET(?:PLATFORM|ARCH|VARIANT)$/
const PLATFORM_ARGUMENTS = ['TARGETPLATFORM', 'TARGETOS', 'TARGETARCH', 'TARGETVARIANT']

export const earlyPlatformArguments = fact((build: Build): readonly EarlyPlatformArgument[] => build.stages.filter(stage => stage.reachable && !isShipped(build, stage) && isPinned(build, stage)).flatMap(stage => {
  const declared = stage.instructions.filter((instruction): instruction is Setting => instruction.kind === 'setting' && instruction.keyword === 'ARG' && namesIn(build, instruction).length > 0)
  const [setting] = declared
  if (!setting || setting.onbuild) return []
  const { steps: unused, carriers } = unusedSteps(build, setting, PLATFORM_ARGUMENTS)
  const end = unused.findIndex(step => isForOnePlatform(step) || !isShared(build, step))
  const steps = end === -1 ? unused : unused.slice(0, end)
  const last = steps.at(-1)
  if (!last || carriers.length > 0) return []
  const others = declared.slice(1).filter(({ span }) => span.start < last.span.start)
  return [{ setting, names: namesIn(build, setting), others, steps, variables: [setting, ...others, ...besides(stage, [setting, ...others])].flatMap(each => each.assigns.map(variable => ({ setting: each, variable }))).filter(({ variable }) => PLATFORM_ARGUMENTS.includes(variable.name)) }]
}))

/** `ARG TARGETOS` right above or below one of them. */
function besides({ instructions }: Stage, declared: readonly Setting[]): readonly Setting[] {
  const at = declared.map(setting => instructions.indexOf(setting))
  return instructions.filter((each, index): each is Setting => each.kind === 'setting' && each.keyword === 'ARG' && !declared.includes(each) && each.assigns.every(({ name }) => PLATFORM_ARGUMENTS.includes(name)) && at.some(place => Math.abs(place - index) === 1))
}

/** .NET reads its whole environment as properties of the project; packages of one named architecture are for that target alone. */
const isForOnePlatform = (step: RunStep): boolean =>
  installsOf(step).some(({ row }) => row.ecosystem === 'dotnet') || /--add-architecture|\w:(?:amd64|arm64|armhf|armel|i386|ppc64el|s390x|riscv64)\b/.test(step.script?.text ?? step.text)

/** Those without a default: a default of the stage's own stands for every platform. */
const namesIn = ({ text }: Build, { assigns }: Setting): readonly string[] =>
  assigns.filter(({ name, span }) => DIFFERS.test(name) && span !== null && !text.slice(span.start, span.end).includes('=')).map(({ name }) => name)

/** Whether the stage runs on the builder's platform, or on one that the file names, and on an image that is the same for all. */
function isPinned({ text }: Build, stage: Stage): boolean {
  const { span, base } = rootOf(stage)
  const from = text.slice(span.start, span.end)
  return base.kind === 'image' && /\s--platform=["']?(?:\$\{?BUILDPLATFORM\}?|linux\/\w[\w/]*)["']?\s/.test(from) && !/TARGET|\$\{?\w*(?:ARCH|PLATFORM)\b/.test(from.replace(/--platform=\S+/, ''))
}

/** Nobody writes more steps than this above an install. */
const MOST_STEPS = 200

/** Whether everything below the step is the same for all platforms. */
function isShared(build: Build, step: RunStep): boolean {
  let count = 0
  for (let at: Step | null = step; at && count < MOST_STEPS; at = stepBelow(at), count++) if (!sourcesOf(at).every(source => isSame(build, source))) return false
  return count < MOST_STEPS
}

const sourcesOf = (step: Step): readonly Source[] => (step.kind === 'run' ? step.mounts.filter(({ type }) => type === 'bind').map(({ from }) => from) : step.kind === 'workdir' ? [] : [step.from])

/** Images named in COPY are those of the target platform. */
const isSame = (build: Build, from: Source): boolean =>
  from.kind === 'context' || from.kind === 'stage' && isPinned(build, from.stage) && !from.stage.instructions.some(({ keyword, text }) => keyword === 'ARG' && text.includes('TARGET'))
