// Dependencies for developers and tests that end up in an image which starts without them.
import { lastStep, stepBelow } from '../cache/context-reads.ts'
import type { Build, Step } from '../model/build.ts'
import { commandsOf, type NormalCommand } from './commands.ts'
import { fact } from './fact.ts'
import { developmentDependencies, type DevelopmentDependencies } from './development-dependencies.ts'
import { treesOf, treeOf } from './dependency-trees.ts'
import { imageCommands, startedCommands, startsDevelopment } from './image-command.ts'
import { baseName } from './image-paths.ts'
import { installs, installsOf, type Install } from './installs.ts'
import { scriptTexts } from './script-texts.ts'
import { isForShipping } from './shipping.ts'
import { shippedStages } from './stages.ts'

export interface ShippedDevelopment {
  readonly install: Install
  /** Those that are known to be tools. */
  readonly tools: readonly string[]
  readonly remedy: string
  /** Whether the tree comes out of a builder stage. */
  readonly isCopied: boolean
  /** Whether a later command of its stage builds or tests, and so may need them. */
  readonly servesBuild: boolean
}

/** Tools that no program needs while it runs, as far as its start command does not call them. */
const TOOLS = /^(?:typescript|eslint.*|prettier.*|jest|ts-jest|mocha|chai|vitest|@vitest\/.*|karma.*|jasmine.*|webpack|webpack-cli|webpack-dev-server|rollup|esbuild|vite|@vitejs\/.*|@types\/.*|@babel\/(?:core|cli|preset-.*)|nodemon|ts-node|ts-node-dev|tsx|husky|lint-staged|nyc|sinon|supertest|cypress|playwright|@playwright\/.*|@storybook\/.*|storybook|stylelint.*|tslint.*|@typescript-eslint\/.*|@angular\/cli|@nestjs\/(?:cli|schematics|testing)|sass|node-sass|less|postcss.*|autoprefixer|tailwindcss|rimraf|concurrently|pytest.*|mypy|ruff|black|flake8.*|isort|pylint|pre-commit|coverage|ipython|ipdb|tox|bandit|pyright|types-.*|phpunit\/.*|mockery\/.*|phpstan\/.*|friendsofphp\/.*|squizlabs\/.*|fakerphp\/.*|laravel\/(?:pint|sail)|nunomaduro\/collision|rspec.*|rubocop.*|capybara|selenium-webdriver|webmock|vcr|simplecov|factory_bot.*|brakeman|byebug|pry.*|debug|web-console|spring.*|listen|letter_opener|bullet|faker|cucumber.*|minitest.*)$/
/** Programs by the package that brings them, where the names differ. */
const BINARIES: Readonly<Record<string, string>> = { tsc: 'typescript', ng: '@angular/cli', nest: '@nestjs/cli', 'babel-node': '@babel/node', babel: '@babel/cli', 'run-s': 'npm-run-all', 'run-p': 'npm-run-all', 'vue-cli-service': '@vue/cli-service', 'svelte-kit': '@sveltejs/kit', remix: '@remix-run/dev', sequelize: 'sequelize-cli', dotenv: 'dotenv-cli', webpack: 'webpack-cli', 'ts-node-dev': 'ts-node-dev', storybook: 'storybook' }

/** Nobody writes more by hand. */
const MOST_INSTALLS = 100

export const shippedDevelopment = fact((build: Build): readonly ShippedDevelopment[] => {
  const all = installs(build).filter(({ step, from }) => step.stage.reachable && !step.stage.windows && !step.onbuild && from.includes('manifests')).slice(0, MOST_INSTALLS)
  if (all.length === 0 || !isForShipping(build) || startsDevelopment(build) || build.context.source === null) return []
  const stages = shippedStages(build)
  const found = new Set([...treesOf(build, all, stages).map(({ install }) => install), ...all.filter(install => stages.includes(install.step.stage) && treeOf(install) === null && isLastOfItsKind(build, install))])
  return [...found].flatMap(install => {
    const development = install.command.command.conditional ? null : developmentDependencies(build, install)
    const tools = development?.names.filter(name => TOOLS.test(name)) ?? []
    return development === null || tools.length === 0 || mayNeed(build, development) || isNeededByInstall(install, development) ? [] : [{ install, tools, remedy: development.remedy, isCopied: !stages.includes(install.step.stage), servesBuild: isFollowedByBuild(install) }]
  })
})

const RUNS = /^(?:npm|npx|pnpm|yarn|bun|bunx|node|tsc|make|composer|php|uv|poetry|python|bundle|rails|rake|ng|nest|vite|webpack)$/
/** Commands that need no tool of the project, and builds of other folders, do not count. */
const HOUSEKEEPING = /^(?:cache|config|set|ls|list|audit|prune|--version|-v|clear-cache|clearcache)$/
const isFollowedByBuild = ({ step, span, directory }: Install): boolean => step.stage.steps.some(other => other.kind === 'run' && other.index >= step.index && (commandsOf(other) === 'opaque' ||
  (commandsOf(other) as readonly NormalCommand[]).some(({ command, program, words, directory: where }) => command.span.start > span.start && (where === null || where === directory) && RUNS.test(program ?? '') && words.length > 1 && !HOUSEKEEPING.test(words[1]?.value ?? ''))))

/** Where the packages have no folder of their own, a later install of the project counts. */
function isLastOfItsKind({ target }: Build, install: Install): boolean {
  for (let at: Step | null = lastStep(target); at; at = stepBelow(at)) {
    if (at.kind !== 'run') continue
    const last = installsOf(at).findLast(({ manager, from }) => manager === install.manager && from.includes('manifests'))
    if (last) return last === install
  }
  return false
}

/** Whether what the image starts calls one of them, as far as its command, its scripts and those of the manifest tell. */
function mayNeed(build: Build, { names, manifest }: DevelopmentDependencies): boolean {
  const { entrypoint, command } = imageCommands(build)
  if (entrypoint === null && command === null) return true
  const started = [entrypoint, command].flatMap(set => (set ? startedCommands(set) : []))
  const texts: string[] = []
  for (const one of started) {
    const script = scriptTexts(build, one)
    if (script === 'unknown') return true
    texts.push([one.program, ...one.arguments].join(' '), ...script)
  }
  const scripts = scriptsOf(manifest)
  const seen = new Set<string>()
  for (let at = 0; at < texts.length; at++) {
    const text = texts[at]!
    if (/\$\{?[A-Z_]*(?:COMMAND|CMD)\b|\beval\b/.test(text)) return true
    for (const name of scriptNames(text)) {
      if (seen.has(name)) continue
      seen.add(name)
      const script = scripts[name]
      if (script === undefined && name !== 'start') return true
      for (const part of [script, scripts[`pre${name}`], scripts[`post${name}`]]) if (part !== undefined) texts.push(part)
    }
  }
  return texts.some(text => callsOneOf(text, names))
}

/** An install without them would then fail, or lack what they generate into the tree. */
function isNeededByInstall({ runsScripts }: Install, { names, manifest }: DevelopmentDependencies): boolean {
  const hooks = Object.entries(scriptsOf(manifest)).filter(([name]) => /^(?:pre|post)?(?:install|prepare)$|^(?:pre|post)-(?:install|update|autoload)/.test(name))
  const texts = hooks.flatMap(([, script]) => [script ?? '', ...scriptNames(String(script)).map(name => String(scriptsOf(manifest)[name] ?? ''))])
  return runsScripts && texts.some(text => callsOneOf(String(text), names)) || /"@prisma\/client"/.test(manifest)
}

const scriptNames = (text: string): readonly string[] => [
  ...[...text.matchAll(/\b(?:npm|pnpm|yarn|bun)\b(?:\s+(?:--?[\w-]+(?:=\S+)?|run|run-script))*\s+([\w:.-]+)/g)].map(([, name]) => name!).filter(name => !/^(?:exec|dlx|install|ci|config|node|workspace|cache)$/.test(name)),
  // npm-run-all and the like name scripts, too.
  ...[...text.matchAll(/\b(?:run-s|run-p|npm-run-all)((?:\s+[\w:-]+)+)/g)].flatMap(([, names]) => names!.trim().split(/\s+/).filter(name => !name.startsWith('-'))),
]

function scriptsOf(manifest: string): Readonly<Record<string, string | undefined>> {
  try {
    return (JSON.parse(manifest) as { readonly scripts?: Readonly<Record<string, string>> } | null)?.scripts ?? {}
  } catch {
    return {}
  }
}

/** By the name of a package anywhere among the words: as a program, a module to load, a path. */
function callsOneOf(text: string, names: readonly string[]): boolean {
  const words = text.split(/[\s"'`;&|()=,[\]]+/).filter(word => word !== '')
  const called = new Set(words.flatMap(word => [word, baseName(word), BINARIES[baseName(word)] ?? word, ...word.split('/')]))
  // Types are no programs, whatever they are called.
  return names.some(name => !name.startsWith('@types/') && (called.has(name) || called.has(baseName(name)) || called.has(name.slice(1, Math.max(1, name.indexOf('/')))) || words.some(word => word.startsWith(`${name}/`))))
}
