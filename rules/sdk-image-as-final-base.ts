// The image ships with what built it, or could have: a compiler, an SDK, a JDK.
import { defineRule } from '../src/rule.ts'
import type { Report } from '../src/rule.ts'
import { isBaseFile } from '../src/facts/base-files.ts'
import { savingInWords, sdkImage } from '../src/facts/base-images.ts'
import type { LighterVariant, SdkImage } from '../src/facts/base-images.ts'
import { startsDevelopment } from '../src/facts/image-command.ts'
import type { ImageCommand } from '../src/facts/image-command.ts'
import { buildsWhereItShips, isExplained, onlyPlacesFiles, programStarted, runtimeFor } from '../src/facts/sdk-needs.ts'
import { rootOf } from '../src/facts/stage-trees.ts'
import { kindOfFile, shippedStages } from '../src/facts/stages.ts'
import type { Build } from '../src/model/build.ts'

/**
 * ## What it does
 *
 * Reports a shipped stage whose base image is a compiler, an SDK, a build tool or a JDK, when the image starts the built
 * program and an image for running it exists. It is silent where the tool itself is started (`dotnet run`, `go run`,
 * `mvn spring-boot:run`), where a script starts something that cannot be read, where nothing is copied in or nothing is
 * said to start, where a comment above the `FROM` explains the choice or a folder is called after the release (`8u222/`), for
 * Swift programs that no runtime image of the table fits, and on images for development, tests and builds.
 *
 * ## Why it matters
 *
 * The last stage is what every host pulls. In one stage with the compiler, sources, caches and compiler are pulled with the
 * program, and an edit of a source re-keys the layers that hold them all; a last stage that only copies the result keeps
 * its layers as long as the result stays the same
 * ([Docker docs: multi-stage builds](https://docs.docker.com/build/building/multi-stage/)).
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM eclipse-temurin:21-jdk AS build
 * WORKDIR /src
 * COPY . .
 * RUN ./gradlew --no-daemon bootJar
 *
 * FROM eclipse-temurin:21-jdk
 * COPY --from=build /src/build/libs/app.jar /app.jar
 * ENTRYPOINT ["java", "-jar", "/app.jar"]
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM eclipse-temurin:21-jdk AS build
 * WORKDIR /src
 * COPY . .
 * RUN ./gradlew --no-daemon bootJar
 *
 * FROM eclipse-temurin:21-jre
 * COPY --from=build /src/build/libs/app.jar /app.jar
 * ENTRYPOINT ["java", "-jar", "/app.jar"]
 * ```
 *
 * ## When not to use it
 *
 * Where the program compiles at run time, loads the SDK's own libraries, or is diagnosed with the tools of the JDK.
 *
 * ## Cost model
 *
 * No change is simulated: the saving is the difference of two measured sizes, of the versions named or the nearest ones
 * measured, which the message then says.
 *
 * ## Fix safety
 *
 * Suggested, and only from a JDK to the runtime of the same image where no step uses more: the program may call the
 * compiler or the diagnostic tools itself. All else needs a stage of its own, which is written by hand.
 */
export default defineRule({
  id: 'sdk-image-as-final-base',
  summary: 'The shipped stage stands on an SDK although a runtime image exists',
  category: 'layers',
  severity: 'warning',
  fixable: 'suggested',

  *check(build) {
    const root = rootOf(build.target)
    const { base } = root
    if (base.kind !== 'image' || base.ref === null || root.windows || kindOfFile(build) !== 'application') return
    if (isBaseFile(build) || startsDevelopment(build) || isExplained(build, root) || isExplained(build, build.target)) return
    const sdk = sdkImage(base.ref)
    const started = sdk && sdk.runtimes.length > 0 && !isNamedAfter(build.path, base.ref) && programStarted(build, sdk)
    if (started && (runtimeFor(build, sdk, started) || (sdk.kind === 'compiler' && !LINKS_ITS_LIBRARY.test(base.ref)))) yield reportOf(build, base, sdk, started)
  },
})

/** What it builds needs a library that no plain distribution has. */
const LINKS_ITS_LIBRARY = /(?:^|\/)swift[:@]/

/** A folder called after the release (`8u222/`) wants that very one. */
const isNamedAfter = (path: string, ref: string): boolean => {
  const versions = ref.slice(ref.lastIndexOf(':') + 1).split('-').filter(part => /^\d+(?:[.u]\d+)+$/.test(part))
  return path.split('/').some(folder => versions.includes(folder))
}

type ImageBase = { readonly ref: string | null; readonly text: string; readonly span: Report['at']['span'] }

function reportOf(build: Build, { ref, text, span }: ImageBase, sdk: SdkImage, started: ImageCommand): Report {
  const known = `\`${text}\` (${text === ref ? '' : `\`${ref}\`, `}${sdk.kind})`
  const runtime = runtimeFor(build, sdk, started)
  const isSwap = /JDK/.test(sdk.kind) && !buildsWhereItShips(build)
  return {
    at: { span },
    message: `The image ships on ${known}${isSwap ? ` but starts only \`java\`: ${advice(runtime)}` : `, which only the build needs: ${advice(runtime, ' as the last stage, with the result copied in,')}`}.`,
    ...(runtime?.saving && { cost: { seconds: 0, bytes: runtime.saving.bytes } }),
    related: [{ at: started.setting, message: 'this is what it starts' }],
    ...fixOf(build, { ref, text, span }, sdk, runtime),
  }
}

function fixOf(build: Build, { ref, text, span }: ImageBase, sdk: SdkImage, runtime: LighterVariant | undefined): Pick<Report, 'fix' | 'noFix'> {
  if (sdk.type !== 'jdk' || !runtime || !onlyPlacesFiles(shippedStages(build))) return { noFix: 'what the SDK builds has to move into a stage of its own' }
  if (text !== ref) return { noFix: `\`${text}\` is put together from an argument` }
  if (text.includes('@')) return { noFix: `the digest of \`${runtime.ref}\` is not known without the registry` }
  if (nameOf(runtime.ref) !== nameOf(text)) return { noFix: `\`${runtime.ref}\` is the image of another project` }
  return { fix: { title: `Build on ${runtime.ref}`, safety: 'suggested', assumes: 'the program calls neither the compiler nor the diagnostic tools of the JDK', edits: [{ span, text: runtime.ref }] } }
}

function advice(runtime: LighterVariant | undefined, how = ''): string {
  if (!runtime) return `a slim distribution image${how} would do`
  const [caveat] = runtime.caveat.split(': ')
  return `\`${runtime.ref}\`${how} ${runtime.saving ? `saves ${savingInWords(runtime.saving)}` : 'would do'} (${caveat})`
}

const nameOf = (ref: string): string => ref.replace(/:[^/:]*$/, '')
