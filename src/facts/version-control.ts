// Whether the context holds a version control folder that the ignore file lets through, and whether the build reads it.
import type { Build, RunStep } from '../model/build.ts'
import { commandsOf } from './commands.ts'
import { contextReaders } from './broad-copies.ts'
import { fact } from './fact.ts'

/** `.git` as a folder; in a worktree or submodule it is a file that no commit changes. */
export const sentGitFolder = fact((build: Build): boolean => build.context.has('.git/HEAD') === true)

/** Build systems that stamp a version from the repository by themselves when they find it; .NET's does since SDK 8. */
const STAMPS = /setuptools[_-]scm|versioneer|hatch-vcs|poetry-dynamic-versioning|git-commit-id|gitversion|nerdbank|vergen|git2|buildvcs|git-describe|gitrev|git_revision|axion-release|sourcelink|cargo\s+(?:build|install)|dotnet\s+(?:build|publish|pack|run|test|msbuild)|go\s+(?:build|install|test|generate)/i
/** What may run git inside: make, task runners and scripts of the repository. */
const RUNNERS = new Set(['make', 'just', 'task', 'rake', 'bazel', 'mage', 'ninja', 'invoke', 'ant', 'cmake', 'meson', 'hugo', 'goreleaser', 'sh', 'bash'])

/** Whether a step may read `.git`: it names git, stamps a version, or runs something that may. Unknown means it does. */
export const mayReadGit = fact((build: Build): boolean => build.stages.some(stage => stage.reachable && stage.steps.some(step => step.kind === 'run' && stepMayReadGit(build, step))) || namesGit(build))

/** Who removes the folder has no use for it. */
const REMOVALS = /\brm(?:[ \t]+-\w+)+(?:[ \t]+[\w./-]+)+/g

function stepMayReadGit(build: Build, step: RunStep): boolean {
  const commands = commandsOf(step)
  if (commands === 'opaque') return true
  if (/\bgit\b|\.git\b/.test(step.text.replace(REMOVALS, '')) || step.heredocs.some(heredoc => /\bgit\b/.test(heredoc.body)) || STAMPS.test(step.text)) return true
  const asks = commands.some(({ program }) => program !== null && (SCRIPT_RUNNERS.has(program) && settingsAsk(build, SCRIPTS, ASKS_GIT) || PYTHON.test(program) && settingsAsk(build, PROJECTS, STAMPS) || program === 'mkdocs' && settingsAsk(build, ['mkdocs.yml'], /git-/)))
  if (asks) return true
  return commands.some(({ program }) => program !== null && (RUNNERS.has(program) || program.endsWith('.sh') || /gradlew?|mvnw?|sbt|nox|tox/.test(program)))
}

const SCRIPT_RUNNERS = new Set(['npm', 'npx', 'pnpm', 'yarn', 'bun', 'turbo', 'nx', 'vite', 'next', 'tsc', 'webpack'])
const PYTHON = /^(?:pip[\d.]*|python[\d.]*|uv|poetry|pdm|hatch|flit)$/
const PROJECTS = ['pyproject.toml', 'setup.py', 'setup.cfg']
/** What builds of web pages are set up with. */
const SCRIPTS = ['package.json', ...['vite.config', 'next.config', 'nuxt.config', 'webpack.config', 'vue.config', 'astro.config', 'svelte.config', 'docusaurus.config', 'gatsby-config', '.vitepress/config', 'docs/.vitepress/config'].flatMap(name => ['js', 'mjs', 'cjs', 'ts', 'mts'].map(end => `${name}.${end}`))]
const ASKS_GIT = /git (?:rev-parse|describe|log|show|status|tag|branch)|(?<!"type"\s*:\s*)["'`]git["'`]|git-rev|gitrev|git-describe|git-last|git-info|simple-git\b|nodegit|showLastUpdate|lastUpdated/i

/** Whether one of these files at the top of the context asks git for something a build may want. */
const settingsAsk = ({ context }: Build, names: readonly string[], asks: RegExp): boolean => names.some(name => {
  const text = context.read(name)
  return text !== null && text !== 'unknown' && asks.test(text)
})

const namesGit = (build: Build): boolean => contextReaders(build).some(step => step.kind !== 'run' && step.sources.some(source => /(^|\/)\.git(\/|$)/.test(source)))
