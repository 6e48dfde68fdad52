// What a copy brings that ordinary edits change: sources, dependency manifests, or what a build made of sources.
import { contextFilesOf, contextMatches, contextPathOf, lastStep, stepBelow } from '../cache/context-reads.ts'
import type { Build, CopyStep, RunStep, Stage, Step } from '../model/build.ts'
import { takesWholeContext } from './broad-copies.ts'
import { commandsOf, type NormalCommand } from './commands.ts'
import { hasSmallName } from './copied-files.ts'
import { fact } from './fact.ts'
import { absolutePath, baseName, destinationOf, isWithin, pathsOf } from './image-paths.ts'
import { installsOf } from './installs.ts'
import { isManifestName } from './manifest-names.ts'

/** `source`: one file of the sources. */
export type CargoKind = 'sources' | 'output' | 'manifests' | 'source'
export interface ChangingCopy {
  readonly kind: CargoKind
  /** How many context files it takes; null when unknown, or taken from a stage. */
  readonly files: number | null
}

/** null: nothing that changes often, or nobody can tell. A single configuration file or script changes seldom. */
export function changingCopy(build: Build, copy: CopyStep): ChangingCopy | null {
  const known = copiesOf(build)
  let found = known.get(copy)
  if (found === undefined) known.set(copy, found = judge(build, copy))
  return found
}

const copiesOf = fact((_: Build) => new Map<CopyStep, ChangingCopy | null>())

function judge(build: Build, copy: CopyStep): ChangingCopy | null {
  if (copy.onbuild) return null
  if (copy.from.kind === 'stage') return builtInStage(build, copy) ? { kind: 'output', files: null } : null
  if (copy.from.kind !== 'context') return null
  const files = contextFilesOf(build, copy)
  if (files === 'unknown') return byName(copy)
  const kind = kindOf([...files])
  if (kind === null) return copy.hasUnknownSource ? byName(copy) : null
  return kind === 'sources' && files.size === 1 ? oneFile(copy, [...files], 1) : { kind, files: files.size }
}

/** One program counts where it may be all there is of an application, not among the settings of something else. */
const PROGRAM = /\.(?:go|py|rb|php|js|mjs|cjs|ts|java|rs|c|cc|cpp|cs|pl)$/i
const APPLICATION = /^(?!\/(?:usr\/(?!src)|etc|opt|var\/(?!www)|docker-))/
const oneFile = (copy: CopyStep, [file]: readonly string[], files: number | null): ChangingCopy | null =>
  (PROGRAM.test(file ?? '') && APPLICATION.test(destinationOf(copy) ?? '/') ? { kind: 'source', files } : null)

/** By the names of the sources alone. */
function byName(copy: CopyStep): ChangingCopy | null {
  if (takesWholeContext(copy)) return { kind: 'sources', files: null }
  const written = copy.hasUnknownSource && JAR_VARIABLE.test(copy.text) ? ['app.jar'] : copy.sources
  const folders = written.filter(source => SOURCE_FOLDER.test(source.replace(/\/(?:\*\*?)?$/, '')))
  const kind = folders.length > 0 ? 'sources' : kindOf(written)
  if (kind === 'sources' && folders.length === 0 && copy.sources.length === 1) return oneFile(copy, copy.sources, null)
  return kind === null ? null : { kind, files: null }
}

const JAR_VARIABLE = /^\S+\s(?:.*\s)?\$\{?(?:JAR|WAR)_?(?:FILE|PATH|NAME)?\b/
const SOURCE_FOLDER = /^(?:\.?\/)?(?:src|app|lib|server|client|web|api|packages|cmd|internal|pkg|frontend|backend|source|sources)$/
/** Not shell scripts nor settings: such files stand beside a Dockerfile and change as seldom. */
const SOURCE = /\.(?:go|py|rb|php|js|mjs|cjs|jsx|ts|tsx|vue|svelte|java|kt|scala|groovy|rs|c|cc|cpp|cxx|h|hpp|cs|fs|vb|cshtml|razor|ex|exs|erl|hs|clj|swift|dart|html|css|scss|ipynb)$/i
/** Tools keep their settings in files of these names. */
const SETTINGS = /(?:^|\/)(?:[\w.-]+\.config|\.[\w.-]+|[\w.-]*(?:conf|config|settings|healthcheck|health-check|entrypoint|gulpfile|karma[\w.]*)|conftest|sitecustomize)\.\w+$/i
const ARTIFACT = /(?:^|\/)(?:target|build\/libs|build\/install|dist|publish)\/|^app\.[jw]ar$/

function kindOf(paths: readonly string[]): Exclude<CargoKind, 'source'> | null {
  if (paths.some(path => SOURCE.test(path) && !SETTINGS.test(path) && !isManifestName(path) && !ARTIFACT.test(path))) return 'sources'
  if (paths.some(path => ARTIFACT.test(path))) return 'output'
  return paths.some(isManifestName) ? 'manifests' : null
}

/** Trees of installed dependencies and tools' own folders, by a part of their path. */
const DEPENDENCIES = /(?:^|\/)(?:node_modules|vendor|site-packages|dist-packages|\.?v?env|venv|wheels?|wheelhouse|gems|bundle|deps|dependenc(?:y|ies)|(?<!build\/)libs?|\.m2|\.cargo|\.rustup|\.nuget|\.npm|\.cache|\.local|conda|miniconda3?|json|prefix|install|pip)(?:\/|$)/i
/** What a whole root or system folder holds is anybody's guess. */
const SYSTEM = /^\/(?:usr(?:\/(?!local\/bin\/|src|share\/nginx).*)?|usr\/local(?:\/bin)?|etc(?:\/.*)?|lib\d*(?:\/.*)?|var|opt|root|home|tmp|bin|sbin)?$/

const BUILT_FOLDER = /\/\.(?:next|nuxt|output|svelte-kit)(?:\/|$)/
/** A file that says that tests passed is the same each time: it makes this stage wait for that one. */
const MARKER = /(?:pass(?:ed)?|ok|done|success|stamp|marker|complete[d]?|checked)$/i
export const CHECKING_STAGE = /(?:^|[-_.])(?:tests?|testing|lint|check|checks|verify|validate|audit|scan)(?:[-_.]|$)/

function builtInStage(build: Build, copy: CopyStep): boolean {
  if (copy.from.kind !== 'stage') return false
  const { stage } = copy.from
  if (CHECKING_STAGE.test(stage.name ?? '') || copy.sources.every(source => MARKER.test(source))) return false
  return copy.sources.some(source => {
    const path = absolutePath('/', source)!
    return !DEPENDENCIES.test(path) && !SYSTEM.test(path) && !isManifestName(path) && (BUILT_FOLDER.test(path) || !hasSmallName(path)) && isMadeFromSources(build, stage, path)
  })
}

/** The copies of sources into a stage and those it is built FROM, last first, and the project builds above each. */
interface Sourced { readonly folder: string; readonly copy: CopyStep; readonly runs: readonly RunStep[] }

const sourcedOf = fact((build: Build) => {
  const known = new Map<Stage, readonly Sourced[]>()
  return (stage: Stage): readonly Sourced[] => {
    let found = known.get(stage)
    // Until it is known a stage holds no sources, so that none waits for itself.
    if (!found) {
      known.set(stage, [])
      known.set(stage, found = sourcedIn(build, stage))
    }
    return found
  }
})

/** More in one stage are not followed. */
const MOST_COPIES = 30
const MOST_RUNS = 30

function sourcedIn(build: Build, stage: Stage): readonly Sourced[] {
  const found: Sourced[] = []
  let runs: readonly RunStep[] = []
  for (let at: Step | null = lastStep(stage); at && found.length < MOST_COPIES; at = stepBelow(at)) {
    if (at.kind === 'run') runs = [...runs, at].slice(-MOST_RUNS)
    if (at.kind !== 'copy' && at.kind !== 'add') continue
    const folder = destinationOf(at)
    const kind = changingCopy(build, at)?.kind
    if (folder !== null && (kind === 'sources' || kind === 'output' || kind === 'source')) found.push({ folder, copy: at, runs })
  }
  return found
}

function isMadeFromSources(build: Build, stage: Stage, path: string): boolean {
  const steady = path.replace(/\/?[^/]*[*?[].*$/, '')
  return steady !== '' && sourcedOf(build)(stage).some(({ folder, copy, runs }) => {
    if (isWithin(folder, steady)) return true
    if (!isWithin(steady, folder)) return runs.some(run => buildsProject(run) ? namesOutput(run, steady) || isBesides(run, steady, folder) : namesOutput(run, steady) && readsFrom(run, folder))
    return hasFilesBelow(build, copy, steady) ?? runs.some(run => buildsProject(run) || /\/full$/.test(steady) && /\bprune\b/.test(run.text))
  })
}

/** Where builds put what they make, right below the folder of the project. */
const OUTPUT_FOLDER = /^(?:dist|build|out|target|publish|_site|\.next|\.output)(?:\/|$)/

/** The output folder of the project that the step builds, with the sources in another folder of it. */
const isBesides = ({ workdir }: RunStep, output: string, sources: string): boolean =>
  workdir !== null && workdir !== '/' && isWithin(sources, workdir) && isWithin(output, workdir) && OUTPUT_FOLDER.test(output.slice(workdir.length + 1))

/** Whether the copy itself put files there; null when the context does not say so. */
function hasFilesBelow(build: Build, copy: CopyStep, path: string): true | null {
  const origin = contextPathOf(copy, path)
  const files = origin === null ? 'unknown' : contextMatches(build, origin, ['**/*.*'])
  return files !== 'unknown' && files.length > 0 ? true : null
}

/** The path, or the folder that holds it, stands in the command. */
const namesOutput = (run: RunStep, path: string): boolean => {
  const text = run.script?.text ?? run.argv.join(' ')
  const folder = path.slice(0, path.lastIndexOf('/'))
  return [path, ...folder.split('/').length > 1 && !SYSTEM.test(folder) ? [folder] : []].some(place => new RegExp(`${place.replace(/[^\w/-]/g, '\\$&')}(?![\\w-])`).test(text))
    || /^\/go\/bin(?:\/|$)/.test(path) && /\bgo\s+install\b/.test(text)
}

const COMPILERS = /^(?:make|ninja|meson|cmake|gcc|g\+\+|clang|javac|rustc|tsc|webpack|vite|ng|next|nuxt|hugo|jekyll|msbuild|gradlew?|mvnw?|xcodebuild|trunk|wasm-pack|mkdocs|sphinx-build|gox|goreleaser|mage|bazel|buck|nx|turbo|esbuild|rollup|parcel|gatsby|astro)$/
const SCRIPTS = /^(?:npm|pnpm|yarn|bun|npx|deno|nx|composer|rake|rails|mix|just|task)$/
const BUILDS = /^(?:[\w:.-]*:)?(?:build|compile|bundle|dist|generate|export|release|assets|package|prod|production|publish)(?:[:.-][\w:.-]*)?$|assets:precompile|assets\.deploy/

/** Whether a step builds the project: what it leaves hangs on the sources. */
export const buildsProject = fact((run: RunStep): boolean => {
  const commands = commandsOf(run)
  return commands !== 'opaque' && (installsOf(run).some(({ effect, needsSources }) => effect === 'build' || needsSources === true) || commands.some(isBuild))
})

const isBuild = ({ program, arguments: values }: NormalCommand): boolean =>
  program !== null && (COMPILERS.test(program) && !values.some(value => value === 'prune') || SCRIPTS.test(program) && values.slice(0, 6).some(value => value !== null && BUILDS.test(value)))

const readsFrom = (run: RunStep, folder: string): boolean => {
  const commands = commandsOf(run)
  return commands !== 'opaque' && commands.some(command => /^(?:cp|mv|install|rsync)$/.test(command.program ?? '') && command.words.slice(1).some(word => pathsOf(command, word).some(path => isWithin(path, folder) && !DEPENDENCIES.test(baseName(path)))))
}
