import fc from 'fast-check'
import { expect, it } from 'vitest'
import { lint, resolveConfig, rules } from '../src/index.ts'
import { reporters } from '../src/reporters/index.ts'
import { anyDockerfile, plausibleDockerfile } from './support/arbitraries.ts'
import { contextOf } from './support/input.ts'

const files = { 'package.json': '{"workspaces":["a"]}', 'package-lock.json': '{}', 'src/a.js': '', Dockerfile: '', '.git/HEAD': '', 'requirements.txt': 'flask\n' }
const active = resolveConfig(rules, { extends: 'cachemiss:all' }).rules

it('lint never throws, and its spans lie in the text, with and without a context', () => {
  fc.assert(fc.property(anyDockerfile, fc.boolean(), fc.constantFrom(undefined, '', '*\n!src\n', '**/*.js\n'), (text, known, ignore) => {
    const findings = lint({
      path: 'Dockerfile', text, ...known && { context: contextOf(files) }, ...ignore !== undefined && { ignoreFile: { path: '.dockerignore', text: ignore } },
    }, active)
    for (const { span, related, message } of findings) {
      expect(message).not.toBe('')
      for (const place of [span, ...related.map(entry => entry.span)]) {
        expect(place.start).toBeGreaterThanOrEqual(0)
        expect(place.end).toBeGreaterThanOrEqual(place.start)
        expect(place.end).toBeLessThanOrEqual(text.length)
      }
    }
    const result = { version: '0', rules, files: [{ path: 'Dockerfile', text, findings }] }
    for (const report of Object.values(reporters)) report(result, { color: false, docs: () => '', help: () => '' })
  }), { numRuns: 300 })
})

it('the order of rules changes nothing', () => {
  fc.assert(fc.property(plausibleDockerfile, text => {
    const input = { path: 'Dockerfile', text, context: contextOf(files) }
    expect(lint(input, [...active].reverse())).toEqual(lint(input, active))
  }), { numRuns: 100 })
})
