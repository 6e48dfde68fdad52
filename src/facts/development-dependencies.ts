// What the manifest of an install lists for developers and tests only, and whether the command leaves it out.
import type { Build } from '../model/build.ts'
import { variableAt } from './commands.ts'
import { joinPath } from './install-sources.ts'
import type { Install } from './installs.ts'
import { nodeMajor } from './lock-fit.ts'
import { originOf } from './origins.ts'

export interface DevelopmentDependencies {
  readonly names: readonly string[]
  /** What leaves them out. */
  readonly remedy: string
  /** Text of the manifest. */
  readonly manifest: string
}

/** Those that the command installs beside what the program needs; null when it leaves them out, there are none, or nobody can tell. */
export function developmentDependencies(build: Build, install: Install): DevelopmentDependencies | null {
  const read = READERS[install.row.ecosystem]
  if (read === undefined || !install.directory?.startsWith('/') || install.from.includes('packages')) return null
  const kind = read(install)
  if (kind === null) return null
  const origin = originOf(build, install.step, joinPath(install.directory, kind.file))
  const manifest = origin === null || origin === 'unknown' ? null : build.context.read(origin.path)
  if (manifest === null || isLeftOutBySetting(build, install)) return null
  const names = kind.list(manifest)
  return names.length === 0 ? null : { names, remedy: kind.remedy, manifest }
}

interface Kind { readonly file: string; readonly remedy: string; list(manifest: string): readonly string[] }
/** null: the command leaves them out, or may. */
const READERS: Readonly<Record<string, ((install: Install) => Kind | null) | undefined>> = { javascript: javascriptKind, python: pythonKind, php: phpKind, ruby: rubyKind }

const isSet = ({ command }: Install, names: readonly string[]): boolean => names.some(name => variableAt(command, name) !== undefined)
const hasAny = ({ options }: Install, pattern: RegExp): boolean => options.some(({ name }) => pattern.test(name))

const NODE_REMEDIES: Readonly<Record<string, string>> = { npm: '--omit=dev', yarn: '--production', pnpm: '--prod', bun: '--production' }
const NODE_VARIABLES = ['NODE_ENV', 'npm_config_production', 'NPM_CONFIG_PRODUCTION', 'npm_config_omit', 'NPM_CONFIG_OMIT', 'npm_config_only', 'NPM_CONFIG_ONLY', 'YARN_PRODUCTION'] as const

function javascriptKind(install: Install): Kind | null {
  const remedy = NODE_REMEDIES[install.manager]
  const isLess = hasAny(install, /^(?:--(?:omit|only|production|prod|no-dev|no-optional-dev|prod-only|filter.*|workspace.*)|-P|-F|-w)$/) || install.verb.startsWith('workspaces')
  // Development is what it would be without the variable.
  const variables = NODE_VARIABLES.filter(name => name !== 'NODE_ENV' || variableAt(install.command, name) !== 'development')
  return remedy === undefined || isLess || isSet(install, variables) ? null : { file: 'package.json', remedy: install.flavour === 'berry' ? 'yarn workspaces focus --production' : install.manager === 'npm' ? npmRemedy(install) : remedy, list: text => Object.keys(objectAt(text, 'devDependencies')) }
}

/** npm has `--omit` since 7, which came with Node 15; the variable means the same to every npm. */
function npmRemedy({ step }: Install): string {
  const major = nodeMajor(step)
  return major === 'unknown' ? 'ENV NODE_ENV=production' : major !== null && major < 15 ? '--only=production' : NODE_REMEDIES['npm']!
}

function pythonKind(install: Install): Kind | null {
  const { manager } = install
  if (manager === 'poetry') {
    const isLess = hasAny(install, /^--(?:only|without|no-dev|only-root)$/) || isSet(install, ['POETRY_INSTALLER_ONLY', 'POETRY_WITHOUT', 'POETRY_ONLY'])
    return isLess ? null : { file: 'pyproject.toml', remedy: '--only main', list: text => [...tableKeys(text, 'tool.poetry.dev-dependencies'), ...['dev', 'test', 'tests', 'lint'].flatMap(group => (/^\s*optional\s*=\s*true/m.test(tableText(text, `tool.poetry.group.${group}`)) ? [] : tableKeys(text, `tool.poetry.group.${group}.dependencies`)))] }
  }
  if (manager !== 'uv' || install.verb !== 'sync') return null
  const isLess = hasAny(install, /^--(?:no-dev|no-default-groups|only-group|no-group)$/) || isSet(install, ['UV_NO_DEV', 'UV_NO_DEFAULT_GROUPS', 'UV_NO_GROUP', 'UV_DEV'])
  return isLess ? null : { file: 'pyproject.toml', remedy: '--no-dev', list: text => (/^\s*default-groups\s*=/m.test(text) ? [] : [...listNames(tableText(text, 'dependency-groups'), 'dev'), ...listNames(tableText(text, 'tool.uv'), 'dev-dependencies')]) }
}

function phpKind(install: Install): Kind | null {
  if (install.manager !== 'composer' || !/^(?:install|i)$/.test(install.verb) || hasAny(install, /^--no-dev$/) || isSet(install, ['COMPOSER_NO_DEV'])) return null
  return { file: 'composer.json', remedy: '--no-dev', list: text => Object.keys(objectAt(text, 'require-dev')) }
}

/** Rails loads the groups of its environment: without the variable it runs in development. */
function rubyKind(install: Install): Kind | null {
  const isProduction = ['RAILS_ENV', 'RACK_ENV'].some(name => variableAt(install.command, name) === 'production')
  if (install.manager !== 'bundler' || !isProduction || hasAny(install, /^--(?:without|with)$/) || isSet(install, ['BUNDLE_WITHOUT', 'BUNDLE_ONLY', 'BUNDLE_WITH'])) return null
  return { file: 'Gemfile', remedy: 'ENV BUNDLE_WITHOUT=development:test', list: gemsForDevelopment }
}

/** Commands and files that hold such a setting. */
const SETS = /\bbundle\S*\s+config\b[^\n;&|]*\b(?:without|only)\b|\b(?:npm|yarn|pnpm)\s+config\s+set\b|\bpoetry\s+config\b[^\n;&|]*\bonly\b|\bcomposer\s+config\b[^\n;&|]*\bdev\b/

function isLeftOutBySetting(build: Build, { step, directory }: Install): boolean {
  if (step.stage.steps.some(other => other.kind === 'run' && SETS.test(other.text))) return true
  return ['.npmrc', '.yarnrc', '.yarnrc.yml', '.bundle/config', 'bunfig.toml'].some(name => {
    const origin = originOf(build, step, joinPath(directory!, name))
    const text = origin === null || origin === 'unknown' ? '' : build.context.read(origin.path) ?? ''
    return origin === 'unknown' || /^\s*(?:omit|only|production)\s*=|BUNDLE_WITHOUT|production\s+true/m.test(text)
  })
}

function objectAt(text: string, key: string): Readonly<Record<string, unknown>> {
  try {
    const value = (JSON.parse(text) as Readonly<Record<string, unknown>> | null)?.[key]
    return typeof value === 'object' && value !== null ? value as Record<string, unknown> : {}
  } catch {
    return {}
  }
}

/** What stands between the heading of a TOML table and the next one. */
function tableText(text: string, name: string): string {
  const heading = text.search(new RegExp(`^\\[${name.replaceAll('.', '\\.')}\\][ \\t]*(?:#.*)?$`, 'm'))
  return heading === -1 ? '' : text.slice(text.indexOf('\n', heading) + 1 || text.length).split(/^\[/m)[0]!
}
const tableKeys = (text: string, name: string): readonly string[] => [...tableText(text, name).matchAll(/^\s*["']?([\w.-]+)["']?\s*=/gm)].map(([, key]) => key!)
const listNames = (table: string, key: string): readonly string[] => {
  const list = new RegExp(`^\\s*["']?${key}["']?\\s*=\\s*\\[([^]*?)^\\s*\\]|^\\s*["']?${key}["']?\\s*=\\s*\\[(.*)\\]`, 'm').exec(table)
  return [...(list?.[1] ?? list?.[2] ?? '').matchAll(/["']([A-Za-z][\w.-]*)/g)].map(([, name]) => name!)
}

function gemsForDevelopment(text: string): readonly string[] {
  const found: string[] = []
  let group: string | null = null
  for (const line of text.split('\n')) {
    const opens = /^\s*group\s+(.*?)\s+do\b/.exec(line)
    if (opens) group = opens[1]!
    else if (/^\s*end\b/.test(line)) group = null
    const gem = /^\s*gem\s+["']([\w.-]+)["'](?:.*\bgroups?:\s*(.*))?/.exec(line)
    const groups = gem?.[2] ?? group
    if (gem && groups !== null && /:?(?:development|test)\b/.test(groups) && !/production|staging|default/.test(groups)) found.push(gem[1]!)
  }
  return found
}
