// The JSON schema of a config, for completion and checks in an editor. Accepts exactly what `resolveConfig` accepts.
import { longestGlob, notOurGlob, notRelative, presets } from './config-problems.ts'
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
  const override = object({ files: globs('Dockerfiles these settings are for.', 1), ...settings }, { required: ['files'] })
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'cachemiss',
    description: 'Config of the Dockerfile build-cache linter cachemiss: .cachemissrc.json, or the "cachemiss" key of package.json. The nearest one above a Dockerfile counts, alone.',
    ...object({
      $schema: { description: 'The address of this schema.', type: 'string' },
      extends: { description: 'What to start from; an empty list starts with every rule off.', default: presets[0], anyOf: [preset, { type: 'array', items: preset }] },
      ...settings,
      overrides: { description: 'Settings for some Dockerfiles only; later ones win.', type: 'array', items: override },
      ignore: globs('Dockerfiles not to lint, also when they are named on the command line.', 0),
      failOn: { description: 'The least severity that makes the run fail (exit code 1); --fail-on goes before.', default: 'warning', ...oneOf({ error: 'Errors only.', warning: 'Warnings and errors.', info: 'Any finding.', never: 'Findings never do.' }) },
      plugins: { description: 'Packages with further rules; loaded only with --allow-plugins.', type: 'array', items: text('A package name.') },
    }),
    definitions: {
      glob: {
        description: 'A glob relative to this file: *, **, ?, [a-z], {a,b}; "dir/" is everything below dir, and a leading ! takes back what earlier globs fitted.',
        type: 'string', minLength: 1, maxLength: longestGlob, not: { pattern: notOurGlob.source },
      },
      severity: oneOf({ ...severityMeanings, off: 'Do not report.' }),
      rules: object(Object.fromEntries([...rules].sort((a, b) => a.id < b.id ? -1 : 1).map(rule => [rule.id, ruleSchema(rule)])), {
        description: 'By rule: a severity, "off", or {"severity": …, "options": …}; what is left out stays as it is.',
      }),
    },
  }
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
