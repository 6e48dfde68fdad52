// The JSON schema of a config, for completion and checks in an editor. Accepts exactly what `resolveConfig` accepts.
import { extendable, longestExtended, longestGlob, longestPackageName, notOurGlob, notRelative, packageName, presets, ruleId } from './config-problems.ts'
import type { OptionSpec, Rule } from './rule.ts'

type Schema = Readonly<Record<string, unknown>>

const severityMeanings: Readonly<Record<string, string>> = {
  error: 'Report, and fail the run at every --fail-on but "never".',
  warning: 'Report, and fail the run unless --fail-on is "error" or "never".',
  info: 'Report; fails the run only with --fail-on "info".',
}
const oneOf = (meanings: Readonly<Record<string, string>>): Schema => ({ oneOf: Object.entries(meanings).map(([name, description]) => ({ const: name, description })) })
const ref = (name: string): Schema => ({ $ref: `#/definitions/${name}` })
const object = (properties: Schema, more: Schema = {}): Schema => ({ type: 'object', ...more, additionalProperties: false, properties })
const text = (description: string): Schema => ({ description, type: 'string', minLength: 1 })
const globs = (description: string, minItems: number): Schema => ({ description, type: 'array', minItems, items: ref('glob') })

/** Draft-07, in the same order every time, so that the generated file changes only with the rules. */
export function configSchema(rules: readonly Rule[]): Schema {
  const settings = {
    rules: ref('rules'),
    context: { ...text('The build context: a folder relative to this file.'), not: { pattern: notRelative.source } },
    target: text('The stage that is built, as in docker build --target; without it the last one.'),
  }
  const preset = oneOf({ [presets[0]!]: 'What applies without a config: every rule that is on by default.', [presets[1]!]: 'Every rule.' })
  const extended = { anyOf: [preset, { description: 'A config file that begins with ./ or ../, with or without .json, or an installed package: its .cachemissrc.json, or the file named after it (package/file).', type: 'string', maxLength: longestExtended, pattern: extendable.source }] }
  const override = object({ files: globs('Dockerfiles these settings are for.', 1), ...settings }, { required: ['files'] })
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'cachemiss',
    description: 'Config of the Dockerfile build-cache linter cachemiss: .cachemissrc.json, or the "cachemiss" key of package.json. The nearest one above a Dockerfile counts, with what it extends.',
    ...object({
      $schema: { description: 'The address of this schema.', type: 'string' },
      extends: { description: 'What to start from: presets, other files, installed packages. Later ones win, and this file over all of them; an empty list starts with every rule off.', default: presets[0], anyOf: [...extended.anyOf, { type: 'array', items: extended }] },
      ...settings,
      overrides: { description: 'Settings for some Dockerfiles only; later ones win.', type: 'array', items: override },
      ignore: globs('Dockerfiles not to lint, also when they are named on the command line. Added to what is extended.', 0),
      failOn: { description: 'The least severity that makes the run fail (exit code 1); --fail-on goes before.', default: 'warning', ...oneOf({ error: 'Errors only.', warning: 'Warnings and errors.', info: 'Any finding.', never: 'Findings never do.' }) },
      plugins: { description: 'Packages with further rules; read only in the config at the root of the repository, and loaded only with --allow-plugins.', type: 'array', items: { ...text('A package name.'), maxLength: longestPackageName, pattern: packageName.source } },
    }),
    // Only where plugins are listed may a rule be one that nobody here knows.
    if: { type: 'object', required: ['plugins'], properties: { plugins: { type: 'array', minItems: 1 } } },
    then: ruleNames({ type: 'string', pattern: ruleId.source }),
    else: ruleNames(ref('ruleName')),
    definitions: definitions(rules),
  }
}

function definitions(rules: readonly Rule[]): Schema {
  return {
    glob: {
      description: 'A glob relative to this file: *, **, ?, [a-z], {a,b}; "dir/" is everything below dir, and a leading ! takes back what earlier globs fitted.',
      type: 'string', minLength: 1, maxLength: longestGlob, not: { pattern: notOurGlob.source },
    },
    ruleName: { type: 'string', enum: rules.map(({ id }) => id).sort() },
    severity: oneOf({ ...severityMeanings, off: 'Do not report.' }),
    rules: {
      description: 'By rule: a severity, "off", or {"severity": …, "options": …}; what is left out stays as it is.',
      type: 'object',
      properties: Object.fromEntries([...rules].sort((a, b) => a.id < b.id ? -1 : 1).map(rule => [rule.id, ruleSchema(rule)])),
      additionalProperties: { description: 'The rule of a plugin.', anyOf: [ref('severity'), object({ severity: ref('severity'), options: { type: 'object' } })] },
    },
  }
}

/** What the names of rules must be, wherever rules are set. */
function ruleNames(propertyNames: Schema): Schema {
  const settings = { rules: { type: 'object', propertyNames } }
  return { properties: { ...settings, overrides: { type: 'array', items: { type: 'object', properties: settings } } }, type: 'object' }
}

function ruleSchema(rule: Rule): Schema {
  const isOff = rule.recommended === false
  const options = object(Object.fromEntries(Object.entries(rule.options ?? {}).map(([name, spec]) => [name, optionSchema(spec)])), {
    description: rule.options && Object.keys(rule.options).length > 0 ? 'What is left out keeps its default.' : 'This rule has none.',
  })
  return {
    description: `${rule.summary} (${isOff ? `off by default; in cachemiss:all ${rule.severity}` : `default: ${rule.severity}`}).`,
    anyOf: [ref('severity'), object({ severity: ref('severity'), options })],
  }
}

function optionSchema({ type, default: value, doc: description }: OptionSpec): Schema {
  return type === 'list' ? { description, default: value, type: 'array', items: { type: 'string' } } : { description, default: value, type }
}
