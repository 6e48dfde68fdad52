import { describe, expect, test } from 'vitest'
import { configResolver, parseRuleOverrides, resolveConfig } from '../src/config.ts'
import type { Config, ConfigOptions, ConfigSource, ExtendedConfig } from '../src/config.ts'
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
const extendables = '"cachemiss:recommended", "cachemiss:all", a path that begins with ./ or ../, or the name of a package'
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
  [{ plugins: ['x'], rules: { 'x/y': 'off' } }, 'unknown rule "x/y"', 'The rules of plugins have no prefix: write "y".'],
  [{ plugins: ['x'], rules: { 'might-be-its': 'warn' } }, '"rules.might-be-its" must be "error", "warning", "info" or "off", not "warn"', 'Write "warning".'],
  [{ plugins: ['x'], rules: { 'might-be-its': { option: 1 } } }, 'unknown key "rules.might-be-its.option"', 'Did you mean "options"?'],
  [{ plugins: ['../x'] }, '"plugins[0]" must be the name of a package, not "../x"'],
  [{ plugins: ['node:fs'] }, '"plugins[0]" must be the name of a package, not "node:fs"'],
  [{ plugins: ['\u001b[2J\u202e'] }, '"plugins[0]" must be the name of a package, not "\\u001b[2J\u202e"'],
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
  [{ extends: 'cachemiss:recomended' }, `"extends" must be ${extendables}, not "cachemiss:recomended"`, 'Did you mean "cachemiss:recommended"?'],
  [{ extends: ['/etc/base.json'] }, `"extends[0]" must be ${extendables}, not "/etc/base.json"`],
  [{ extends: ['.\\base.json'] }, `"extends[0]" must be ${extendables}, not ".\\\\base.json"`, 'Write "./base.json".'],
  [{ extends: ['https://example.com/base.json'] }, `"extends[0]" must be ${extendables}, not "https://example.com/base.json"`],
  [{ extends: ['x/../../y'] }, `"extends[0]" must be ${extendables}, not "x/../../y"`],
  [{ extends: ['x'.repeat(1001)] }, '"extends[0]" is longer than 1000 characters'],
  [{ extends: ['./base.json'] }, '"./base.json" cannot be extended here, because no files are read', 'Hand over what is in it as "extended".'],
  [{ extends: {} }, '"extends" must be a list of presets, files and packages, not {}'],
  [{ failOn: 'warn' }, '"failOn" must be "error", "warning", "info" or "never", not "warn"', 'Write "warning".'],
  [{ failOn: 'off' }, '"failOn" must be "error", "warning", "info" or "never", not "off"', 'Write "never".'],
  [{ context: '/srv' }, '"context" must be a folder, relative to the config file and with /, not "/srv"'],
  [{ context: 'a\\b' }, '"context" must be a folder, relative to the config file and with /, not "a\\\\b"', 'Write "a/b".'],
  [{ target: '' }, '"target" must be a string that is not empty, not ""'],
  [{ plugins: 'x' }, '"plugins" must be a list of package names, not "x"', 'Write ["x"].'],
  [{ failOn: 1, context: '', target: 3 }, '"failOn" must be "error", "warning", "info" or "never", not 1 (and 2 more problems)', 'Write "warning".'],
  [{ context: 'x'.repeat(100_000), rules: { ['y'.repeat(100_000)]: 1 } }, `unknown rule "${'y'.repeat(58)}…`],
]

describe('what is extended', () => {
  const at = (folder: string, config: unknown, extended: readonly (ExtendedConfig | null)[] = [], name = folder): ExtendedConfig =>
    ({ config, folder, extended, source: { name, position: () => ({ line: 2, column: 3 }) } })
  const resolved = (config: unknown, extended: readonly (ExtendedConfig | null)[], path?: string, more: ConfigOptions = {}) =>
    resolveConfig(rules, config, { folder: '/r/app', extended, ...path !== undefined && { path }, ...more })
  const shown = (...given: Parameters<typeof resolved>): unknown => Object.fromEntries(resolved(...given).rules.map(({ rule, severity }) => [rule.id, severity]))

  test('comes before what extends it; later entries win', () => {
    const strict = at('/r/app', { rules: { 'missing-dockerignore': 'info', 'heavy-base': 'info' }, failOn: 'info', target: 'a' })
    const loose = at('/r/app', { rules: { 'heavy-base': 'off' }, failOn: 'error' })
    expect(shown({ extends: ['./strict', './loose'] }, [strict, loose])).toEqual({ 'copy-source-before-install': 'warning', 'missing-dockerignore': 'info' })
    expect(shown({ extends: ['./loose', './strict'], rules: { 'missing-dockerignore': 'off' } }, [loose, strict])).toEqual({ 'copy-source-before-install': 'warning', 'heavy-base': 'info' })
    expect(resolved({ extends: ['./strict', './loose'] }, [strict, loose])).toMatchObject({ failOn: 'error', target: 'a' })
    expect(resolved({ extends: './strict', failOn: 'never', target: 'b' }, [strict])).toMatchObject({ failOn: 'never', target: 'b' })
  })

  test('of a rule severity and each option go their own way', () => {
    const base = at('/r/app', { rules: { 'copy-source-before-install': { severity: 'error', options: { seconds: 9, strict: true } } } })
    const [rule] = resolved({ extends: './base', rules: { 'copy-source-before-install': { options: { seconds: 1 } } } }, [base]).rules
    expect(rule).toMatchObject({ severity: 'error', options: { tools: ['npm', 'pip'], seconds: 1, strict: true } })
  })

  test('a preset counts where it stands; one that nobody names comes first', () => {
    const off = at('/r/app', { extends: [], rules: { 'missing-dockerignore': 'off', 'heavy-base': 'error' } })
    const plain = at('/r/app', { target: 'x' })
    expect(shown({ extends: './off' }, [off])).toEqual({ 'heavy-base': 'error' })
    expect(shown({ extends: ['./off', './plain'] }, [off, plain])).toEqual({ 'copy-source-before-install': 'warning', 'heavy-base': 'error' })
    expect(shown({ extends: ['./off', 'cachemiss:recommended'] }, [off, null])).toEqual({ 'copy-source-before-install': 'warning', 'missing-dockerignore': 'error', 'heavy-base': 'error' })
    expect(shown({ extends: ['cachemiss:all', './off'] }, [null, off])).toEqual({ 'copy-source-before-install': 'warning', 'heavy-base': 'error' })
  })

  test('globs and the context are relative to the folder it has', () => {
    const base = at('/r/shared', {
      ignore: ['old/**'], context: 'ctx', overrides: [{ files: ['docker/**'], target: 'below-shared' }, { files: ['../app/docker/**'], context: '.', target: 'in-app' }],
    })
    const look = (path: string): unknown => {
      const { ignored, target, context } = resolved({ extends: '../shared/base.json', ignore: ['!../shared/old/kept/**'] }, [base], path)
      return [ignored, target, context]
    }
    expect(look('docker/Dockerfile')).toEqual([false, 'in-app', '../shared'])
    expect(look('../shared/docker/Dockerfile')).toEqual([false, 'below-shared', '../shared/ctx'])
    expect(look('../shared/old/Dockerfile')).toEqual([true, null, '../shared/ctx'])
    expect(look('../shared/old/kept/Dockerfile')).toEqual([false, null, '../shared/ctx'])
    expect(look('old/Dockerfile')).toEqual([false, null, '../shared/ctx'])
  })

  test('overrides of what is extended yield to the config itself, and to --rule', () => {
    const base = at('/r/app', { overrides: [{ files: ['**'], rules: { 'missing-dockerignore': 'info', 'copy-source-before-install': 'info' } }] })
    const config = { extends: './base', rules: { 'missing-dockerignore': 'warning' } }
    expect(shown(config, [base], 'Dockerfile')).toEqual({ 'missing-dockerignore': 'warning', 'copy-source-before-install': 'info' })
    expect(shown(config, [base], 'Dockerfile', { ruleOverrides: { 'copy-source-before-install': 'off' } })).toEqual({ 'missing-dockerignore': 'warning' })
  })

  test('a mistake is told at its own place', () => {
    const broken = at('/r/shared', { rules: { 'heavy-bas': 'off' } }, [], '../shared/base.json')
    expect(() => resolved({ extends: 'x' }, [at('/r/app', { extends: './y' }, [broken])])).toThrow('../shared/base.json:2:3: unknown rule "heavy-bas"')
  })

  test('rules that a plugin may have are ignored until all plugins are loaded', () => {
    const config = { plugins: ['p'], rules: { 'its-rule': { severity: 'error', options: { any: [1] } } }, overrides: [{ files: ['**'], rules: { 'its-other': 'off' } }] }
    expect(resolved(config, []).hasMoreRules).toBe(true)
    expect(() => resolved(config, [], undefined, { loaded: ['p'] })).toThrow('config: unknown rule "its-rule"')
    expect(resolved({ rules: config.rules }, [], undefined, { plugins: ['p'] }).hasMoreRules).toBe(true)
    expect(resolved({ extends: 'x' }, [at('/r/app', config)]).hasMoreRules).toBe(true)
    expect(resolved({}, []).hasMoreRules).toBe(false)
  })
})

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
