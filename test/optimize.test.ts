// The search for the cheapest spelling: what it wins, what it leaves alone, and that it is bounded and always the same.
import { describe, expect, test } from 'vitest'
import { rules } from '../src/index.ts'
import { resolveConfig } from '../src/config.ts'
import { optimize } from '../src/optimize.ts'
import { dockerfile } from './support/dockerfile.ts'
import { inputOf, type Given } from './support/input.ts'
import type { OptimizeOptions } from '../src/optimize.ts'

const active = resolveConfig(rules, {}).rules
const optimized = (given: Given, options: OptimizeOptions = {}) => optimize(inputOf(given), active, options)!

const web: Given = {
  code: dockerfile`
    FROM node:22
    WORKDIR /app
    COPY . .
    RUN apt-get update && apt-get install -y --no-install-recommends git && rm -rf /var/lib/apt/lists/*
    RUN npm ci
    RUN npm run build
    CMD ["node", "dist/server.js"]`,
  files: { 'package.json': '{"scripts":{"build":"tsc"},"dependencies":{"a":"1.0.0"}}', 'package-lock.json': '{"lockfileVersion":3,"packages":{"":{"dependencies":{"a":"1.0.0"}},"node_modules/a":{"version":"1.0.0"}}}', 'src/server.ts': '', 'src/routes.ts': '', 'README.md': '' },
  ignore: '.git\nnode_modules\nDockerfile\n.dockerignore\n',
}

describe('optimize', () => {
  test('has nothing to say of a file that is in order', () => {
    const { improvements, text, before, after, isComplete } = optimized({ code: 'FROM debian:12\nRUN make\nCOPY . /srv\n', files: { 'a.c': '' } })
    expect({ improvements, text, isComplete }).toEqual({ improvements: [], text: 'FROM debian:12\nRUN make\nCOPY . /srv\n', isComplete: true })
    expect(after.all).toBe(before.all)
  })

  test('moves installs above the sources, and says what that wins', () => {
    const { text, before, after, improvements } = optimized(web)
    expect(text).toBe(dockerfile`
      FROM node:22
      WORKDIR /app
      RUN apt-get update && apt-get install -y --no-install-recommends git && rm -rf /var/lib/apt/lists/*
      COPY package.json package-lock.json ./
      RUN npm ci
      COPY . .
      RUN npm run build
      CMD ["node", "dist/server.js"]`)
    expect(improvements.map(({ rule }) => rule).sort()).toEqual(['copy-source-before-install', 'copy-source-before-stable-step'])
    expect(before.byKind.get('source files')).toBeGreaterThan(5 * after.byKind.get('source files')!)
    // What the manifests cost is what their install costs, before and after.
    expect(after.byKind.get('dependency manifests')).toBeLessThan(before.byKind.get('dependency manifests')!)
  })

  test('each improvement starts where the one before ended', () => {
    const { improvements, before, after } = optimized(web)
    expect([before.all, ...improvements.map(each => each.after)]).toEqual([...improvements.map(each => each.before), after.all])
    for (const each of improvements) expect(each.after).toBeLessThan(each.before)
  })

  test('gives the same answer again, and nothing more to the answer', () => {
    const first = optimized(web)
    expect(optimized(web)).toEqual(first)
    expect(optimized({ ...web, code: first.text }).improvements).toEqual([])
  })

  test('moves a group that no rule reports above one that changes more often', () => {
    const { text, improvements } = optimized({
      code: dockerfile`
        FROM example.com/tools:1.4
        COPY docs /srv/docs
        COPY tools /opt/tools
        RUN apt-get update && apt-get install -y --no-install-recommends graphviz && rm -rf /var/lib/apt/lists/*`,
      files: { 'docs/index.md': '', 'tools/run.sh': '' },
    })
    expect(improvements.map(({ fix: { title } }) => title)).not.toEqual([])
    expect(text.indexOf('graphviz')).toBeLessThan(text.indexOf('COPY docs'))
  })

  test('stops after so many tries, and says so', () => {
    const seen: number[] = []
    const { isComplete, improvements } = optimized(web, { tries: 1, onTry: count => seen.push(count) })
    expect({ isComplete, seen, kept: improvements.length <= 1 }).toEqual({ isComplete: false, seen: [1], kept: true })
  })

  test('is null where the engine would refuse the file', () => expect(optimize(inputOf({ code: 'FRM a\n' }), active)).toBeNull())
})
