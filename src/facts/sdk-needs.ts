// Whether an image made of an SDK, a compiler or a JDK shows that it needs no more than the runtime: what it starts is a program that was
// built, not the tool that builds. Anything else that is started, or cannot be read, counts as needing it.
import { developmentPackage } from '../data/system-needs.ts'
import type { Build, Stage } from '../model/build.ts'
import type { LighterVariant, SdkImage } from './base-images.ts'
import { commandsOf } from './commands.ts'
import { imageCommands, startedCommands } from './image-command.ts'
import type { ImageCommand, StartedCommand } from './image-command.ts'
import { baseName } from './image-paths.ts'
import { installsOf } from './installs.ts'
import { bringsFile, scriptTexts } from './script-texts.ts'
import { shippedStages } from './stages.ts'
import { isTrivial } from './trivial-steps.ts'

/** The command of an image that starts a built program; null when it starts anything else, or the file does not say. */
export function programStarted(build: Build, sdk: SdkImage): ImageCommand | null {
  const { entrypoint, command, healthcheck } = imageCommands(build)
  const joined = startedTogether(build, entrypoint, command)
  if (!joined.some(one => isProgram(build, sdk, one)) || !bringsProgram(build)) return null
  // Set for a program that builds Go itself.
  if (build.target.environment.get('GOROOT_BOOTSTRAP') || runsTests(build)) return null
  const checks = healthcheck ? startedCommands(healthcheck) : []
  const isRuntime = [...joined, ...checks].every(one => isProgram(build, sdk, one) || isPlain(one) || runsScript(build, one))
  return isRuntime ? entrypoint ?? command : null
}

/** In the exec form the CMD is the arguments of the ENTRYPOINT, and a script may start them; the shell form has no use for it. */
function startedTogether(build: Build, entrypoint: ImageCommand | null, command: ImageCommand | null): readonly StartedCommand[] {
  if (entrypoint?.form === 'shell') return startedCommands(entrypoint)
  const words = [entrypoint, command].flatMap(set => set?.words ?? [])
  const together = startedCommands({ words })
  const texts = entrypoint && command && together[0] ? scriptTexts(build, together[0]) : 'unknown'
  const passesOn = texts !== 'unknown' && texts.length > 0 && texts.every(text => /"?\$(?:@|\{@\})/.test(text))
  return passesOn ? [...startedCommands(entrypoint!), ...startedCommands(command!)] : together
}

const isNative = ({ kind }: SdkImage): boolean => kind === 'compiler' || kind === 'SDK'

/** Tools of the SDKs, and what needs them: as a program, or anywhere among the words. */
const tools = /^(?:go|gofmt|go-wrapper|dlv|air|cargo|rustc|rustup|mvnw?|gradlew?|javac|jar|jshell|jdb|jcmd|jstack|jmap|jps|jstat|jlink|jpackage|native-image|kotlinc?|scalac?|groovyc?|sbt|lein|clj|clojure|swiftc?|stack|cabal|ghci?|runghc|runhaskell|make|cmake|gcc|g\+\+|cc|composer|nvcc)$/
const toolsInScript = /(?:^|[\s;&|(`/])(?:go (?:run|build|test|install|get|generate|tool)|dlv|air|cargo|rustc|mvnw?|gradlew?|javac|jar|jshell|jcmd|jstack|jmap|jps|jstat|jattach|kotlinc?|sbt|lein|clj|swift (?:run|build|test)|stack|cabal|ghc|make|gcc|g\+\+|dotnet (?:run|watch|build|test|publish|restore|ef|tool|msbuild))(?=$|[\s;&|)`])/m
/** Modules and files that only a JDK has. */
const jdkParts = /jdk\.(?:compiler|jshell|attach|jdi|javadoc|jartool)|tools\.jar|JAVA_HOME\/(?:bin\/(?!java\b|keytool\b)|lib\/tools)/

function isProgram(build: Build, sdk: SdkImage, { program, arguments: values }: StartedCommand): boolean {
  const name = baseName(program)
  if (tools.test(name) || values.some(value => tools.test(baseName(value)) || jdkParts.test(value))) return false
  if (name === 'java') return !isNative(sdk)
  if (name === 'dotnet') return values.some(value => /\.dll$/.test(value)) && !/^(?:run|watch|test|build|ef|tool|vstest|fsi|msbuild|script)$/.test(values[0] ?? '')
  // A launcher of Java programs is a script that may look for a JDK.
  return sdk.kind === 'compiler' && !isSystemProgram(name) && !/\.(?:sh|py|js|pl|rb)$|entrypoint/.test(name) && !name.includes('$') && isBuilt(build, program)
}

/** Not a file of the context: that may be a script. Where the context is not known, a path below it may be one. */
const isBuilt = ({ context, stages }: Build, program: string): boolean => {
  const name = baseName(program)
  const files = context.files()
  const isCopied = stages.some(({ steps }) => steps.some(step => (step.kind === 'copy' || step.kind === 'add') && step.from.kind === 'context' &&
    bringsFile(step, name)))
  return !isCopied && (files === 'unknown' ? !/^(?:\.\/)?[\w-]+\//.test(program) : !files.some(({ path }) => baseName(path) === name))
}

const isSystemProgram = (name: string): boolean =>
  /^(?:(?:ba|da|z|k)?sh|sleep|tail|cp|mv|ls|cat|cmp|diff|echo|env|true|false|test|find|tar|watch|tee|grep|sed|awk|date|mkdir|chmod|chown|rm|ln|python3?|node|npm|yarn|ruby|perl|php|curl|wget|git|vim?|nano|htop|top|screen|tmux|nc|socat|nginx|supervisord|cron)$/.test(name)

/** Whether a step that ships uses the SDK, or may: then the runtime image cannot just take its place. */
export const buildsWhereItShips = (build: Build): boolean => shippedStages(build).some(({ steps }) => steps.some(step => {
  const commands = step.kind === 'run' ? commandsOf(step) : []
  return commands === 'opaque' || commands.some(({ program }) => program === null || /^(?:ant|dotnet)$/.test(program) || tools.test(baseName(program)))
}))

/** Around the program: `cd /app && …`, `… | tee log`. */
const isPlain = ({ program }: StartedCommand): boolean => /^(?:cd|export|set|sleep|tee|echo|test|\[|mkdir|cat|tail|curl|wget|nc|true|exit|:|ulimit|umask|source|\.)$/.test(baseName(program)) || program.startsWith('$(')

function runsScript(build: Build, one: StartedCommand): boolean {
  const texts = scriptTexts(build, one)
  return texts !== 'unknown' && texts.length > 0 && !texts.some(text => toolsInScript.test(text.replace(/^\s*#.*/gm, '')) || jdkParts.test(text))
}

/** What runs its tests in the stage that ships is an image for testing. */
const runsTests = (build: Build): boolean => shippedStages(build).some(({ steps }) => steps.some(step => {
  const commands = step.kind === 'run' ? commandsOf(step) : []
  return commands !== 'opaque' && commands.some(({ program, arguments: [verb] }) => /^(?:go|cargo|swift)$/.test(program ?? '') && verb === 'test')
}))

/** It was built here or copied in: an image that installs somebody's tool may exist for what that tool compiles. */
const bringsProgram = (build: Build): boolean =>
  shippedStages(build).some(({ steps }) => steps.some(step => (step.kind === 'copy' || step.kind === 'add') && (step.from.kind === 'context' || step.from.kind === 'stage')))

/** Of what the last stage could stand on: the first, or the first with a shell where the image has use for one or for packages of its own. Undefined: none fits. */
export function runtimeFor(build: Build, { runtimes }: SdkImage, { form, words }: ImageCommand): LighterVariant | undefined {
  const packages = shippedStages(build).flatMap(({ steps }) => steps).flatMap(step => (step.kind === 'run' ? installsOf(step) : []))
    .filter(({ row, effect }) => row.ecosystem === 'os' && effect === 'install').flatMap(install => install.packages)
  const isForRunning = packages.some(({ name }) => name === null || !isForBuilding(name))
  const needsShell = form === 'shell' || isForRunning || words.some(word => /\.sh$|entrypoint/.test(word) || /(?:^|\/)(?:ba|da)?sh$/.test(word))
  const isStatic = /static-(?:swift-)?stdlib/.test(build.text)
  const needsAlpine = isForRunning && shippedStages(build).some(({ steps }) => steps.some(step => step.kind === 'run' && installsOf(step).some(({ row }) => row.name === 'apk')))
  const needsBash = startsBash(build)
  return runtimes.find(({ image, ref, caveat }) => (/alpine/.test(ref) ? !needsBash : !needsAlpine) && (isStatic || !caveat.includes('statically linked Swift')) && (!needsShell || (image !== 'scratch' && !caveat.includes('no shell'))))
}

/** A script for bash, which Alpine does not bring. */
function startsBash(build: Build): boolean {
  const { entrypoint, command } = imageCommands(build)
  const texts = [entrypoint, command].flatMap(set => (set ? startedCommands(set) : [])).map(one => scriptTexts(build, one))
  return texts.some(found => found !== 'unknown' && found.some(text => /^#!.*\bbash\b/.test(text)))
}

/** Headers of a library say that the library itself is linked, and then wanted at run time as well. */
const isForBuilding = (name: string): boolean =>
  /^(?:git|curl|wget|unzip|ca-certificates|tzdata|build-base|musl-dev|libc6?-dev|g\+\+)$/.test(name) || (developmentPackage.test(name) && !/-dev$/.test(name))

/** A comment right above the FROM that speaks of the choice. */
export function isExplained({ text, comments }: Build, { span }: Stage): boolean {
  const above = comments.filter(comment => comment.span.end <= span.start && /^(?:\s|#[^\n]*\n)*$/.test(text.slice(comment.span.end, span.start)))
  return above.some(comment => /\b(?:sdk|jdk|javac|compilers?|compiles?|toolchain)\b/i.test(text.slice(comment.span.start, comment.span.end)))
}

/** Whether nothing in these stages uses more than the runtime: no RUN but those that put files in place. */
export const onlyPlacesFiles = (stages: readonly Stage[]): boolean => stages.every(({ steps }) => steps.every(step => step.kind !== 'run' || isTrivial(step)))
