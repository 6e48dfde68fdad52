// Compilers that an image for running a program installs and keeps, and removals that leave what a compiler brought along.
import type { Build, RunStep, Step } from '../model/build.ts'
import { imageFamilies, osOf } from './base-images.ts'
import { commandsOf, type NormalCommand } from './commands.ts'
import { contextFilesOf } from '../cache/context-reads.ts'
import { fact } from './fact.ts'
import { imageCommands, startedCommands } from './image-command.ts'
import { baseName } from './image-paths.ts'
import { installsOf, type Install } from './installs.ts'
import { argumentWords, hasOption, parseWords } from './operands.ts'
import { packageRemovals } from './package-traces.ts'
import { scriptTexts } from './script-texts.ts'
import { shippedSteps } from './shipped-steps.ts'
import { rootOf } from './stage-trees.ts'

export interface BuildTools {
  readonly install: Install
  readonly tools: readonly string[]
  /** The later command that needs them most likely. */
  readonly usedBy: NormalCommand
}
export interface HalfRemoval {
  readonly command: NormalCommand
  readonly tools: readonly string[]
  readonly install: Install
}

const COMPILER = /^(?:build-essential|build-base|alpine-sdk|base-devel|gcc|g\+\+|clang|gcc-c\+\+|cmake|rustc|cargo)(?:-\d+(?:\.\d+)?)?$|^@?"?(?:development[- ]tools|Development Tools)"?$/i
const hasCompilers = /buildpack|build|compiler|SDK|JDK/

/** More in one image are not followed: each is compared with each step. */
const MOST_FOUND = 20

/** Installed in the image for good by commands that run whenever their step does. */
export const keptBuildTools = fact((build: Build): readonly BuildTools[] => {
  const { base } = rootOf(build.target)
  const steps = shippedSteps(build)
  if (base.kind !== 'image' || base.ref === null || !steps.some(step => compilersIn(step).length > 0)) return []
  if (osOf(base.ref) === null || imageFamilies(base.ref).some(({ kind }) => hasCompilers.test(kind)) || /devel|cuda|sdk|build|jupyter|conda/.test(base.ref)) return []
  const kept = steps.slice(steps.findLastIndex(mayRemoveTools) + 1)
  return kept.flatMap((step, at) => compilersIn(step).map(found => ({ ...found, at }))).slice(0, MOST_FOUND).flatMap(({ install, tools, at }) => {
    const usedBy = likelyUse(kept.slice(at), install)
    return usedBy ? [{ install, tools, usedBy }] : []
  })
})

const compilersIn = (step: Step): readonly { readonly install: Install; readonly tools: readonly string[] }[] =>
  (step.kind !== 'run' || step.onbuild || step.stage.windows ? [] : installsOf(step).flatMap(install => {
    if (install.row.ecosystem !== 'os' || install.effect !== 'install' || install.command.command.conditional || install.intoOtherRoot) return []
    const tools = install.packages.flatMap(({ name }) => (name !== null && COMPILER.test(name) ? [name] : []))
    return tools.length > 0 ? [{ install, tools }] : []
  }))

/** Any removal of packages: with names that are not known or come from a file, it may be theirs. */
const mayRemoveTools = (step: Step): boolean => {
  if (step.kind !== 'run') return false
  const commands = commandsOf(step)
  return commands === 'opaque' || packageRemovals(step).some(({ place }) => place.includes('package/')) || commands.some(({ program, arguments: values }) =>
    /^(?:apt-get|apt|aptitude|apk|yum|dnf|microdnf|tdnf|zypper|dpkg|rpm|pacman)$/.test(program ?? '') && values.some(value => /^(?:remove|purge|autoremove|autopurge|del|erase|-e|-R\w*|--purge|--remove|-r)$/.test(value ?? '')))
}

const COMPILES = /^(?:pip|pipenv|poetry|uv|bundle|gem|npm|yarn|pnpm|make|cmake|qmake|ninja|meson|cargo|go|composer|pecl|mix|cpan|cpanm|gcc|g\+\+|cc)$/

/** Asks a tool, sets it up, or installs what was compiled elsewhere. */
const isIdle = (value: string | null): boolean => value !== null && /^(?:--version|-[vV]|--help|help|version|config|cache|list|show|env)$|\.whl$|(?:^|\/)wheels?\/\*?$/.test(value)

/** A compilation or an install from manifests before one of tools for all. */
function likelyUse(steps: readonly Step[], { span }: Install): NormalCommand | null {
  const users = steps.flatMap(step => {
    const commands = step.kind === 'run' ? commandsOf(step) : []
    return commands === 'opaque' ? [] : commands.filter(({ program, arguments: values, command }) => COMPILES.test(program ?? '') && command.span.start > span.start && !values.some(isIdle))
  })
  const isGlobal = ({ program, arguments: values }: NormalCommand): boolean => /^(?:npm|yarn|pnpm)$/.test(program ?? '') && values.some(value => value === '-g' || value === '--global' || value === 'config')
    || program === 'pip' && values.every(value => value !== null && /^(?:-.*|install|pip|setuptools|wheel)$/.test(value))
  return users.find(user => !isGlobal(user)) ?? null
}

/** Programs that compile, install or are told what to do as they run. */
const OPEN_PROGRAM = /^(?:(?:ba|z|da|k|fi)?sh|make|cmake|gcc|g\+\+|cargo|go|jupyter\S*|code-server|sshd?|tmux|screen|sleep|tail|cat|pip3?|poetry|pipenv|tox|pytest|pre-commit|ansible\S*|conda|mamba|start-notebook\.sh|rails|rake|R|Rscript|julia|cypress|act|runner|gitlab-runner|jenkins\S*|buildkite-agent|agent|boot|true|echo|ls|supervisord|init|systemd)$/
const INSTALLS_AT_START = /\b(?:pip3?|uv pip|npm|yarn|pnpm|bundle|gem|composer|mix|cargo|go|apt-get|apk|poetry|luarocks)\s+(?:\S+\s+)?(?:install|ci|i|add|build|run build|sync|get|deps\.get)\b|\bmake\b|\bgcc\b|\bcmake\b|\bpecl\b|\bnpm rebuild\b/
/** Packages that compile as they run, or install extensions then. */
const COMPILES_AS_IT_RUNS = /^\s*"?(?:torch|triton|numba|vllm|deepspeed|jax|theano|pystan|cmdstanpy|brian2|pythran|pyximport|cupy\S*|flash-attn|xformers|sglang|tensorflow|pymc\S*|jupyter\S*|notebook|ansible|homeassistant\S*|home-assistant|octoprint|node-red|nodebb|vagrant|apache-airflow|n8n|hubot|strapi|homebridge)\b/im

/** Whether the image starts one program of its own that nothing shows to compile or install. */
export const runsFinishedProgram = fact((build: Build): boolean => {
  const { entrypoint, command } = imageCommands(build)
  const started = [entrypoint, command].flatMap(set => (set ? startedCommands(set) : []))
  const isOpen = started.length === 0 || started.some(one => {
    if (/^(?:exec|cd|export|set)$/.test(baseName(one.program))) return false
    const texts = scriptTexts(build, one)
    return texts === 'unknown' || texts.some(text => INSTALLS_AT_START.test(text)) || texts.length === 0 && OPEN_PROGRAM.test(baseName(one.program)) || INSTALLS_AT_START.test([one.program, ...one.arguments].join(' '))
  })
  return !isOpen && !build.context.ignores('requirements.txt') && !demandsCompiler(build)
})

/** A program that starts a compiler, in the ways of Rust, Go, Python and JavaScript. */
const STARTS_COMPILER = /(?:Command::new|exec\.Command(?:Context)?|subprocess\.\w+|os\.system|spawn|execFile|exec)(?:Sync)?\(\s*(?:ctx,\s*)?\[?\s*["'`](?:\/usr\/bin\/)?(?:gcc|g\+\+|cc|clang|make|cmake|cargo|rustc|go)\b/
const MOST_SOURCES = 60

/** Manifests and sources that the image takes along: what they name or start. */
function demandsCompiler(build: Build): boolean {
  if (COMPILES_AS_IT_RUNS.test(build.text.replace(/\s+/g, '\n'))) return true
  const all = shippedSteps(build).flatMap(step => {
    const taken = step.kind === 'workdir' ? [] : contextFilesOf(build, step)
    return taken === 'unknown' ? [] : [...taken]
  })
  const sources = all.filter(path => /\.(?:rs|go|py|[cm]?[jt]s)$/.test(path) && !/(?:^|\/)(?:node_modules|vendor|tests?|build\.rs)(?:\/|$)/.test(path)).slice(0, MOST_SOURCES)
  if (sources.some(path => STARTS_COMPILER.test(String(build.context.read(path) ?? '')))) return true
  const files = new Set(all.filter(path => /(?:^|\/)(?:requirements[\w.-]*\.(?:txt|in)|requirements\/[\w.-]+\.txt|pyproject\.toml|Pipfile|setup\.py|environment\.ya?ml)$/.test(path)).slice(0, 20))
  return [...files].some(path => COMPILES_AS_IT_RUNS.test(String(build.context.read(path) ?? '')))
}

/** `apt-get purge gcc` in the RUN that installed it, where nothing removes what came with it. */
export const halfRemovals = fact((build: Build): readonly HalfRemoval[] => shippedSteps(build).flatMap(step => {
  const installed = step.kind === 'run' ? compilersIn(step).filter(({ install }) => install.manager === 'apt') : []
  return step.kind === 'run' && installed.length > 0 ? halfRemoval(step, installed) : []
}))

function halfRemoval(step: RunStep, installed: ReturnType<typeof compilersIn>): readonly HalfRemoval[] {
  const commands = commandsOf(step)
  if (commands === 'opaque' || commands.some(({ program, arguments: values }) => /^(?:apt-get|apt|aptitude)$/.test(program ?? '') && values.some(value => value === null || /^(?:autoremove|autopurge|--auto-?remove)$/.test(value)))) return []
  if (/AutoRemove|apt-mark|deborphan|\$\{?\w*deps\b/i.test(step.text)) return []
  return commands.flatMap(command => {
    const parsed = parseWords(argumentWords(command), { short: 'otc', long: ['--option', '--target-release'] })
    const [verb, ...names] = parsed.operands
    if (!/^(?:apt-get|apt)$/.test(command.program ?? '') || !/^(?:remove|purge)$/.test(verb?.value ?? '') || command.command.conditional || hasOption(parsed, '--auto-remove', '--autoremove')) return []
    const match = installed.find(({ install, tools }) => install.span.start < command.command.span.start && names.some(({ value }) => tools.includes(value ?? '')))
    return match ? [{ command, install: match.install, tools: match.tools.filter(tool => names.some(({ value }) => value === tool)) }] : []
  })
}
