import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { contextFilter, goPattern, ignoreMatcher, isWildcard, readIgnoreFile, type IgnoreMatcher, type Visit } from '../../src/model/globs.ts'
import { cleanPath } from '../../src/model/paths.ts'

// Verdicts in the tables are those of Go 1.19 (path.Match, filepath.Match, filepath.Clean) and of moby/patternmatcher 0.6.1, recorded, not reasoned.

const matcherOf = (...patterns: readonly string[]): IgnoreMatcher => {
  const matcher = ignoreMatcher(patterns)
  if (!matcher) throw new Error(`malformed: ${patterns.join(' ')}`)
  return matcher
}
/** The verdict of a walk that looks into every directory. */
const walked = (matcher: IgnoreMatcher, path: string): boolean => {
  const names = path.split('/')
  return names.reduce<Visit | undefined>((above, _, index) => matcher.visit(names.slice(0, index + 1).join('/'), above), undefined)!.matched
}

describe('goPattern', () => {
  test.each<[pattern: string, matching: readonly string[], others: readonly string[]]>([
    ['*', ['a', '.env', '', '日本'], ['a/b']],
    ['*.js', ['a.js', '.js'], ['a.jsx', 'a/b.js']],
    ['a/*', ['a/b', 'a/.b'], ['a/b/c', 'a', 'b/a']],
    ['*/b', ['a/b'], ['b', 'a/a/b']],
    ['a?c', ['abc', 'a€c'], ['a/c', 'ac']],
    ['**', ['a'], ['a/b']],
    ['**/a', ['b/a'], ['a', 'b/c/a']],
    ['[a-c]x', ['ax', 'cx'], ['dx', '-x']],
    ['[^a]x', ['bx', '/x'], ['ax']],
    ['[!a]x', ['!x', 'ax'], ['bx']],
    ['a[^b]c', ['a/c', 'axc'], ['abc']],
    ['*[^x]*', ['a'], ['a/b', 'x']],
    ['*??', ['€', 'ab'], ['é', 'a']],
    ['a\\*b', ['a*b'], ['axb', 'a\\*b']],
    ['[\\]]', [']'], ['\\']],
    ['[\\-z]', ['-', 'z'], ['y']],
    ['a]', ['a]'], []],
    ['{a,b}', ['{a,b}'], ['a']],
    ['(a|b)+$^', ['(a|b)+$^'], ['a']],
    ['[c-a]', [], ['b']],
    ['arr[[]0].txt', ['arr[0].txt'], ['arr0.txt']],
    ['', [''], ['a']],
    ['A', ['A'], ['a']],
  ])('%j', (pattern, matching, others) => {
    const { matches } = goPattern(pattern)!
    expect([matching.filter(matches), others.filter(matches)]).toEqual([matching, []])
  })

  test.each(['[', '[]a]', '[^]a]', '[-x]', '[a-]', '[x', 'a\\', 'b*[', '*['])('%j is malformed', pattern => expect(goPattern(pattern)).toBeNull())

  test.each([['a', true], ['a\\*', true], ['a*', false], ['a\\\\*', false], ['[a]', false], ['a]', true]])('%j literal: %s', (pattern, literal) => {
    expect([goPattern(pattern)!.literal, isWildcard(pattern)]).toEqual([literal, !literal])
  })

  test('takes linear time', () => {
    const { matches } = goPattern(`${'*a'.repeat(200)}b`)!
    const start = performance.now()
    expect(matches(`${'a'.repeat(4000)}cb`)).toBe(false)
    expect(performance.now() - start).toBeLessThan(500)
  })
})

describe('ignoreMatcher', () => {
  test.each<[patterns: readonly string[], matching: readonly string[], others: readonly string[]]>([
    [['node_modules'], ['node_modules', 'node_modules/a/b'], ['a/node_modules', 'node_modules2']],
    [['*'], ['a', '.a', 'a/b'], []],
    [['*.md'], ['a.md', '.md', 'a.md/b'], ['a/b.md']],
    [['*/*.md'], ['a/b.md'], ['a.md', 'a/b/c.md']],
    [['**/*.md'], ['a.md', 'a/b.md', 'a/b/c.md'], []],
    [['**'], ['a', '.a', 'a/b'], []],
    [['**/'], ['a'], []],
    [['**/**'], ['a', 'a/b'], []],
    [['***'], ['a', 'a/b'], []],
    [['.'], ['.'], ['a']],
    [['..'], [], ['a']],
    [['../a'], [], ['a']],
    [['/a'], [], ['a']],
    [['./a//b/'], ['a/b'], ['a']],
    [['a/../b'], ['b'], ['a']],
    [['dir/**'], ['dir/a', 'dir/a/b'], ['dir', 'dirx']],
    [['dir/*'], ['dir/a', 'dir/a/b'], ['dir']],
    [['dir/**/x'], ['dir/x', 'dir/a/b/x'], ['dir/ax', 'x']],
    [['**x'], ['x', 'ax', 'a/x', 'a/bx', 'x/a'], ['xa']],
    [['a**'], ['a', 'ab', 'a/b'], ['ba']],
    [['a**b'], ['ab', 'a/b', 'a/x/b'], ['axb', 'a/xb']],
    [['a**/b'], ['ab', 'a/b', 'ax/b', 'a/x/b'], ['axb']],
    [['**/a/**'], ['a/b', 'x/a/b'], ['a', 'x/a']],
    [['a/**/'], ['a/b'], ['a']],
    [['**/.env*'], ['.env', 'a/.env.local'], ['a.env']],
    [['[!a]'], ['!', 'a'], ['b']],
    [['[^a]'], ['b'], ['a']],
    [['a[^x]b'], ['a/b', 'ayb'], ['axb']],
    [['[a*]'], [']', 'aa]', 'a/]'], ['a', '*']],
    [['[[:alpha:]]'], ['x'], ['1']],
    [['[a-c]'], ['b'], ['d']],
    [['a\\*'], ['a*'], ['ab']],
    [['a\\b'], ['a/b'], ['a\\b', 'ab']],
    [['bin\\Debug'], ['bin/ebug', 'binDebug'], ['bin\\Debug']],
    [['src\\dist'], ['src1ist'], ['src\\dist', 'src/dist']],
    [['a?b'], ['axb', 'a€b'], ['a/b']],
    [['A'], ['A'], ['a']],
    [['{a,b}'], ['{a,b}'], ['a']],
    [['*.{js,ts}'], ['a.{js,ts}'], ['a.js']],
    [['a.b'], ['a.b'], ['axb']],
    [['(a)+$'], ['(a)+$'], ['a']],
    [['a^b'], ['a^b'], []],
    [['*a|b'], ['xa', 'xb/c', 'zzb'], ['bz']],
    [['?{2}'], ['ab'], ['a{2}']],
    [['x*', '\u00a0 y '], ['x1', 'y'], []],
    [['docs', '!docs/x.md'], ['docs', 'docs/a.md'], ['docs/x.md']],
    [['!docs/x.md', 'docs'], ['docs/x.md'], []],
    [['*', '!docs', 'docs/sub'], ['a', 'docs/sub/a'], ['docs', 'docs/a']],
    [['a', '!a/b', 'a/b/c'], ['a/x', 'a/b/c/d'], ['a/b/x']],
    [['*', '!**/*.js'], ['b/a.ts'], ['a.js', 'b/a.js']],
    [['!a'], [], ['a']],
    [['**', '!a', '!a/**'], ['b/a'], ['a', 'a/b']],
  ])('%j', (patterns, matching, others) => {
    const matcher = matcherOf(...patterns)
    expect([matching.filter(matcher.matches), others.filter(matcher.matches)]).toEqual([matching, []])
    expect([...matching, ...others].filter(path => walked(matcher, path))).toEqual(matching)
  })

  test.each([
    '!', '!/', '[', '[]', 'a[', '[]a]', 'b*[', 'obj\\Release', 'src\\public', 'a\\', 'x\\é', '*{2}', '?{2,1}', 'a[[:foo:]]', 'a*[c-a]', '\\pX', '?{1001}', 'a**{2}',
  ])('%j is malformed', pattern => expect(ignoreMatcher(['a', pattern])).toBeNull())

  test.each(['b*[a*', '', '  ', 'a[b]', '?{0,1000}', '*{'])('%j is not', pattern => expect(ignoreMatcher([pattern])).not.toBeNull())

  test.each<[patterns: readonly string[], path: string, matches: boolean, visit: boolean, sent: boolean]>([
    [['docs/*.md', '!docs'], 'docs/a.md', false, true, false],
    [['**/*.md', '!docs'], 'docs/a.md', false, true, false],
    [['*', '!a/x', 'a'], 'a/x', true, false, true],
    [['a/x', '!a/*/**'], 'a/x/y', false, false, false],
    [['*', '!a/b/c'], 'a/b/c', false, false, true],
    [['*', '!a/b/c'], 'a/b', true, true, false],
    [['*', '!**/c'], 'a/b/c', false, false, true],
    [['a', '!a/b/*'], 'a/b/c/d', false, false, true],
    [['*', '!a/**'], 'a/b', false, false, true],
  ])('%j on %j: alone %s, in a walk %s, sent %s', (patterns, path, matches, visit, sent) => {
    const matcher = matcherOf(...patterns)
    expect([matcher.matches(path), walked(matcher, path), contextFilter(matcher)(path)]).toEqual([matches, visit, sent])
  })

  test('prunes what no exception begins with', () => {
    const matcher = matcherOf('*', '!a/b/c', '!d/**')
    expect(['a', 'a/b', 'a/b/c', 'a/bc', 'd', 'd/e', 'b'].filter(matcher.prunes)).toEqual(['a/bc', 'd/e', 'b'])
    expect([matcherOf('*').prunes('a'), matcherOf('*', '!**/c').prunes('a')]).toEqual([true, false])
    expect([matcherOf('*').hasExceptions, matcher.hasExceptions]).toEqual([false, true])
  })

  test('knows a top-level file from a folder whose name it begins with', () => {
    const sent = contextFilter(matcherOf('ab'))
    expect([sent('ab/c'), sent('abc'), sent('a')]).toEqual([false, true, true])
  })

  test.each(['**/**/**/**/**/**/*a*a*a*a*b', '*a'.repeat(500), `${'**/a/'.repeat(300)}b`, '**/'.repeat(2000), '*?{0,1000}b', `[${'[:'.repeat(20_000)}`, '?{0,1000}'.repeat(100)])('hostile pattern %# does not backtrack', pattern => {
    const start = performance.now()
    const matcher = ignoreMatcher([pattern])
    for (const path of [`${'a/'.repeat(50)}${'a'.repeat(1000)}cb`, `${'a'.repeat(2000)}b/c`]) matcher?.matches(path)
    expect(performance.now() - start).toBeLessThan(5000)
  })
})

describe('a walk', () => {
  const name = fc.constantFrom('a', 'b', 'ab', 'docs', 'x.md', '.env')
  const path = fc.array(name, { minLength: 1, maxLength: 4 }).map(names => names.join('/'))
  const part = fc.constantFrom('a', 'b', 'docs', '*', '**', 'a*', '*.md', '?', '[ab]', '[^a]', '**b')
  const pattern = fc.array(part, { minLength: 1, maxLength: 3 }).map(parts => parts.join('/'))

  test('agrees with matches when there is no exception', () => {
    fc.assert(fc.property(fc.array(pattern, { maxLength: 5 }), fc.array(path), (patterns, paths) => {
      const matcher = matcherOf(...patterns)
      expect(paths.filter(found => walked(matcher, found))).toEqual(paths.filter(matcher.matches))
    }))
  })

  test('may leave out what is pruned', () => {
    const signed = fc.tuple(fc.boolean(), pattern).map(([exception, text]) => (exception ? `!${text}` : text))
    // The one case where fsutil itself leaves out too much, see `prunes`.
    const patterns = fc.array(signed, { maxLength: 5 }).filter(all => !all.some(text => /^!(?:.*\/)?\*\/\*\*$/.test(text)))
    fc.assert(fc.property(patterns, fc.array(path), (all, paths) => {
      const matcher = matcherOf(...all)
      const sent = contextFilter(matcher)
      expect(paths.filter(sent)).toEqual(paths.filter(found => !walked(matcher, found)))
    }))
  })

  test('of many files is quick', () => {
    const sent = contextFilter(matcherOf('**/node_modules', '**/.git', '**/*.log', '**/docker-compose*', 'dist', '*', '!packages', '**/*.tmp'))
    const start = performance.now()
    let count = 0
    for (let file = 0; file < 100_000; file++) if (sent(`packages/p${file % 50}/src/d${file % 700}/component-${file}.ts`)) count++
    expect(count).toBe(100_000)
    expect(performance.now() - start).toBeLessThan(5000)
  })
})

describe('readIgnoreFile', () => {
  const lines = (text: string): readonly string[] => readIgnoreFile(text).patterns.map(({ pattern }) => pattern)

  test.each<[text: string, patterns: readonly string[]]>([
    ['', []],
    ['\ufeff# c\na', ['a']],
    ['\ufeffa', ['a']],
    [' # no comment\n#c\n\n  \na', ['# no comment', 'a']],
    ['a\r\nb\r\n', ['a', 'b']],
    ['  a b \t\n\u00a0c\u3000', ['a b', 'c']],
    ['/a\n//a/\n./a/./b/..\n/', ['a', 'a', 'a', '/']],
    ['..\n../a\n/../a\na/../..', ['..', '../a', 'a', '..']],
    ['!a\n!  /a/\n!!a\n!#', ['!a', '!a', '!!a', '!#']],
    ['.\n!.\n*/.\n**/', ['.', '!.', '*', '**']],
    ['a\\ \n[a/b]', ['a\\', '[a/b]']],
  ])('%j', (text, patterns) => expect(lines(text)).toEqual(patterns))

  test('keeps the place of each pattern', () => {
    const text = '\ufeff a \r\n# x\n! /b/\n\tc d\t'
    expect(readIgnoreFile(text).patterns.map(({ span }) => text.slice(span.start, span.end))).toEqual(['a', '! /b/', 'c d'])
  })

  test('reports what fails the build, at its line', () => {
    const text = 'a\n!\nobj\\Release\n[b]\n[\n'
    const { problems } = readIgnoreFile(text)
    expect(problems.map(({ span, message }) => [text.slice(span.start, span.end), message])).toEqual([
      ['!', '"!" is no valid pattern, which fails the build.'],
      ['obj\\Release', '"obj\\Release" is no valid pattern, which fails the build.'],
      ['[', '"[" is no valid pattern, which fails the build.'],
    ])
  })

  test.each([[`#${'x'.repeat(65_534)}`, 0], [`#${'x'.repeat(65_535)}`, 1], ['é'.repeat(32_767), 0], ['é'.repeat(32_768), 1], [`${'x'.repeat(65_535)}\r\n`, 1]])('long line %#', (text, count) => {
    expect(readIgnoreFile(text).problems).toHaveLength(count)
  })
})

test.each([
  ['', '.'], ['a/..', '.'], ['a//b/./c/', 'a/b/c'], ['../a/../..', '../..'], ['/../a', '/a'], ['//', '/'], ['!a/../b', 'b'], ['a\\/../b', 'b'],
])('cleanPath(%j)', (path, clean) => expect(cleanPath(path)).toBe(clean))
