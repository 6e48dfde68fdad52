import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readArguments, readScript, type Command, type Lookup } from '../../src/syntax/shell.ts'

const known: Lookup = name => ({ PACKAGES: 'git  curl', EMPTY: '', VERSION: '1.2', STAR: '*.txt' })[name]
const scriptOf = (text: string): { text: string; offset(at: number): number } => ({ text, offset: at => at })
const read = (text: string, environment: Lookup = known): readonly Command[] => {
  const commands = readScript(scriptOf(text), environment)
  if (commands === 'opaque') throw new Error(`opaque: ${text}`)
  return commands
}
const valuesOf = (command: Command): (string | null)[] => command.words.map(word => word.value)
/** Values of the words of the last command outside `$(…)`; in a loop of the first. */
const words = (text: string): (string | null)[] => valuesOf(read(text).findLast(command => command.depth === 0 && (!/^for|^f\(/.test(text) || command.words[0]?.value === 'echo'))!)
const lines = (text: string): string[] => read(text).map(command => valuesOf(command).join(' '))

describe('words', () => {
  it.each<[string, (string | null)[]]>([
    [`echo "a b" 'c'"d"e\\ f`, ['echo', 'a b', 'cde f']],
    ['rm -rf "/var/lib/apt/lists/"*', ['rm', '-rf', '/var/lib/apt/lists/*']],
    ['echo $VERSION ${VERSION}x "v$VERSION"', ['echo', '1.2', '1.2x', 'v1.2']],
    ['echo $UNKNOWN "${UNKNOWN}x" y', ['echo', null, null, 'y']],
    ['add $PACKAGES "$PACKAGES" x$PACKAGES$VERSION', ['add', 'git', 'curl', 'git  curl', 'xgit', 'curl1.2']],
    ['add $EMPTY "$EMPTY" x$EMPTY', ['add', '', 'x']],
    ['echo ${VERSION:-d} ${EMPTY:-d} ${EMPTY-d} ${UNKNOWN:-d} ${VERSION:+p} ${VERSION%.*}', ['echo', '1.2', 'd', null, 'p', null]],
    ['echo $(date) `date` $((1+1)) <(ls) $1 $@ "$?"', ['echo', null, null, null, null, null, null, null]],
    [`echo \\$VERSION '$VERSION' "\\$VERSION" $'a\\tb'`, ['echo', '$VERSION', '$VERSION', '$VERSION', 'a\tb']],
    ['rm {a,b}/c ~/.npm a[0-9]', ['rm', '{a,b}/c', '~/.npm', 'a[0-9]']],
    ['FOO=bar foo', ['foo']],
  ])('%s', (text, expected) => expect(words(text)).toEqual(expected))

  it('tells wildcards from quoted ones', () => {
    expect(read('rm a* "b*" \\*c {d,e} $STAR "$STAR"')[0]!.words.map(word => word.glob)).toEqual([false, true, false, false, true, true, false])
  })

  it('keeps text and place', () => {
    const text = 'foo  && bar "x y" $VERSION'
    const [, bar] = read(text)
    expect(bar!.words.map(word => [word.text, text.slice(word.span.start, word.span.end)])).toEqual([['bar', 'bar'], ['"x y"', '"x y"'], ['$VERSION', '$VERSION']])
    expect(text.slice(bar!.span.start, bar!.span.end)).toBe('bar "x y" $VERSION')
  })

  it('maps places through the script', () => {
    const [command] = readScript({ text: 'foo bar', offset: at => 100 + at * 2 }) as readonly Command[]
    expect(command!.words[1]!.span).toEqual({ start: 108, end: 113 })
  })
})

describe('variables of the script', () => {
  it.each<[string, (string | null)[]]>([
    ['X=1; Y="a $X"; echo "$Y"', ['echo', 'a 1']],
    ['X=1 && echo $X', ['echo', '1']],
    ['export X=1 Y=2; echo $X$Y', ['echo', '12']],
    ['X=a; X+=b; echo $X', ['echo', 'ab']],
    ['X=$(date); echo $X', ['echo', null]],
    ['VERSION=$(date); echo $VERSION', ['echo', null]],
    ['X=1 foo; echo $X', ['echo', null]],
    ['(X=1); echo $X', ['echo', null]],
    ['VERSION=2; (VERSION=3); echo $VERSION', ['echo', '2']],
    ['echo x | VERSION=3; echo $VERSION', ['echo', '1.2']],
    ['if a; then VERSION=2; fi; echo $VERSION', ['echo', null]],
    ['if a; then VERSION=2; echo $VERSION; fi', ['echo', '2']],
    ['[ -n "$A" ] && VERSION=2; echo $VERSION', ['echo', null]],
    ['[ -n "$A" ] && VERSION=2 && echo $VERSION', ['echo', '2']],
    ['a || VERSION=2; echo $VERSION', ['echo', null]],
    ['for VERSION in 1 2; do echo $VERSION; done', ['echo', null]],
    ['for i in 1 2; do echo $VERSION; VERSION=2; done', ['echo', null]],
    ['while read VERSION; do echo $VERSION; done', ['echo', null]],
    ['f() { VERSION=2; }; f; echo $VERSION', ['echo', null]],
    ['X=1; f() { echo $X; }', ['echo', null]],
    ['f() { echo $VERSION; }', ['echo', '1.2']],
    ['read VERSION; echo $VERSION', ['echo', null]],
    ['unset VERSION; echo $VERSION', ['echo', null]],
    ['((VERSION=2)); echo $VERSION', ['echo', null]],
    ['. ./settings; echo $VERSION', ['echo', null]],
    ['. venv/bin/activate; echo $VERSION', ['echo', '1.2']],
    ['eval "VERSION=2"; echo $VERSION', ['echo', '2']],
    ['eval "$UNKNOWN"; echo $VERSION', ['echo', null]],
    ['X=1; X[0]=2; Y=(a b); echo $X $Y', ['echo', null, null]],
    ['IFS=,; echo $PACKAGES', ['echo', null]],
  ])('%s', (text, expected) => expect(words(text)).toEqual(expected))

  it('says what the script exports', () => {
    const [, , last] = read('export A=1; B=2; foo')
    expect([...last!.exports]).toEqual([['A', '1']])
    expect([...read('if x; then export A=1; fi; foo').at(-1)!.exports]).toEqual([['A', null]])
    expect([...read('VERSION=3; foo').at(-1)!.exports]).toEqual([['VERSION', '3']])
    expect(read('A=1 env B=2 foo')[0]!.assignments.map(({ name, value }) => [name, value?.value])).toEqual([['A', '1'], ['B', '2']])
  })
})

describe('structure', () => {
  const shape = (text: string): string[] => read(text).map(command => [
    valuesOf(command)[0], command.joinedBy ?? '^', command.depth, command.conditional && 'may', command.piped && 'piped', command.negated && 'not',
  ].filter(part => part !== false).join(' '))

  it.each<[string, string[]]>([
    ['a && b || c && d; e & f', ['a ^ 0', 'b && 0', 'c || 0 may', 'd && 0', 'e ; 0', 'f & 0']],
    ['a | b |& c', ['a ^ 0 piped', 'b | 0 piped', 'c | 0']],
    ['[ x ] && b && c; d', ['[ ^ 0', 'b && 0 may', 'c && 0 may', 'd ; 0']],
    ['! a && b', ['a ^ 0 not', 'b && 0 may']],
    ['(a; b) && { c; d; }', ['a ^ 1', 'b ; 1', 'c ^ 0', 'd ; 0']],
    ['{ a; b; } | c', ['a ^ 0 piped', 'b ; 0 piped', 'c | 0']],
    ['if a; then b; elif c; then d; else e; fi', ['a ^ 0', 'b ^ 0 may', 'c ^ 0 may', 'd ^ 0 may', 'e ^ 0 may']],
    ['for i in $(a); do b; done', ['a ^ 1', 'b ^ 0 may']],
    ['until a; do b; done', ['a ^ 0', 'b ^ 0 may']],
    ['case $(a) in x) b;; *) c;; esac', ['a ^ 1', 'b ^ 0 may', 'c ^ 0 may']],
    ['f() { a; }; b', ['a ^ 0 may', 'b ; 0']],
    ['a $(b; c) "$(d)" <(e) $((1+$(f))) > $(g)', ['a ^ 0', 'b ^ 1', 'c ; 1', 'd ^ 1', 'e ^ 1', 'f ^ 1', 'g ^ 1']],
    ['a `b \\`c\\``', ['a ^ 0', 'b ^ 1', 'c ^ 2']],
    ['[[ -n $(a) ]] && b', ['a ^ 1', 'b && 0 may']],
    ['time a; a\nb # c\n#d\n', ['a ^ 0', 'a ; 0', 'b ; 0']],
  ])('%s', (text, expected) => expect(shape(text)).toEqual(expected))

  it.each<[string, string]>([
    ['a; b && c; d', 'a:dropped b:dropped c:dropped d:returned'],
    ['a && b || c && d', 'a:read b:read c:returned d:returned'],
    ['a || b; c & d', 'a:read b:dropped c:read d:returned'],
    ['if a; b; then c; d; elif e; then f; else g; fi', 'a:dropped b:read c:dropped d:returned e:read f:returned g:returned'],
    ['if a; then b; fi; c', 'a:read b:dropped c:returned'],
    ['while a; do b; c; done', 'a:read b:dropped c:returned'],
    ['{ a; b; } || c', 'a:dropped b:read c:returned'],
    ['(a; b)', 'a:dropped b:returned'],
    ['! a; b', 'a:read b:returned'],
    ['f() { a; b; }; sh -c "c; d"', 'a:dropped b:read sh:returned c:dropped d:returned'],
    ['a $(b)', 'a:returned b:read'],
  ])('says what becomes of a status: %s', (text, expected) => expect(read(text).map(command => `${valuesOf(command)[0]}:${command.status}`).join(' ')).toBe(expected))

  it('keeps redirections', () => {
    const [a] = read('a >b 2>&1 <<E\nx y\nE\n')
    expect(a!.redirects.map(({ operator, fd, target, body }) => [operator, fd, target?.value, body?.value])).toEqual([['>', null, 'b', undefined], ['>&', 2, '1', undefined], ['<<', null, undefined, 'x y\n']])
    expect(read('{ a; } > b').map(command => [command.words.length, command.redirects.length])).toEqual([[1, 0], [0, 1]])
  })

  it('knows calls of functions', () => {
    expect(read('npm() { x; }; npm ci; pip install').map(command => command.callsFunction)).toEqual([false, true, false])
  })
})

describe('scripts in scripts', () => {
  it.each<[string, string[]]>([
    [`sh -c 'a && b $VERSION'`, ['sh -c a && b $VERSION', 'a', 'b 1.2']],
    [`/bin/bash -euxo pipefail -c "a \\"x y\\" $VERSION"`, ['/bin/bash -euxo pipefail -c a "x y" 1.2', 'a x y 1.2']],
    [`sudo -u x bash -lc 'a'`, ['sudo -u x bash -lc a', 'a']],
    [`su - user -c 'a; b'`, ['su - user -c a; b', 'a', 'b']],
    [`runuser -l user -c 'a'`, ['runuser -l user -c a', 'a']],
    [`sh -c "sh -c 'a'"`, [`sh -c sh -c 'a'`, 'sh -c a', 'a']],
    [`eval "a b" c`, ['eval a b c', 'a b c']],
    ['bash <<E\na $VERSION\n\\$VERSION\nE\n', ['bash', 'a 1.2', '1.2']],
    ["sh -e <<-'E'\n\ta\n\t\tb\n\tE\n", ['sh -e', 'a', 'b']],
    ['cat <<E | sh\na\nE\n', ['cat', 'sh', 'a']],
    ['python3 <<E\na\nE\n', ['python3']],
    ['bash script.sh <<E\na\nE\n', ['bash script.sh']],
    [`zsh -c 'a'`, ['zsh -c a']],
    ['sh -c "$UNKNOWN"', ['sh -c ', '']],
    ['sh -c "a $UNKNOWN"', ['sh -c ', 'a ']],
    [`X=1; sh -c 'a $X'; export X; sh -c 'b $X'`, ['', 'sh -c a $X', 'a ', 'export X', 'sh -c b $X', 'b 1']],
    [`su -s /usr/bin/fish -c 'a' user`, ['su -s /usr/bin/fish -c a user']],
  ])('%s', (text, expected) => expect(lines(text)).toEqual(expected))

  it('points into the file', () => {
    const text = `x; bash -c "foo \\"a b\\" && bar $VERSION" && sh -c 'baz' \nsh <<-E\n\tqux $VERSION\n\tE\n`
    const at = (name: string): string => {
      const { span } = read(text).find(command => command.words[0]?.value === name)!
      return text.slice(span.start, span.end)
    }
    expect(['foo', 'bar', 'baz', 'qux'].map(at)).toEqual(['foo \\"a b\\"', 'bar $VERSION', 'baz', 'qux $VERSION'])
    expect(read(text).filter(command => command.unfolded)).toHaveLength(3)
  })

  it('reads the exec form', () => {
    const exec = (...values: string[]): readonly Command[] => {
      let at = 0
      const commands = readArguments(values.map(value => ({ text: value, value, span: { start: at, end: at += value.length + 2 } })), known)
      if (commands === 'opaque') throw new Error('opaque')
      return commands
    }
    expect(exec('npm', 'ci', '$VERSION', '*').map(valuesOf)).toEqual([['npm', 'ci', '$VERSION', '*']])
    expect(exec('/bin/sh', '-ec', 'a $VERSION && b').map(valuesOf)).toEqual([['/bin/sh', '-ec', 'a $VERSION && b'], ['a', '1.2'], ['b']])
    expect(exec('sh', '-c', 'a && b')[2]!.span).toEqual({ start: 14, end: 15 })
    expect(exec('sh', '-ec', 'a')[1]!.options.errexit).toBe(true)
    expect(exec()).toEqual([])
    expect(readArguments([{ text: 'sh', value: 'sh', span: { start: 0, end: 4 } }, { text: '-c', value: '-c', span: { start: 5, end: 9 } }, { text: 'a "', value: 'a "', span: { start: 10, end: 15 } }])).toBe('opaque')
  })
})

describe('program, folder and options', () => {
  it.each<[string, string | null, string]>([
    ['npm ci', 'npm', ''],
    ['sudo -E -u root npm ci', 'npm', 'sudo'],
    ['sudo -- env -i A=b npm ci', 'npm', 'sudo env'],
    ['timeout -k 5 10m npm ci', 'npm', 'timeout'],
    ['timeout --signal=9 "$T" npm ci', 'npm', 'timeout'],
    ['nice -n 10 ionice -c3 npm ci', 'npm', 'nice ionice'],
    ['gosu app npm ci', 'npm', 'gosu'],
    ['su-exec app:app npm ci', 'npm', 'su-exec'],
    ['runuser -u app -- npm ci', 'npm', 'runuser'],
    ['exec npm ci', 'npm', 'exec'],
    ['command npm ci', 'npm', 'command'],
    ['command -v npm', 'command', ''],
    ['sudo --version', 'sudo', ''],
    ['xargs -n 1 -P4 npm install', 'npm', 'xargs'],
    ['xargs', 'xargs', ''],
    ['stdbuf -oL npm ci', 'npm', 'stdbuf'],
    ['sudo $OPTIONS npm ci', null, 'sudo'],
    ['env -S "npm ci"', 'env', ''],
    ['$TOOL ci', null, ''],
    ['A=b', null, ''],
  ])('%s runs %s', (text, program, wrappers) => {
    const command = read(text)[0]!
    expect([command.words[command.program]?.value ?? null, command.wrappers.join(' ')]).toEqual([program, wrappers])
  })

  it.each<[string, string | null]>([
    ['x', ''], ['cd a && x', 'a'], ['cd a/b; cd ../c; x', 'a/c'], ['cd /a && x', '/a'], ['cd /a/../b && x', '/b'], ['cd .. && x', '..'],
    ['(cd a && y); x', ''], ['(cd a); (cd b; x)', 'b'], ['cd a | y; x', ''], ['cd a || exit 1; x', 'a'], ['a || cd b; x', null],
    ['if a; then cd b; fi; x', null], ['[ -d a ] && cd a; x', null], ['cd "$U"; x', null], ['cd "$U"; cd /b; x', '/b'],
    ['cd; x', '~'], ['cd ~/a; x', '~/a'], ['cd ~/..; x', null], ['cd -; x', null], ['cd -P a; x', 'a'], ['cd a*; x', null], ['cd "$VERSION"; x', '1.2'],
    ['pushd a; pushd b; popd; x', 'a'], ['pushd a && popd && x', ''], ['popd; x', null],
    ['for i in 1 2; do cd a; x; done', null], ['for i in 1 2; do y; done; x', ''], ['f() { cd a; }; x', ''], ['f() { cd a; }; f; x', null], ['f() { y; }; f; x', ''],
    [`sh -c 'cd a; y'; x`, ''], [`cd a; sh -c 'x'`, 'a'], ['env -C a x', 'a'], ['cd a & x', ''], ['eval "cd a"; x', 'a'],
  ])('%s stands in %s', (text, directory) => expect(read(text).find(command => command.words.at(-1)?.value === 'x')!.directory).toBe(directory))

  it.each<[string, [boolean | null, boolean | null, boolean | null]]>([
    ['x', [null, null, null]], ['set -eux; x', [true, true, null]], ['set -e -o pipefail; x', [true, null, true]], ['set -euo pipefail; set +e; x', [false, null, true]],
    ['(set -e); x', [null, null, null]], [`sh -c 'x'`, [false, false, false]], [`bash -eo pipefail -c 'x'`, [true, false, true]], ['bash -ex <<E\nx\nE\n', [true, true, false]],
  ])('%s has options %j', (text, [errexit, xtrace, pipefail]) => expect(read(text).at(-1)!.options).toEqual({ errexit, xtrace, pipefail }))
})

describe('what cannot be read', () => {
  it.each(['echo "a', 'if a; then b', 'a &&', '(a', 'a $(b', 'a "$(b" c)', 'for', 'a ;; b', 'a `b', `sh -c 'a "'`, 'bash <<E\n(a\nE\n', 'echo ${a'])('%s is opaque', text => {
    expect(readScript(scriptOf(text))).toBe('opaque')
  })

  const deep: Readonly<Record<string, string>> = {
    subshells: '( '.repeat(50_000) + 'a' + ' )'.repeat(50_000),
    substitutions: 'echo ' + '$('.repeat(50_000) + 'a' + ')'.repeat(50_000),
    'quoted substitutions': 'echo ' + '"$('.repeat(50_000) + 'a' + ')"'.repeat(50_000),
    ifs: 'if a; then '.repeat(50_000) + 'b' + '; fi'.repeat(50_000),
    functions: 'f() '.repeat(100_000) + '{ a; }',
    coprocesses: 'coproc '.repeat(100_000) + 'a',
    defaults: 'echo ' + '${a:-'.repeat(50_000) + 'x' + '}'.repeat(50_000),
    braces: '{ '.repeat(50_000) + 'a;' + ' }'.repeat(50_000),
    'sh -c': Array.from({ length: 12 }).reduce<string>(text => `sh -c ${JSON.stringify(text)}`, '"'),
  }
  it.each(Object.keys(deep))('nesting of %s is opaque', name => expect(readScript(scriptOf(deep[name]!))).toBe('opaque'))

  it('ends on values that double', () => {
    const script = 'A=aaaaaaaaaaaaaaaa;' + 'A=$A$A;'.repeat(60) + 'x $A; ' + 'sh -c "$A$A";'.repeat(20)
    expect(readScript(scriptOf(script))).not.toBe('opaque')
  })

  it('takes long scripts in linear time', () => {
    const line = 'apt-get update && apt-get install -y curl=$VERSION "foo" && rm -rf /var/lib/apt/lists/*; '
    const long = line.repeat(12_000)
    const start = performance.now()
    expect(read(long)).toHaveLength(36_000)
    expect(read('cd a; A=1; export B=$A; (x "$(y)"); '.repeat(25_000))).toHaveLength(125_000)
    expect(read('f() { A=1; }; '.repeat(900) + 'A=1; '.repeat(100_000))).toHaveLength(100_900)
    expect(read('for i in a; do '.repeat(60) + 'A=1; '.repeat(100_000) + 'done; '.repeat(60))).toHaveLength(100_000)
    expect(read('a'.repeat(1_000_000))).toHaveLength(1)
    // Ten times what it takes here; quadratic work would need minutes.
    expect(performance.now() - start).toBeLessThan(20_000)
  }, 60_000)

  it('never throws, and points into the text', () => {
    const piece = fc.constantFrom('a', ' ', '\n', ';', '&&', '||', '|', '(', ')', '{', '}', '$', '$(', '${', '`', '"', "'", '\\', 'if ', 'then ', 'fi', 'for ', 'do ', 'done', 'case ', 'esac', 'in ', '<<E\n', 'E\n', '[[', ']]', '((', '))', 'sh -c ', 'eval ', 'X=', '$X', 'cd ', '*', '~', 'sudo ', '#', '!', '>', '<', '=')
    fc.assert(fc.property(fc.array(piece, { maxLength: 40 }).map(pieces => pieces.join('')), text => {
      const commands = readScript(scriptOf(text), known)
      if (commands === 'opaque') return
      for (const { span, words: found } of commands) {
        for (const { start, end } of [span, ...found.map(word => word.span)]) expect(0 <= start && start <= end && end <= text.length).toBe(true)
      }
    }), { numRuns: 3000 })
  })
})
