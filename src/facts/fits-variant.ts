// Whether everything visible that runs on a base image would run on a lighter variant of it: programs of RUN and of the image's command,
// what is installed, what comes in from other stages. What cannot be read counts as not fitting.
import { developmentPackage, programsOfDebian, toolPackages, toolPrograms } from '../data/system-needs.ts'
import type { Build, CopyStep, RunStep, Stage } from '../model/build.ts'
import type { LighterVariant } from './base-images.ts'
import { commandsOf } from './commands.ts'
import type { NormalCommand } from './commands.ts'
import { imageCommands, startedCommands } from './image-command.ts'
import type { StartedCommand } from './image-command.ts'
import { baseName } from './image-paths.ts'
import { installsOf } from './installs.ts'
import { isPlainInstall, isPlainNodeProject } from './package-needs.ts'
import { packageCommandsOf } from './recognise.ts'
import { scriptTexts } from './script-texts.ts'
import { rootOf, stagesBelow, stagesOn } from './stage-trees.ts'

interface Ground {
  readonly build: Build
  /** Programs that are not there, until a package brings them. */
  readonly missing: Set<string>
  /** The same with those that a package has brought by now. */
  readonly tools: ReadonlySet<string>
  /** Of a stage that only builds: tools may be used, but nothing may be compiled. */
  readonly isBuilder: boolean
  /** Node runs there: what npm installs elsewhere may run here. For other languages it makes files for browsers. */
  readonly isNode: boolean
  /** Builder stages looked at so far, which copy from one another: each once. */
  readonly builders: Set<Stage>
}

/** Nobody copies from more; each is a call inside the one before. */
const MOST_BUILDERS = 50

const programsOf = (tool: string): readonly string[] => (Object.hasOwn(toolPrograms, tool) ? toolPrograms[tool]! : [tool])

/** Whether all stages on this one's base would do with the variant instead. */
export function fitsVariant(build: Build, root: Stage, variant: LighterVariant): boolean {
  const lost = [...variant.lost, ...(variant.libc === 'musl' ? ['bash'] : []), ...(variant.caveat.includes('without curl') ? ['curl'] : [])].flatMap(programsOf)
  const ground: Ground = { build, missing: new Set(lost), tools: new Set(lost), isBuilder: false, isNode: variant.image === 'node', builders: new Set() }
  const stages = stagesOn(build, root)
  const isServer = variant.family.kind === 'server'
  if (isServer && usesModules(build)) return false
  if (isServer && stages.some(({ shell }) => shell.some(word => ground.missing.has(baseName(word))))) return false
  return stages.every(stage => stage.steps.every(step => {
    if (step.kind === 'run') return runFits(ground, step, isServer)
    return step.kind === 'workdir' || copyFits(ground, step, isServer)
  })) && imageFits(ground, isServer)
}

const moduleDirectives = /^\s*(?:load_module|js_\w+|image_filter|xslt_\w+|xml_entities|geoip_\w+|perl_\w+)\b/m

/** Modules of nginx that its small images leave out. */
const usesModules = ({ context }: Build): boolean => {
  const files = context.files()
  return files !== 'unknown' && files.some(({ path }) => /\.(?:conf|template)$/.test(path) && moduleDirectives.test(textOf(context.read(path))))
}

const textOf = (text: string | null | 'unknown'): string => text ?? ''

function runFits(ground: Ground, step: RunStep, isServer = false): boolean {
  const commands = commandsOf(step)
  return commands !== 'opaque' && commands.every(command => commandFits(ground, command) && !(isServer && packageCommandsOf(command).length > 0))
}

const toolsOfBuilders: ReadonlySet<string> = new Set([...Object.values(toolPrograms).flat(), 'curl', 'wget', 'perl', 'patch'])
const compilers = /^(?:make|cmake|gcc|g\+\+|cc|c\+\+|clang|ld|go|cargo|rustc|mvn|gradle|ninja|meson|autoconf|configure)$/

function commandFits(ground: Ground, command: NormalCommand): boolean {
  const { program, arguments: values } = command
  if (command.command.callsFunction || command.words.length === 0) return true
  if (program === 'npm' && values[0] === 'rebuild') return false
  if (program === null || (ground.isBuilder ? compilers.test(program) : ground.missing.has(program))) return false
  if (ground.isBuilder && !ground.isNode && isNodeTool(program)) return true
  if (program === 'tar' && !ground.isBuilder && values.some(value => value === null || /\.(?:xz|txz|bz2|tbz2?|zst|lzma)$|^-?[a-zA-Z]*[jJ][a-zA-Z]*$/.test(value))) return false
  const managed = packageCommandsOf(command)
  const installs = installsOf(command.step).filter(install => install.command === command)
  if (installs.some(({ row }) => row.ecosystem === 'os')) return installs.every(({ packages }) => bringPackages(ground, packages.map(({ name }) => name)))
  if (installs.length > 0) return installs.every(install => isPlainInstall(ground.build, install))
  if (managed.length > 0) return managed.every(({ row, verb }) => row.name === 'apt' || verb.effect === 'clean')
  // An argument may be a program as well: `find … -exec git`, `xargs curl`.
  if (programsOfDebian.has(program)) return !values.some(value => value !== null && ground.missing.has(value))
  if (Object.hasOwn(quietVerbs, program)) return quietVerbs[program]!.test(values[0] ?? '') || (isNodeTool(program) && scriptsFit(ground))
  if (program === 'python') return !values.some(value => value !== null && /(?:^|\/)setup\.py$/.test(value))
  return program === 'node' || ground.tools.has(program)
}

/** What the language's own tools do without installing anything. */
const quietVerbs: Readonly<Record<string, RegExp>> = {
  npm: /^(?:config|set|cache|prune|pkg|version|-v|--version)$/, yarn: /^(?:config|set|cache|version|-v|--version)$/, pnpm: /^(?:config|set|store|prune|-v|--version)$/, npx: /^(?!)/, bun: /^(?:pm|--version|-v)$/, bunx: /^(?!)/,
  corepack: /^(?:enable|prepare|use|install)$/, pip: /^(?:config|cache|list|check|freeze|--version|-V)$/, uv: /^(?:venv|cache|--version)$/, poetry: /^(?:config|--version)$/,
}

const isNodeTool = (program: string): boolean => /^(?:npm|npx|yarn|pnpm|bun|bunx)$/.test(program)

/** Packages of Debian: whether they are for running, not for building; what they bring is there from now on. */
function bringPackages({ missing }: Ground, names: readonly (string | null)[]): boolean {
  for (const name of names) {
    if (name === null || developmentPackage.test(name)) return false
    const tool = Object.hasOwn(toolPackages, name) ? toolPackages[name]! : name
    for (const program of programsOf(tool)) missing.delete(program)
  }
  return true
}

const scriptTable = /"scripts"\s*:\s*\{((?:[^{}"]|"(?:[^"\\]|\\.)*")*)\}/
const entry = /"([^"]+)"\s*:\s*"((?:[^"\\]|\\.)*)"/g
/** Scripts that no image build runs. */
const otherScripts = /release|deploy|publish|version|lint|format|docs|e2e|test|commit|changelog|docker/
const shellScript = /(?:^|[\s;&|])(?:(?:ba)?sh\s|\.{0,2}\/?[\w./-]+\.sh\b)/

/** The scripts of the package.json files, for whoever runs one of them. */
function scriptsFit({ build, missing, isBuilder }: Ground): boolean {
  const files = build.context.files()
  if (files === 'unknown' || !isPlainNodeProject(build)) return false
  const manifests = files.filter(({ path }) => baseName(path) === 'package.json' && !path.includes('node_modules/')).map(({ path }) => textOf(build.context.read(path)))
  const scripts = manifests.flatMap(text => [...(scriptTable.exec(text)?.[1] ?? '').matchAll(entry)].filter(([, name]) => !otherScripts.test(name!)).map(([, , script]) => script!))
  return isBuilder || !scripts.some(script => shellScript.test(script) || startedCommands({ words: script.split(/\s+|(?=[;&|])|(?<=[;&|])(?![;&|])/) }).some(({ program }) => missing.has(baseName(program))))
}

/** The entrypoint of the image runs what is in there, with any shell. */
const runsAtStart = /(?:^|\/)docker-entrypoint\.d(?:\/|$)/

/** Files of another stage run here, if they are programs or were installed there. */
function copyFits(ground: Ground, step: CopyStep, isServer: boolean): boolean {
  const { from } = step
  if (from.kind === 'context') return !(isServer && runsAtStart.test(step.target ?? ''))
  if (isServer) return step.target !== null && !/(?:^|\/)(?:s?bin|lib|libexec|modules)(?:\/|$)/.test(step.target)
  if (from.kind === 'image') return /(?:^|\/)astral-sh\/uv(?::|@|$)/.test(from.ref)
  return from.kind === 'stage' && builderFits(ground, from.stage)
}

function builderFits({ build, isNode, builders }: Ground, stage: Stage): boolean {
  if (builders.has(stage)) return true
  if (builders.size >= MOST_BUILDERS) return false
  builders.add(stage)
  const base = rootOf(stage).base
  if (base.kind !== 'image' || base.ref === null) return base.kind === 'scratch'
  const ground: Ground = { build, missing: new Set(), tools: toolsOfBuilders, isBuilder: true, isNode, builders }
  return stagesBelow(stage).every(({ steps }) => steps.every(step => (step.kind === 'run' ? runFits(ground, step) : step.kind === 'workdir' || copyFits(ground, step, false))))
}

/** A server starts by itself; what a language's image is for, only the file can say. */
function imageFits(ground: Ground, isServer: boolean): boolean {
  const { entrypoint, command, healthcheck } = imageCommands(ground.build)
  if (!entrypoint && !command && !isServer) return false
  const started = [entrypoint, command, healthcheck].flatMap(set => (set ? startedCommands(set) : []))
  return started.every(one => startFits(ground, one)) && composeFits(ground)
}

/** Compose files may set another command or a health check; whose it is does not matter here. */
function composeFits({ build: { context }, missing }: Ground): boolean {
  const files = context.files()
  return files === 'unknown' || files.filter(({ path }) => /^(?:docker-)?compose(?:[.-][\w.-]+)?\.ya?ml$/.test(baseName(path))).every(({ path }) => {
    const text = textOf(context.read(path)).replace(/["',[\]]/g, ' ')
    return ![...missing].some(program => mentions(text, program))
  })
}

function startFits(ground: Ground, { program, arguments: values }: StartedCommand): boolean {
  const name = baseName(program)
  if (ground.missing.has(name) || values.some(value => ground.missing.has(baseName(value)))) return false
  if (isNodeTool(name)) return scriptsFit(ground)
  const texts = scriptTexts(ground.build, { program, arguments: values })
  return texts !== 'unknown' && !texts.some(text => [...ground.missing].some(missing => mentions(text, missing)))
}

const mentions = (text: string, program: string): boolean =>
  new RegExp(`(?:^|[\\s;&|(\`/])${program.replace(/[.+*?^$()[\]{}|\\]/g, '\\$&')}(?=$|[\\s;&|)\`])`, 'm').test(text.replace(/^\s*#(?!!).*/gm, ''))
