// Last stages built FROM a stage that copied the whole context and compiled it: the sources ship along with the program.
import { contextFilesOf } from '../cache/context-reads.ts'
import type { Build, CopyStep, Stage } from '../model/build.ts'
import { sdkImage } from './base-images.ts'
import { takesWholeContext } from './broad-copies.ts'
import { fact } from './fact.ts'
import { imageCommands, type ImageCommand } from './image-command.ts'
import { baseName } from './image-paths.ts'
import { installsOf, type Install } from './installs.ts'
import { programStarted } from './sdk-needs.ts'
import { isForShipping } from './shipping.ts'
import { rootOf } from './stage-trees.ts'
import { kindOfFile, shippedStages } from './stages.ts'

export interface InheritedSources {
  /** The stage that compiles. */
  readonly builder: Stage
  readonly copy: CopyStep
  readonly compile: Install
  readonly started: ImageCommand
}

/** Languages whose programs need none of their sources, and an image of a compiler to ask about them. */
const COMPILED: Readonly<Record<string, string>> = { go: 'golang:1.25', rust: 'rust:1.90', jvm: 'eclipse-temurin:21-jdk', dotnet: 'mcr.microsoft.com/dotnet/sdk:9.0' }

/** null where the program may read something of the sources, or another rule says the same. */
export const inheritedSources = fact((build: Build): InheritedSources | null => {
  const { target } = build
  if (target.base.kind !== 'stage' || target.windows || kindOfFile(build) !== 'application' || !isForShipping(build)) return null
  const [, ...below] = shippedStages(build)
  // The same stage may serve developers; what it starts is set by the last one only.
  if (target.steps.some(step => step.kind === 'copy' && step.from.kind === 'context')) return null
  for (const builder of below) {
    const copy = builder.steps.find((step): step is CopyStep => (step.kind === 'copy' || step.kind === 'add') && !step.onbuild && step.from.kind === 'context' && takesWholeContext(step))
    const compile = copy && builder.steps.slice(copy.index).flatMap(step => (step.kind === 'run' ? installsOf(step) : [])).find(({ effect, row, verb }) => effect === 'build' && Object.hasOwn(COMPILED, row.ecosystem) && !/test|run|check/.test(verb))
    if (!copy || !compile || mayServeFiles(build, copy) || isToldElsewhere(build)) continue
    const compiler = sdkImage(COMPILED[compile.row.ecosystem]!)
    const started = compiler && imageCommands(build) && programStarted(build, compiler)
    if (started) return { builder, copy, compile, started }
  }
  return null
})

/** An SDK at the bottom is reported with the image to use instead. */
function isToldElsewhere(build: Build): boolean {
  const { base } = rootOf(build.target)
  const sdk = base.kind === 'image' && base.ref !== null ? sdkImage(base.ref) : null
  return sdk !== null && sdk.runtimes.length > 0
}

/** Folders that a program reads as it runs. */
const SERVED = /^(?:templates?|static|public|views?|migrations?|assets|locales?|i18n|web|www|html|ui|frontend|client|config|conf|data|db|schemas?|resources|scripts|swagger|docs)$/i

/** Files beside the code that a compiled program may serve or read; so may any in a context that is not known. */
function mayServeFiles(build: Build, copy: CopyStep): boolean {
  const files = contextFilesOf(build, copy)
  return files === 'unknown' || [...files].some(path => path.split('/').slice(0, -1).some(folder => SERVED.test(folder) && !/src\/(?:main|test)\/resources/.test(path)) || /\.(?:html|tmpl|gohtml|tpl|sql)$/.test(baseName(path)) && !path.includes('src/main/'))
}
