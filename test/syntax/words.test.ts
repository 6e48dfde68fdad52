import { describe, expect, test } from 'vitest'
import { expand, isSpace, type LexOptions, type Lookup } from '../../src/syntax/words.ts'

// Values and errors are those of BuildKit's shell.Lex, recorded, not reasoned: 200,000 random words agree with it.

const environment: Readonly<Record<string, string | null>> = {
  A: 'hello.tar.gz', E: '', S: 'a b', P: '/usr/local/bin', D: '$A', W: 'C:\\x', U: null, 'Ü': 'umlaut', n1: 'one', _: 'line', STAR: 'a*b', L: 'one\ntwo',
}
const lookup: Lookup = name => (Object.hasOwn(environment, name) ? environment[name] : undefined)
const value = (word: string, escape = '\\', options: LexOptions = {}): string | null => expand(word, lookup, escape, options).value
const errorOf = (word: string): string | null => expand(word, lookup).error

describe('expand', () => {
  test.each([
    // quotes and escapes
    ['', ''], ['plain', 'plain'], ['a b', 'a b'], ['"a b"c', 'a bc'], [`'a b'c`, 'a bc'], [`"it's"`, "it's"], [`'say "x"'`, 'say "x"'],
    ['a\\ b', 'a b'], ['a\\\\b', 'a\\b'], ['a\\', 'a'], ['\\a', 'a'], [`'a\\b'`, 'a\\b'], ['"a\\b"', 'a\\b'], ['"a\\"b\\\\c\\$d"', 'a"b\\c$d'], ['"\\`"', '\\`'],
    // names
    ['$A', 'hello.tar.gz'], ['${A}', 'hello.tar.gz'], ['x${A}y', 'xhello.tar.gzy'], ['$A/b', 'hello.tar.gz/b'], ['"$A"', 'hello.tar.gz'], [`'$A'`, '$A'], ['\\$A', '$A'], ['"\\$A"', '$A'],
    ['$NOPE', ''], ['${NOPE}', ''], ['$E', ''], ['$n1', 'one'], ['$Ü', 'umlaut'], ['$_', 'line'], ['$_x', ''], ['$D', '$A'],
    // what is no name of a variable
    ['$', '$'], ['a$', 'a$'], ['$(x)', '$(x)'], ['$ A', '$ A'], ['$/', '$/'], ['$"A"', '$A'], ['~', '~'], ['{a,b}', '{a,b}'], ['*', '*'],
    // parameters of a shell: looked up, and not set
    ['$$A', 'A'], ['$1x', 'x'], ['$12', ''], ['$0', ''], ['$01', ''], ['$@', ''], ['$*', ''], ['$#', ''], ['$?', ''], ['$-', ''], ['$!', ''], ['${@}', ''], ['${1}', ''],
  ])('%j is %j', (word, expected) => expect(value(word)).toBe(expected))

  test.each([
    ['${A:-x}', 'hello.tar.gz'], ['${NOPE:-x}', 'x'], ['${E:-x}', 'x'], ['${NOPE-x}', 'x'], ['${E-x}', ''], ['${A-x}', 'hello.tar.gz'],
    ['${A:+x}', 'x'], ['${NOPE:+x}', ''], ['${E:+x}', ''], ['${NOPE+x}', ''], ['${E+x}', 'x'], ['${A+x}', 'x'],
    ['${A:?no}', 'hello.tar.gz'], ['${A?no}', 'hello.tar.gz'], ['${E?no}', ''],
    ['${A#hel}', 'lo.tar.gz'], ['${A#*.}', 'tar.gz'], ['${A##*.}', 'gz'], ['${A%.*}', 'hello.tar'], ['${A%%.*}', 'hello'], ['${A#x}', 'hello.tar.gz'], ['${A#?}', 'ello.tar.gz'], ['${A%??}', 'hello.tar.'],
    ['${A#*}', 'hello.tar.gz'], ['${A##*}', ''], ['${A%*}', 'hello.tar.gz'], ['${A%%*}', ''], ['${NOPE#x}', ''], ['${NOPE%x}', ''],
    ['${P%/*}', '/usr/local'], ['${P##*/}', 'bin'], ['${P#/usr/}', 'local/bin'], ['${STAR#a\\*}', 'b'], ['${STAR%\\*b}', 'a'],
    ['${A/l/L}', 'heLlo.tar.gz'], ['${A//l/L}', 'heLLo.tar.gz'], ['${A/./-}', 'hello-tar.gz'], ['${A//./}', 'hellotargz'], ['${A/t*r/x}', 'hello.x.gz'], ['${A//?/x}', 'xxxxxxxxxxxx'],
    ['${P//\\//-}', '-usr-local-bin'], ['${A//*/x}', 'x'], ['${E//*/x}', 'x'], ['${A/nope/x}', 'hello.tar.gz'], ['${A//l/}', 'heo.tar.gz'], ['${A/[l]/x}', 'hello.tar.gz'],
    ['${L#one*}', '\ntwo'], ['${L//?/x}', 'xxx\nxxx'],
    // nested, quoted, with escapes
    ['${X:-${Y:-z}}', 'z'], ['${X:-$A}', 'hello.tar.gz'], ['${X:-"a b"}', 'a b'], ["${X:-'$A'}", '$A'], ['${X:-a\\}b}', 'a}b'], ['${X:-}', ''], ['${E:+${A}}x', 'x'], ['"${X:-"a"}"', 'a'],
    ['${A%${NOPE:-.gz}}', 'hello.tar'], ['${X-a b}', 'a b'], ["${A//l/'$0$0'}", 'hellllo.tar.gz'], ["${A//l/'$$'}", 'he$$o.tar.gz'], ["${A//l/'$1'}", 'heo.tar.gz'], ["${A/l/'$0'}", 'he$0lo.tar.gz'],
  ])('%j is %j', (word, expected) => expect(value(word)).toBe(expected))

  test.each([
    ['${A', "syntax error: missing '}'", true],
    ['${', "syntax error: missing '}'", true],
    ['${A:-b', "syntax error: missing '}'", true],
    ['${A:-"b}', "syntax error: missing '}'", true],
    ['${}', 'syntax error: bad substitution', true],
    ['${:-x}', 'syntax error: bad substitution', true],
    ['${{A}}', 'syntax error: bad substitution', true],
    ['"a', 'unexpected end of statement while looking for matching double-quote', true],
    ["it's", 'unexpected end of statement while looking for matching single-quote', true],
    ['${a.b}', 'unsupported modifier (.) in substitution', true],
    ['${A B}', 'unsupported modifier ( ) in substitution', true],
    // shells know these, so a later frontend may
    ['${!A}', 'unsupported modifier (A) in substitution', false],
    ['${#A}', 'unsupported modifier (A) in substitution', false],
    ['${A^^}', 'unsupported modifier (^) in substitution', false],
    ['${A,,}', 'unsupported modifier (,) in substitution', false],
    ['${A@Q}', 'unsupported modifier (@) in substitution', false],
    ['${A[0]}', 'unsupported modifier ([) in substitution', false],
    ['${A:1}', 'unsupported modifier (:1) in substitution', false],
    ['${A:#x}', 'unsupported modifier (:#) in substitution', false],
    ['${A/l}', "syntax error: missing '/' in ${}", false],
    ['${A//l}', "syntax error: missing '/' in ${}", false],
    ['${A#\\a}', 'invalid pattern (\\a) in substitution: invalid escape', false],
    // these depend on a value
    ['${NOPE:?}', 'NOPE: is not allowed to be unset', false],
    ['${NOPE?say so}', 'NOPE: say so', false],
    ['${E:?}', 'E: is not allowed to be empty', false],
  ])('%j: %s', (word, error, malformed) => expect(expand(word, lookup)).toMatchObject({ value: null, words: [], error, malformed }))

  test('takes the escape character of the file', () => {
    expect([value('a`$A', '`'), value('a\\$A', '`'), value('"`$A`x"', '`'), value('${X:-a`}b}', '`')]).toEqual(['a$A', 'a\\hello.tar.gz', '$A`x', 'a}b'])
    // In a pattern it is a backslash that quotes, always.
    expect(value('${W%\\\\*}', '`')).toBe('C:')
  })

  test('does not know what depends on an unknown variable', () => {
    expect([value('$U'), value('a${U}b'), value('${U:-x}'), value('${U:?}'), value('"$U"'), value('${U%x}'), value('${A:-$U}')]).toEqual([null, null, null, null, null, null, null])
    expect([errorOf('${U:?}'), errorOf('$U${')]).toEqual([null, "syntax error: missing '}'"])
  })

  test('names the variables it looked at', () => {
    expect(expand('$A ${X:-$Y} "$U" \\$B \'$C\' ${Z#$Q} $$ $1', lookup).used).toEqual(['A', 'Y', 'X', 'U', 'Q', 'Z', '$', '1'])
  })

  test('keeps references to unset variables when asked to', () => {
    const keep = (word: string): string | null => value(word, '\\', { keepUnset: true })
    expect(['$X-$A', '${X}', '${X:-$A}', '${X/a/b}', '${X#a}', '${X:?}'].map(keep)).toEqual(['$X-hello.tar.gz', '${X}', '${X:-hello.tar.gz}', '${X/a/b}', '${X#a}', '${X:?}'])
  })

  test('keeps quotes and escapes when asked to', () => {
    const raw = (word: string): string | null => value(word, '\\', { raw: true })
    expect([`"a" 'b' \\c`, '"\\$A"', '${X:-"a\\b"}', 'a\\'].map(raw)).toEqual([`"a" 'b' \\c`, '"\\$A"', '"a\\b"', 'a\\'])
    // In double quotes the engine doubles an escape that quotes nothing.
    expect(raw('"a\\b"')).toBe('"a\\\\b"')
  })

  test('takes quotes for ordinary characters in a here-document', () => {
    expect(expand(`it's "$A" \\$A\n`, lookup, '\\', { ignoreQuotes: true }).value).toBe(`it's "hello.tar.gz" $A\n`)
  })
})

describe('words', () => {
  const words = (word: string, options: LexOptions = {}): readonly string[] => expand(word, lookup, '\\', options).words

  test.each([
    ['', []], ['a', ['a']], ['  a  b\t"c d" ', ['a', 'b', 'c d']], ['$S', ['a', 'b']], ['"$S"', ['a b']], ['x${S}y', ['xa', 'by']], ['a\\ b', ['a b']], ["''", []], ['a\u00a0b', ['a', 'b']],
    ['<< EOF', ['<< EOF']], ['a <<-\t EOF b', ['a', '<<-', 'EOF', 'b']], ['<<  "E F"', ['<<  E F']], ['a<b', ['a<b']],
    // The engine keeps one buffer for all levels: what stands before a nested word is lost.
    ['ab${X:-c}d', ['cd']], ['ab${S}', ['aba', 'b']],
  ])('%j are %j', (word, expected) => expect(words(word)).toEqual(expected))

  test('of a line with here-documents', () => {
    expect(words(`RUN cat <<EOF 3<<-"E F" "<<X" \\<<Y > /x`, { raw: true, keepUnset: true })).toEqual(['RUN', 'cat', '<<EOF', '3<<-"E F"', '"<<X"', '\\<<Y', '>', '/x'])
  })
})

describe('limits', () => {
  const nested = (depth: number): string => '${a:-'.repeat(depth) + 'x' + '}'.repeat(depth)

  test('what nests deeper than any real file is unknown, not wrong', () => {
    expect(expand(nested(100), lookup).value).toBe('x')
    expect(expand(nested(100_000), lookup)).toMatchObject({ value: null, error: null, malformed: false })
  })

  test('a pattern that would take quadratic time is given up', () => {
    const long = 'a'.repeat(100_000)
    expect(expand('${V//a*b/x}', () => long)).toMatchObject({ value: null, error: null })
    expect(expand('${V##*a*a*a*b}', () => 'a'.repeat(1000)).value).toBe('a'.repeat(1000))
    expect(expand('${V%%b*}', () => 'a'.repeat(1000)).value).toBe('a'.repeat(1000))
  })
})

test('blanks are those of Go', () => {
  expect([...'\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2028\u202f\u205f\u3000'].every(isSpace)).toBe(true)
  expect([...'\0\x1ca\u180e\u200b\u2060\ufeff'].some(isSpace)).toBe(false)
})
