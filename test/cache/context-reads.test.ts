import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contextFilesOf, contextMatches } from '../../src/cache/context-reads.ts'
import { digestOf } from '../../src/cache/selection.ts'
import { treeOf } from '../../src/cache/tree.ts'
import { toBuild } from '../../src/model/to-build.ts'
import { parse } from '../../src/syntax/parse.ts'
import type { Build, FileEntry } from '../../src/model/build.ts'

const name = fc.constantFrom('a', 'b', 'a.txt', '.x', 'package.json')
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map(parts => parts.join('/'))
/** Files that can lie beside one another: none is a folder of another. */
const files = fc.uniqueArray(path, { maxLength: 8 }).map(paths => paths.filter(one => !paths.some(other => other.startsWith(`${one}/`))))
const links = fc.dictionary(fc.constantFrom('link', 'b.link'), fc.constantFrom('a', 'b', 'a/b', 'nowhere'), { maxKeys: 2 })

function buildOf(text: string, paths: readonly string[], targets: Readonly<Record<string, string>>): Build {
  const entries: readonly FileEntry[] = [...paths.map(one => ({ path: one, size: 1, mode: 0o644 })), ...Object.entries(targets).map(([one, link]) => ({ path: one, size: 1, mode: 0o777, link }))]
  return toBuild(parse(text), { path: 'Dockerfile', context: { list: () => entries, read: () => '' } })
}

const treeIn = (build: Build): ReturnType<typeof treeOf> =>
  treeOf([Object.fromEntries((build.context.files() as readonly FileEntry[]).map(({ path: one, link }) => [one, link === undefined ? { hash: one } : { symlink: link }]))])

/** What the engine's own walk over a tree of all files takes. */
function expected(build: Build, selector: Parameters<typeof digestOf>[1]): readonly string[] {
  const tree = treeIn(build)
  return digestOf(tree, selector).paths.filter(one => tree.get(one)?.kind !== 'dir')
}

describe('files of the context that a step takes', () => {
  const sources = fc.array(fc.constantFrom('a', 'b', '*', '*.txt', '?', '.*', 'package*.json', 'link'), { minLength: 1, maxLength: 3 }).map(parts => parts.join('/'))
  it('are those of the engine, wildcards and links included', () => {
    fc.assert(fc.property(files, links, sources, (paths, targets, source) => {
      const build = buildOf(`FROM debian\nCOPY ${source} /x/\n`, paths, targets)
      expect([...contextFilesOf(build, build.stages[0]!.steps[0]!)]).toEqual(expected(build, { path: source, wildcard: true, include: [], exclude: [] }))
    }), { numRuns: 400 })
  })

  const patterns = fc.constantFrom('*.json', '**/package.json', 'a', 'a/b', '*/a', '**', '**/*.txt', '!a', 'b/**', '[ab]')
  it('fit a pattern as the engine matches it, folders above included', () => {
    fc.assert(fc.property(files, links, fc.constantFrom('', 'a', 'a/b', 'link'), patterns, (paths, targets, folder, pattern) => {
      const build = buildOf('FROM debian\n', paths, targets)
      const literal = !/[*?[\\!]/.test(pattern) && Object.keys(targets).length === 0
      const wanted = literal ? paths.filter(one => one === (folder === '' ? pattern : `${folder}/${pattern}`)) : expected(build, { path: folder, wildcard: false, include: [pattern], exclude: [] })
      const found = contextMatches(build, folder, [pattern])
      // A name that is there is taken as it is, whatever else the pattern would match.
      if (!/[*?[\\!]/.test(pattern) && paths.includes(folder === '' ? pattern : `${folder}/${pattern}`)) expect(found).toContain(folder === '' ? pattern : `${folder}/${pattern}`)
      else expect(found).toEqual(wanted)
    }), { numRuns: 400 })
  })
})
