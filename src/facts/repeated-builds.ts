// Two commands that build the same project from the same files one after the other, where the second one alone would do.
import { contextPathOf, contextReadersBelow, stepBelow } from '../cache/context-reads.ts'
import type { Build, RunStep, Step } from '../model/build.ts'
import { commandsOf, type NormalCommand } from './commands.ts'
import { installsBy, isScript } from './context-places.ts'
import { fact } from './fact.ts'
import { folderOf, isWithin, pathOf } from './image-paths.ts'
import type { Install } from './installs.ts'
import { stagesBelow } from './stage-trees.ts'

export interface RepeatedBuild {
  readonly first: NormalCommand
  readonly second: NormalCommand
  /** `output`: nothing uses what the first one makes. `clean`: the second throws it away. `script`: the second runs the first itself. */
  readonly how: 'output' | 'clean' | 'script'
  /** Of .NET: where both put what they make. */
  readonly output: string | null
}

/** Nobody writes more of them by hand, into a file or into one step. */
const MOST_RUNS = 500
const MOST_COMMANDS = 10

export const repeatedBuilds = fact((build: Build): readonly RepeatedBuild[] => {
  const found = new Map<NormalCommand, RepeatedBuild>()
  const steps = build.stages.filter(({ reachable, windows }) => reachable && !windows).flatMap(stage => stage.steps).filter((step): step is RunStep => step.kind === 'run' && !step.onbuild)
  for (const step of steps.slice(0, MOST_RUNS)) {
    for (const second of buildCommands(step)) {
      for (const first of earlierCommands(step, second)) {
        const how = relation(build, first, second)
        if (how && !found.has(first)) found.set(first, { first, second, how, output: sharedOutput(first, second) })
      }
    }
  }
  return [...found.values()]
})

const buildCommands = fact((step: RunStep): readonly NormalCommand[] => {
  const commands = commandsOf(step)
  return commands === 'opaque' ? [] : commands.filter(command => !command.command.conditional && (dotnetBuild(command) !== null || jvmBuild(command) !== null || scriptName(command) !== null)).slice(0, MOST_COMMANDS)
})

/** More steps are not followed back. */
const MOST_STEPS = 30

/** Build commands before this one, back to the nearest copy: from there on the files are the same. */
function earlierCommands(step: RunStep, second: NormalCommand): readonly NormalCommand[] {
  const own = buildCommands(step)
  const found = own.slice(0, own.indexOf(second))
  let count = 0
  for (let at: Step | null = stepBelow(step); at && count < MOST_STEPS; at = stepBelow(at), count++) {
    if (at.kind === 'workdir') continue
    if (at.kind !== 'run' || at.onbuild || commandsOf(at) === 'opaque') break
    found.push(...buildCommands(at))
  }
  return found
}

function relation(build: Build, first: NormalCommand, second: NormalCommand): RepeatedBuild['how'] | null {
  const [a, b] = [dotnetBuild(first), dotnetBuild(second)]
  if (a && b) return a.verb === 'build' && b.verb === 'publish' && isSameDotnet(a, b) && !isOutputUsed(build, a, b) ? 'output' : null
  const [c, d] = [jvmBuild(first), jvmBuild(second)]
  if (c && d) return c.manager === d.manager && c.directory === d.directory && d.words.some(word => /^:?clean$/.test(word)) && c.settings === d.settings && coversGoals(c, d) ? 'clean' : null
  const [one, other] = [scriptName(first), scriptName(second)]
  if (one === null || other === null || folderOf(first) !== folderOf(second) || hasOwnSettings(first) || hasOwnSettings(second)) return null
  return runsScript(build, second, other, one) ? 'script' : null
}

// .NET

interface Dotnet { readonly verb: string; readonly command: NormalCommand; readonly install: Install; readonly project: string; readonly settings: ReadonlyMap<string, string>; readonly output: string | null }

const dotnetBuild = fact((command: NormalCommand): Dotnet | null => {
  const install = installsBy(command).find(({ manager, verb }) => manager === 'dotnet' && (verb === 'build' || verb === 'publish'))
  if (!install || install.options.some(({ name }) => name === '--no-build')) return null
  const settings = new Map<string, string>()
  let output: string | null = null
  let project = folderOf(command) ?? ''
  const words = command.words.slice(2)
  for (let at = 0; at < words.length; at++) {
    const { value, text } = words[at]!
    const word = value ?? text
    const name = OPTIONS[word.replace(/[=:].*$/s, '')]
    const given = /^-{1,2}[\w-]+[=:](.*)$/s.exec(word)?.[1]
    if (name !== undefined) {
      const option = given ?? words[++at]?.value ?? words[at]?.text ?? ''
      if (name === 'output') output = pathOf(command, option)
      else settings.set(name, option)
    } else if (/^(?:-{1,2}|\/)p(?:roperty)?[:=]/.test(word)) settings.set(word.replace(/^.*?[:=]/, ''), '')
    else if (!/^[-/]/.test(word)) project = pathOf(command, word) ?? word
  }
  return { verb: install.verb, command, install, project, settings, output }
})

const OPTIONS: Readonly<Record<string, string>> = {
  '-c': 'configuration', '--configuration': 'configuration', '-r': 'runtime', '--runtime': 'runtime', '-a': 'arch', '--arch': 'arch', '--os': 'os',
  '-f': 'framework', '--framework': 'framework', '-o': 'output', '--output': 'output', '-v': 'verbosity', '--verbosity': 'verbosity', '--version-suffix': 'suffix',
}
function sharedOutput(first: NormalCommand, second: NormalCommand): string | null {
  const [one, other] = [dotnetBuild(first)?.output ?? null, dotnetBuild(second)?.output]
  return one === other ? one : null
}

const IGNORED = new Set(['verbosity'])

/** Without a configuration `build` means Debug, and `publish` Release since .NET 8. */
function isSameDotnet(build: Dotnet, publish: Dotnet): boolean {
  if (build.project !== publish.project || !build.settings.has('configuration')) return false
  const own = [...build.settings].filter(([name]) => !IGNORED.has(name))
  const isTarget = (name: string): boolean => Object.values(OPTIONS).includes(name) && !IGNORED.has(name)
  return own.every(([name, value]) => publish.settings.get(name) === value) && [...publish.settings.keys()].every(name => !isTarget(name) || build.settings.has(name))
}

const TESTS = /--no-build\b|dotnet\s+(?:test|vstest|run)\b/

/** Other stages, steps or tests stand on the first build. */
function isOutputUsed(build: Build, first: Dotnet, second: Dotnet): boolean {
  const { step } = first.command
  const chain = stagesBelow(second.command.step.stage)
  const others = build.stages.filter(stage => stage.base.kind === 'stage' && stage.base.stage === step.stage && !chain.includes(stage))
  if (others.length > 0 || build.target === step.stage) return true
  const isNamed = (text: string): boolean => first.output !== null && first.output !== second.output && text.includes(first.output)
  return build.stages.flatMap(({ instructions }) => instructions).some(instruction => {
    if (instruction.span.start <= step.span.start || instruction === second.command.step) return false
    if (instruction.kind === 'copy' && instruction.from.kind === 'stage' && chain.includes(instruction.from.stage)) return instruction.sources.some(source => first.output !== second.output && (first.output === null ? /\/bin(?:\/|$)/.test(source) : isWithin(first.output, source) || isWithin(source, first.output)) && source !== '/')
    return instruction.kind === 'run' && chain.includes(instruction.stage) && (isNamed(instruction.text) || TESTS.test(instruction.text) || /\bbin\//.test(instruction.text))
  }) || TESTS.test(second.command.step.text) || TESTS.test(step.text)
}

// Maven and Gradle

interface Jvm { readonly manager: string; readonly directory: string | null; readonly words: readonly string[]; readonly settings: string }

const jvmBuild = fact((command: NormalCommand): Jvm | null => {
  const install = installsBy(command).find(({ manager, effect }) => (manager === 'maven' || manager === 'gradle') && effect === 'build')
  if (!install || install.hasUnknownManifest || command.words.some(({ value }) => value === null)) return null
  const words = command.words.slice(1).map(({ value }) => value!)
  const goals = words.filter(word => !word.startsWith('-'))
  const settings = words.filter(word => /^-(?:D(?!skipTests|maven\.test\.skip)|P|pl|am|f|b|c|p)/.test(word)).join(' ')
  return { manager: install.manager, directory: install.directory, words: goals, settings }
})

const PHASES = ['compile', 'test-compile', 'test', 'package', 'verify', 'install', 'deploy']
/** What the first one made, the second one makes as well. */
function coversGoals(first: Jvm, second: Jvm): boolean {
  const phase = ({ words }: Jvm): number => Math.max(...words.map(word => PHASES.indexOf(word)))
  const goals = first.words.filter(word => word !== 'clean')
  return goals.length > 0 && (first.manager === 'maven' ? goals.every(word => PHASES.includes(word)) && phase(second) >= phase(first) && phase(first) >= 0 : goals.every(word => second.words.includes(word)))
}

// Scripts of package.json

/** `build` of `npm run build`. */
function scriptName(command: NormalCommand): string | null {
  if (!/^(?:npm|yarn|pnpm|bun)$/.test(command.program ?? '') || !isScript(command)) return null
  const [verb, script] = command.arguments
  const name = verb === 'run' || verb === 'run-script' ? script : verb
  return command.arguments.length === (name === verb ? 1 : 2) && typeof name === 'string' && !name.startsWith('-') ? name : null
}
const hasOwnSettings = ({ command }: NormalCommand): boolean => command.assignments.length > 0

/** Whether one script of the project starts the other, by itself or through a third. */
function runsScript(build: Build, command: NormalCommand, from: string, wanted: string): boolean {
  const scripts = scriptsOf(build, command)
  const seen = new Set<string>()
  const open = [from]
  for (let name = open.pop(); name !== undefined && scripts; name = open.pop()) {
    if (seen.has(name)) continue
    seen.add(name)
    const texts = [`pre${name}`, name, `post${name}`].flatMap(key => (Object.hasOwn(scripts, key) && (key === name || name === from || true) ? scripts[key]! : []))
    const called = texts.flatMap(text => [...text.matchAll(/(?:^|&&|;)\s*(?:npm run(?:-script)?|yarn(?: run)?|pnpm(?: run)?|bun run)\s+([\w:.-]+)\s*(?=$|&&|;)/g)].map(match => match[1]!))
    if (called.includes(wanted) && (name !== wanted)) return true
    open.push(...called)
  }
  return false
}

function scriptsOf(build: Build, command: NormalCommand): Readonly<Record<string, string>> | null {
  const folder = folderOf(command)
  if (folder === null) return null
  for (const copy of contextReadersBelow(command.step).toReversed()) {
    const path = copy.kind === 'run' ? null : contextPathOf(copy, `${folder}/package.json`)
    const text = path === null ? null : build.context.read(path)
    if (typeof text === 'string' && text !== 'unknown') return scriptsIn(text)
  }
  return null
}

function scriptsIn(text: string): Readonly<Record<string, string>> | null {
  try {
    const value: unknown = JSON.parse(text)
    const scripts: unknown = typeof value === 'object' && value !== null && 'scripts' in value ? value.scripts : null
    return typeof scripts === 'object' && scripts !== null ? Object.fromEntries(Object.entries(scripts).filter((entry): entry is [string, string] => typeof entry[1] === 'string')) : null
  } catch {
    return null
  }
}
