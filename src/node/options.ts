// The options of `cachemiss` in one table: it parses them, checks them, makes the help and the hints.
import { parseArgs } from 'node:util'
import { UsageError, nearest } from '../index.ts'

interface Option {
  /** What stands for its value in the help; absent for a switch. */
  readonly value?: string
  readonly isRepeatable?: true
  /** null: the row of another option shows it. */
  readonly help: string | null
  /** How the help writes it, when not by its name. */
  readonly shown?: string
}

const table = {
  fix: { shown: '--fix [--unsafe]', help: 'apply safe fixes [suggested too]; for - to stdout' },
  unsafe: { help: null },
  'fix-rule': { value: 'ID', isRepeatable: true, help: 'only the fixes of this rule; may be repeated' },
  diff: { shown: '--diff, --fix-dry-run', help: 'print what --fix would change; report as if fixed' },
  'fix-dry-run': { help: null },
  format: { value: 'NAME[=FILE]', isRepeatable: true, help: 'text, json, sarif, github … html; may be repeated' },
  'output-file': { value: 'FILE', help: 'write the report there' },
  config: { value: 'FILE', help: 'read this config instead of the nearest one' },
  rule: { value: 'ID=SEVERITY', isRepeatable: true, help: 'error, warning, info or off; may be repeated' },
  'fail-on': { value: 'SEVERITY', help: 'error, warning (default), info or never' },
  'max-warnings': { value: 'N', help: 'fail when there are more warnings' },
  quiet: { help: 'show errors only' },
  context: { value: 'DIR', help: 'the build context; default: found out' },
  target: { value: 'STAGE', help: 'the stage that is built; default: the last' },
  'files-from': { value: 'FILE', help: 'more paths, one on each line; - reads stdin' },
  'changed-since': { value: 'REV', help: 'only what changed since this commit or branch' },
  baseline: { value: 'FILE', help: 'leave out what it lists; --update-baseline writes it' },
  'update-baseline': { help: null },
  cache: { help: 'keep results for the next run' },
  'allow-plugins': { help: 'load the packages that the config lists as plugins' },
  'stdin-filename': { value: 'PATH', help: 'where the Dockerfile on standard input belongs' },
  'no-color': { help: 'plain text; so does NO_COLOR' },
  help: { shown: '--help, --version', help: 'show this, or the version' },
  version: { help: null },
} as const satisfies Readonly<Record<string, Option>>

type Name = keyof typeof table
type Value<O> = O extends { readonly isRepeatable: true } ? readonly string[] : O extends { readonly value: string } ? string | undefined : boolean
export type Values = { readonly [N in Name]: Value<(typeof table)[N]> }
export interface Arguments { readonly values: Values; readonly paths: readonly string[] }

export const commands = ['why', 'optimize', 'explain', 'init', 'lsp'] as const
export type CommandName = (typeof commands)[number]

const specs: Readonly<Record<string, Option>> = table
const isOption = (name: string): boolean => Object.hasOwn(specs, name)
const parserOptions = Object.fromEntries(Object.entries(specs).map(([name, { value }]) => [name, { type: value === undefined ? 'boolean' as const : 'string' as const, ...name === 'help' && { short: 'h' } }]))

type Tokens = ReturnType<typeof tokensOf>
export const tokensOf = (args: readonly string[]) =>
  parseArgs({ args: [...args], options: parserOptions, strict: false, allowPositionals: true, tokens: true }).tokens

/** The command that the first path names, and its place among the arguments; a file of that name is written ./why. */
export function commandOf(tokens: Tokens): { readonly name: CommandName; readonly index: number } | null {
  const first = tokens.find(token => token.kind !== 'option')
  const name = first?.kind === 'positional' ? commands.find(command => command === first.value) : undefined
  return first && name ? { name, index: first.index } : null
}

/** Throws a UsageError, with the option that was probably meant. */
export function parseOptions(tokens: Tokens): Arguments {
  const given: Record<string, string[]> = {}
  const paths: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') paths.push(token.value)
    if (token.kind !== 'option') continue
    const { name, rawName, value, inlineValue } = token
    if (!isOption(name)) throw new UsageError(`unknown option ${rawName}`, hintFor(name, rawName) ?? 'See cachemiss --help.')
    const placeholder = specs[name]!.value
    if (placeholder === undefined && value !== undefined) throw new UsageError(`${rawName} takes no value`)
    if (placeholder !== undefined && (value === undefined || value === '' || (inlineValue === false && /^--?[a-z]/.test(value)))) {
      throw new UsageError(`${rawName} needs a value`, `Write ${rawName}=${placeholder}.`)
    }
    ;(given[name] ??= []).push(value ?? '')
  }
  const values = Object.entries(specs).map(([name, { value, isRepeatable }]) =>
    [name, isRepeatable ? given[name] ?? [] : value === undefined ? name in given : given[name]?.at(-1)])
  return { values: Object.fromEntries(values) as Values, paths }
}

/** What other linters call it. A hint shows once all options that it names are there. */
const foreign: readonly (readonly [names: string, hint: string])[] = [
  ['stdin', 'Write - for the path.'],
  ['c', 'Write --config FILE.'],
  ['no-config', 'Name a config of your own: --config FILE.'],
  ['f reporter output-format', 'Write --format NAME.'],
  ['o output', 'Write --output-file FILE.'],
  ['fix-unsafe unsafe-fixes', 'Write --fix --unsafe.'],
  ['fix-only write w i in-place', 'Write --fix.'],
  ['fix-type fixable', 'Write --fix-rule ID.'],
  ['dry-run check', 'Write --diff or --fix-dry-run.'],
  ['enable select extend-select warn', 'Write --rule ID=warning.'],
  ['disable ignore extend-ignore skip', 'Write --rule ID=off.'],
  ['ignore-path ignore-pattern exclude', 'List the files under "ignore" in .cachemissrc.json.'],
  ['no-fail exit-zero no-error', 'Write --fail-on never.'],
  ['failure-threshold severity level strict', 'Write --fail-on SEVERITY.'],
  ['since changed staged new new-from-rev diff-base base-ref from-ref', 'Write --changed-since REV.'],
  ['generate-baseline write-baseline set-baseline create-baseline suppress-all prune-suppressions', 'Write --baseline FILE --update-baseline.'],
  ['use-baseline baseline-file suppressions-location', 'Write --baseline FILE.'],
  ['stdin-file-list file-list files-list filelist paths-from from-file', 'Write --files-from FILE.'],
  ['cache-location cache-dir cache-folder cache-strategy cache-file', 'Write --cache; XDG_CACHE_HOME says where.'],
  ['no-cache clear-cache', 'Results are kept only with --cache.'],
  ['platform', 'A platform is read from FROM --platform.'],
  ['explain rules list-rules', 'Write cachemiss explain, or cachemiss explain RULE.'],
  ['file-path-in-report stdin-filepath filename', 'Write --stdin-filename PATH.'],
  ['file dockerfile', 'Name the file without an option.'],
  ['build-context', 'Write --context DIR.'],
  ['color colors', 'Set FORCE_COLOR=1.'],
  ['q', 'Write --quiet.'],
  ['v V', 'Write --version.'],
]

function hintFor(name: string, rawName: string): string | undefined {
  const known = foreign.find(([names]) => names.split(' ').includes(name))?.[1]
  if (known !== undefined && [...known.matchAll(/--([a-z-]+)/g)].every(([option, named]) => isOption(named!) || known.includes(`FROM ${option}`))) return known
  const near = rawName.startsWith('--') ? nearest(name, Object.keys(specs)) : null
  return near === null ? undefined : `Did you mean --${near}?`
}

export function helpText(): string {
  const rows = Object.entries(specs).flatMap(([name, { value, help, shown = `--${value === undefined ? name : `${name} ${value}`}` }]) =>
    help === null ? [] : [`  ${shown}`.padEnd(28) + help])
  return `Finds out what makes Docker builds run steps again, before any build runs.

Usage: cachemiss [option…] [path…]     lint files, folders, globs; - reads stdin
       cachemiss why [changed-path…]   which steps run when these paths change
       cachemiss optimize [path…]      the cheapest Dockerfile to build again
       cachemiss explain [RULE]        the page of a rule; the list of all rules
       cachemiss init                  a config to begin with
       cachemiss lsp --stdio           the language server, for editors

${rows.join('\n')}

Exit codes: 0 clean, 1 findings, 2 could not run.
`
}
