import { describe, expect, test } from 'vitest'
import { configResolver, parseRuleOverrides, resolveConfig } from '../src/config.ts'
import type { Config, ConfigSource } from '../src/config.ts'
import { UsageError } from '../src/errors.ts'
import { nearest } from '../src/nearest.ts'
import { defineRule } from '../src/rule.ts'
import type { Rule } from '../src/rule.ts'

const copies = defineRule({
  id: 'copy-source-before-install', summary: 'Sources are copied before dependencies are installed', category: 'order', severity: 'warning',
  options: {
    tools: { type: 'list', default: ['npm', 'pip'], doc: 'Installers to look for.' },
    seconds: { type: 'number', default: 5, doc: 'Cheaper installs do not count.' },
    strict: { type: 'boolean', default: false, doc: 'Count every copy.' },
  },
  *check() {},
})
const ignoreFile = defineRule({ id: 'missing-dockerignore', summary: 'There is no .dockerignore', category: 'context', severity: 'error', *check() {} })
const quiet = defineRule({ id: 'heavy-base', summary: 'The base image is heavy', category: 'layers', severity: 'info', recommended: false, *check() {} })
const rules: readonly Rule[] = [copies, ignoreFile, quiet]

const severitiesOf = (config: unknown, options: Parameters<typeof resolveConfig>[2] = {}): Readonly<Record<string, string>> =>
  Object.fromEntries(resolveConfig(rules, config, options).rules.map(({ rule, severity }) => [rule.id, severity]))
const optionsOf = (config: unknown, path?: string): unknown =>
  resolveConfig(rules, config, path === undefined ? {} : { path }).rules.find(({ rule }) => rule.id === copies.id)?.options
const refused = (config: unknown, options: Parameters<typeof resolveConfig>[2] = {}): readonly [string, string | undefined] => {
  try {
    resolveConfig(rules, config, options)
  } catch (error) {
    if (error instanceof UsageError) return [error.message, error.hint]
    throw error
  }
  throw new Error('accepted')
}

describe('what applies', () => {
  test('without a config: what is on by default', () => {
    expect(severitiesOf(undefined)).toEqual({ 'copy-source-before-install': 'warning', 'missing-dockerignore': 'error' })
    const { context, target, failOn, ignored } = resolveConfig(rules, undefined)
    expect({ context, target, failOn, ignored }).toEqual({ context: null, target: null, failOn: 'warning', ignored: false })
    expect(optionsOf({})).toEqual({ tools: ['npm', 'pip'], seconds: 5, strict: false })
  })

  test('presets', () => {
    const recommended = severitiesOf({})
    expect(severitiesOf({ extends: 'cachemiss:recommended' })).toEqual(recommended)
    expect(severitiesOf({ extends: 'cachemiss:all' })).toEqual({ ...recommended, 'heavy-base': 'info' })
    expect(severitiesOf({ extends: ['cachemiss:all', 'cachemiss:recommended'] })).toEqual({ ...recommended, 'heavy-base': 'info' })
    expect(severitiesOf({ extends: [], rules: { 'heavy-base': 'warning' } })).toEqual({ 'heavy-base': 'warning' })
  })

  test('severities', () => {
    expect(severitiesOf({ rules: { 'copy-source-before-install': 'off', 'missing-dockerignore': { severity: 'info' }, 'heavy-base': 'error' } }))
      .toEqual({ 'missing-dockerignore': 'info', 'heavy-base': 'error' })
  })

  test('options alone switch nothing on, a severity alone changes no option', () => {
    expect(severitiesOf({ rules: { 'heavy-base': { options: {} } } })).toEqual(severitiesOf({}))
    const config = { rules: { 'copy-source-before-install': { options: { tools: ['yarn'], seconds: 1 } } },
      overrides: [{ files: ['**'], rules: { 'copy-source-before-install': 'error' } }, { files: ['**'], rules: { 'copy-source-before-install': { options: { seconds: 2 } } } }] }
    expect(optionsOf(config, 'Dockerfile')).toEqual({ tools: ['yarn'], seconds: 2, strict: false })
    expect(severitiesOf(config, { path: 'Dockerfile' })['copy-source-before-install']).toBe('error')
  })

  test('overrides by glob, later wins, key by key', () => {
    const config: Config = {
      context: '.', target: 'app',
      overrides: [
        { files: ['docker/**', '!docker/keep/'], context: '..', rules: { 'missing-dockerignore': 'off' } },
        { files: ['**/*.dev.Dockerfile'], target: 'dev', rules: { 'missing-dockerignore': 'info' } },
      ],
    }
    const at = (path: string): unknown => {
      const { context, target } = resolveConfig(rules, config, { path })
      return [context, target, severitiesOf(config, { path })['missing-dockerignore'] ?? 'off']
    }
    expect(at('Dockerfile')).toEqual(['.', 'app', 'error'])
    expect(at('docker/.hidden/Dockerfile')).toEqual(['..', 'app', 'off'])
    expect(at('docker/keep/Dockerfile')).toEqual(['.', 'app', 'error'])
    expect(at('docker/a.dev.Dockerfile')).toEqual(['..', 'dev', 'info'])
    expect(at('../a.dev.Dockerfile')).toEqual(['.', 'dev', 'info'])
    expect(resolveConfig(rules, config).context).toBe('.')
  })

  test('ignore', () => {
    const ignored = (ignore: readonly string[], path: string): boolean => resolveConfig(rules, { ignore }, { path }).ignored
    expect(ignored(['vendor/'], 'vendor/a/Dockerfile')).toBe(true)
    expect(ignored(['vendor/'], 'Dockerfile')).toBe(false)
    expect(ignored(['vendor/**', '!vendor/ours/**'], 'vendor/ours/Dockerfile')).toBe(false)
    expect(ignored(['vendor/**', '!vendor/ours/**', 'vendor/ours/old/'], 'vendor/ours/old/Dockerfile')).toBe(true)
    expect(ignored(['!docker/**'], 'Dockerfile')).toBe(true)
    expect(ignored(['!docker/**'], 'docker/Dockerfile')).toBe(false)
    expect(resolveConfig(rules, { ignore: ['**'] }).ignored).toBe(false)
  })

  test('--rule comes last', () => {
    const config = { overrides: [{ files: ['**'], rules: { 'missing-dockerignore': 'info' } }] }
    expect(severitiesOf(config, { path: 'Dockerfile', ruleOverrides: parseRuleOverrides(['missing-dockerignore=off', 'heavy-base=error']) }))
      .toEqual({ 'copy-source-before-install': 'warning', 'heavy-base': 'error' })
  })

  test('files under the same overrides share one list of rules', () => {
    const resolve = configResolver(rules, { overrides: [{ files: ['a/**'], target: 'x' }] })
    expect(resolve('a/Dockerfile').rules).toBe(resolve('a/b/Dockerfile').rules)
    expect(resolve('a/Dockerfile').rules).not.toBe(resolve('b/Dockerfile').rules)
  })

  test('keys of the prototype are nobody\'s keys', () => {
    expect(refused(JSON.parse('{"rules":{"__proto__":"error"}}'))[0]).toBe('config: unknown rule "__proto__"')
    expect(refused(JSON.parse('{"constructor":1}'))[0]).toBe('config: unknown key "constructor"')
    expect(refused(JSON.parse('{"rules":{"copy-source-before-install":{"options":{"toString":1}}}}'))[0]).toContain('has no option "toString"')
  })

  test('an explicit undefined is no key', () => {
    expect(severitiesOf({ extends: undefined, context: undefined, overrides: undefined, rules: undefined })).toEqual(severitiesOf({}))
  })
})

const copying = (setting: unknown): unknown => ({ rules: { 'copy-source-before-install': setting } })
const place = '"rules.copy-source-before-install"'
const allSeverities = '"error", "warning", "info" or "off"'
const mistakes: readonly (readonly [config: unknown, message: string, hint?: string])[] = [
  [[], 'the config must be an object, not []'],
  [null, 'the config must be an object, not null'],
  [{ rulez: {} }, 'unknown key "rulez"', 'Did you mean "rules"?'],
  [{ exclude: [] }, 'unknown key "exclude"', 'Ours is called "ignore".'],
  [{ ignored: ['DL3008'] }, 'unknown key "ignored"', 'Ours is called "rules".'],
  [{ env: {} }, 'unknown key "env"'],
  [{ overrides: [{ files: ['a'], failOn: 'never' }] }, 'unknown key "overrides[0].failOn"'],
  [{ overrides: { files: ['a'] } }, '"overrides" must be a list of objects, not {"files":["a"]}'],
  [{ overrides: [{ rules: {} }] }, '"overrides[0]" lacks "files"'],
  [{ overrides: [{ files: 'a' }] }, '"overrides[0].files" must be a list of globs, not "a"', 'Write ["a"].'],
  [{ overrides: [{ files: [] }] }, '"overrides[0].files" must be a list of at least one glob, not []'],
  [{ ignore: ['/vendor'] }, '"ignore[0]" must be a glob relative to the config file, not "/vendor"', 'Write "vendor".'],
  [{ ignore: ['docker\\dev'] }, '"ignore[0]" must be a glob with / between folders, not "docker\\\\dev"', 'Write "docker/dev".'],
  [{ ignore: ['!(docker)/**'] }, '"ignore[0]" must be a glob without an extended pattern, not "!(docker)/**"', 'For alternatives write {a,b}; list exceptions as globs of their own that begin with "!".'],
  [{ ignore: ['x'.repeat(1001)] }, '"ignore[0]" is longer than 1000 characters'],
  [{ ignore: [3] }, '"ignore[0]" must be a glob, not 3'],
  [{ rules: ['a'] }, '"rules" must be an object, not ["a"]'],
  [{ rules: { 'copy-source-befor-install': 'off' } }, 'unknown rule "copy-source-befor-install"', 'Did you mean "copy-source-before-install"?'],
  [{ rules: { DL3008: 'off' } }, 'unknown rule "DL3008"'],
  [{ plugins: ['x'], rules: { 'x/y': 'off' } }, 'unknown rule "x/y"', 'The rules of plugins are known only with --allow-plugins.'],
  [copying('eror'), `${place} must be ${allSeverities}, not "eror"`, 'Did you mean "error"?'],
  [copying('Error'), `${place} must be ${allSeverities}, not "Error"`, 'Did you mean "error"?'],
  [copying('warn'), `${place} must be ${allSeverities}, not "warn"`, 'Write "warning".'],
  [copying(0), `${place} must be ${allSeverities}, not 0`, 'Write "off".'],
  [copying(1), `${place} must be ${allSeverities}, not 1`, 'Write "warning".'],
  [copying(2), `${place} must be ${allSeverities}, not 2`, 'Write "error".'],
  [copying(true), `${place} must be ${allSeverities}, not true`, 'Write "warning".'],
  [copying(false), `${place} must be ${allSeverities}, not false`, 'Write "off".'],
  [copying(null), `${place} must be ${allSeverities}, not null`, 'Write "off".'],
  [copying(['error', { seconds: 3 }]), `${place} must be a severity or an object, not ["error",{"seconds":3}]`, 'Write {"severity":"error","options":{"seconds":3}}.'],
  [copying([2]), `${place} must be a severity or an object, not [2]`, 'Write "error".'],
  [copying({ level: 'error' }), 'unknown key "rules.copy-source-before-install.level"', 'Ours is called "severity".'],
  [copying({ seconds: 3 }), 'unknown key "rules.copy-source-before-install.seconds"', 'Options belong into "options": {"options": {"seconds":3}}.'],
  [copying({ severity: 'warn' }), '"rules.copy-source-before-install.severity" must be "error", "warning", "info" or "off", not "warn"', 'Write "warning".'],
  [copying({ options: { tool: [] } }), 'rule "copy-source-before-install" has no option "tool"', 'Did you mean "tools"?'],
  [copying({ options: { limit: 1 } }), 'rule "copy-source-before-install" has no option "limit"', 'It has "tools", "seconds", "strict".'],
  [{ rules: { 'heavy-base': { options: { limit: 1 } } } }, 'rule "heavy-base" has no option "limit"', 'It has no options.'],
  [copying({ options: { tools: 'npm' } }), '"rules.copy-source-before-install.options.tools" must be a list of strings, not "npm"', 'Write ["npm"].'],
  [copying({ options: { tools: [1] } }), '"rules.copy-source-before-install.options.tools[0]" must be a string, not 1'],
  [copying({ options: { seconds: '3' } }), '"rules.copy-source-before-install.options.seconds" must be a number, not "3"'],
  [copying({ options: { strict: 1 } }), '"rules.copy-source-before-install.options.strict" must be true or false, not 1'],
  [{ extends: 'cachemiss:recomended' }, '"extends" must be "cachemiss:recommended" or "cachemiss:all", not "cachemiss:recomended"', 'Did you mean "cachemiss:recommended"?'],
  [{ extends: ['./base.json'] }, '"extends[0]" must be "cachemiss:recommended" or "cachemiss:all", not "./base.json"', 'Other files and packages cannot be extended yet.'],
  [{ extends: {} }, '"extends" must be a list of presets, not {}'],
  [{ failOn: 'warn' }, '"failOn" must be "error", "warning", "info" or "never", not "warn"', 'Write "warning".'],
  [{ failOn: 'off' }, '"failOn" must be "error", "warning", "info" or "never", not "off"', 'Write "never".'],
  [{ context: '/srv' }, '"context" must be a folder, relative to the config file and with /, not "/srv"'],
  [{ context: 'a\\b' }, '"context" must be a folder, relative to the config file and with /, not "a\\\\b"', 'Write "a/b".'],
  [{ target: '' }, '"target" must be a string that is not empty, not ""'],
  [{ plugins: 'x' }, '"plugins" must be a list of package names, not "x"', 'Write ["x"].'],
  [{ failOn: 1, context: '', target: 3 }, '"failOn" must be "error", "warning", "info" or "never", not 1 (and 2 more problems)', 'Write "warning".'],
  [{ context: 'x'.repeat(100_000), rules: { ['y'.repeat(100_000)]: 1 } }, `unknown rule "${'y'.repeat(58)}…`],
]

describe('mistakes', () => {
  test.each(mistakes)('%j', (config, message, hint) => {
    expect(refused(config)).toEqual([`config: ${message}`, hint])
  })

  test('are shown where they stand', () => {
    const source: ConfigSource = { name: 'a/.cachemissrc.json', position: (at, part) => at.length === 2 && part === 'key' ? { line: 3, column: 5 } : null }
    expect(refused({ rules: { nothing: 'off' } }, { source })[0]).toBe('a/.cachemissrc.json:3:5: unknown rule "nothing"')
    expect(refused({ failOn: 'x' }, { source })[0]).toMatch(/^a\/\.cachemissrc\.json: "failOn" must be/)
  })

  test('of --rule', () => {
    const overriding = (...flags: readonly string[]): readonly [string, string | undefined] => {
      try {
        return refused({}, { ruleOverrides: parseRuleOverrides(flags) })
      } catch (error) {
        return error instanceof UsageError ? [error.message, error.hint] : [String(error), undefined]
      }
    }
    expect(overriding('heavy-bas=off')).toEqual(['--rule: unknown rule "heavy-bas"', 'Did you mean "heavy-base"?'])
    expect(overriding('heavy-base=2')).toEqual(['--rule: "heavy-base" must be "error", "warning", "info" or "off", not "2"', 'Write "error".'])
    expect(overriding('heavy-base:off')).toEqual(['--rule: "heavy-base:off" is not of the form id=severity', 'Write --rule heavy-base=off.'])
    expect(overriding('heavy-base')).toEqual(['--rule: "heavy-base" is not of the form id=severity', 'Write --rule heavy-base=off.'])
    expect(overriding('=off')).toEqual(['--rule: "=off" is not of the form id=severity', 'Write --rule id=off.'])
  })

  test('two rules of one name', () => {
    expect(() => resolveConfig([copies, copies], {})).toThrow('two rules are called "copy-source-before-install"')
  })
})

test('nearest', () => {
  const options = ['--format', '--fix', '--fail-on', '--config', '--quiet', 'off']
  expect(nearest('--fromat', options)).toBe('--format')
  expect(nearest('--FIX', options)).toBe('--fix')
  expect(nearest('--failon', options)).toBe('--fail-on')
  expect(nearest('of', options)).toBe('off')
  expect(nearest('x', options)).toBe(null)
  expect(nearest('', options)).toBe(null)
  expect(nearest('--verbose', options)).toBe(null)
  expect(nearest('copy-before-install', ['copy-source-before-install', 'broad-copy'])).toBe('copy-source-before-install')
})
