// Builder stages that cross-compile already, but run on the platform the image is for: they need not be emulated.
import type { Build, CopyStep, RunStep, Stage } from '../model/build.ts'
import { commandsOf, variableAt, type NormalCommand } from './commands.ts'
import { fact } from './fact.ts'
import { absolutePath, folderOf, isWithin, pathOf } from './image-paths.ts'
import { argumentWords, optionValue, parseWords } from './operands.ts'
import { shippedStages } from './stages.ts'
import { copiesFrom, rootOf, stagesOn } from './stage-trees.ts'

export interface CrossBuilder {
  /** The stage whose FROM says nothing of the platform. */
  readonly root: Stage
  /** The first command that compiles for the target. */
  readonly compile: NormalCommand
}

/** Stages of which everything is understood and whose output is for the target whatever they run on. */
export const crossBuilders = fact((build: Build): readonly CrossBuilder[] => {
  if (!/TARGETARCH/.test(build.text)) return []
  const shipped = new Set(shippedStages(build).map(rootOf))
  const roots = new Set(build.stages.filter(stage => stage.reachable && !stage.windows).map(rootOf))
  return [...roots].flatMap(root => (shipped.has(root) || !isUnpinned(build, root) ? [] : crossBuilder(build, root) ?? []))
})

/** A foreign architecture named in the image is a choice. */
const isUnpinned = ({ text }: Build, { base, span, steps }: Stage): boolean =>
  base.kind === 'image' && base.ref !== null && !/^(?:amd64|arm\d\w*|i386|ppc64le|riscv64|s390x)\//.test(base.ref) && !/--platform/i.test(text.slice(span.start, span.end)) && steps.every(step => !step.onbuild)

/** Tools that do the same on every platform, or whose results stay in the stage. */
const NEUTRAL = /^(?:apk|apt|apt-get|update-ca-certificates|mkdir|rm|cp|mv|ls|pwd|cd|echo|printf|cat|touch|chmod|chown|set|export|true|test|\[|git|adduser|addgroup|useradd|groupadd|upx|sed|date|exit|:)$/
const GO_VERBS = /^(?:build|mod|env|version|vet|fmt|get|clean|list)$/

function crossBuilder(build: Build, root: Stage): CrossBuilder | null {
  const stages = stagesOn(build, root)
  const compiles: NormalCommand[] = []
  for (const step of stages.flatMap(stage => stage.steps)) {
    if (step.kind !== 'run') continue
    const commands = commandsOf(step)
    if (commands === 'opaque') return null
    for (const command of commands) {
      const { program, words } = command
      if (program === null ? words.length > 0 : program !== 'go' && !NEUTRAL.test(program) || program === 'go' && !GO_VERBS.test(words[1]?.value ?? '')) return null
      if (program === 'go' && words[1]?.value === 'build') compiles.push(command)
    }
  }
  const [compile] = compiles
  const isCross = compile !== undefined && compiles.every(command => targetsPlatform(command) && variableAt(command, 'CGO_ENABLED') === '0')
  return isCross && copiesFrom(build, stages).every(copy => carriesOutput(copy, compiles)) && !isMounted(build, stages) ? { root, compile } : null
}

/** `GOARCH=$TARGETARCH`, which is the platform's as long as its ARG has no default. */
function targetsPlatform({ command, step }: NormalCommand): boolean {
  const settings = step.stage.instructions.filter(entry => entry.kind === 'setting').map(({ text }) => text)
  const written = command.assignments.find(({ name }) => name === 'GOARCH')?.value?.text ?? settings.flatMap(text => /\bGOARCH[= ]["']?(\$\{?\w+)/.exec(text)?.[1] ?? []).at(-1) ?? exported(step)
  return /^["']?\$\{?TARGETARCH\}?["']?$/.test(written) && settings.some(text => /^ARG\s(?:.*\s)?TARGETARCH(?:\s|$)/i.test(text))
}

const exported = (step: RunStep): string => /\bexport\s(?:[^\n;&]*\s)?GOARCH=["']?(\$\{?TARGETARCH\}?)/.exec(step.script?.text ?? '')?.[1] ?? ''

/** What is compiled, and files that are the same on every platform. */
function carriesOutput(copy: CopyStep, compiles: readonly NormalCommand[]): boolean {
  const outputs = compiles.flatMap(command => [folderOf(command), outputOf(command)]).filter(path => path !== null && path !== '/')
  return !copy.hasUnknownSource && copy.sources.every(source => {
    const path = absolutePath('/', source)!
    return /^\/(?:etc|usr\/share)\//.test(path) || outputs.some(output => isWithin(path, output!))
  })
}

const outputOf = (command: NormalCommand): string | null => pathOf(command, optionValue(parseWords(argumentWords(command).slice(1), GO_BUILD), '-o'))
/** Go's options have one dash and long names. */
const GO_BUILD = { short: 'o', long: [] }

/** A mount may take anything from it. */
const isMounted = (build: Build, stages: readonly Stage[]): boolean => build.stages.some(stage => stage.reachable && stage.steps.some(step => step.kind === 'run' && step.mounts.some(({ from }) => from.kind === 'stage' && stages.includes(from.stage))))
