import { describe, expect, it } from 'vitest'
import { unpackedBy } from '../../src/facts/archive-commands.ts'
import { wastedArchives } from '../../src/facts/archives.ts'
import { parse } from '../../src/syntax/parse.ts'
import { toBuild } from '../../src/model/to-build.ts'

const buildOf = (lines: string): ReturnType<typeof toBuild> => toBuild(parse(`FROM debian\nWORKDIR /w\n${lines}\n`), {})
const unpacked = (command: string): readonly string[] => {
  const step = buildOf(`RUN ${command}`).target.steps.at(-1)!
  return step.kind === 'run' ? unpackedBy(step).map(({ pattern, folder, isPlain }) => [pattern, folder ?? '?', ...isPlain ? ['plain'] : []].join(' ')) : []
}

describe('commands that unpack', () => {
  it.each<[string, readonly string[]]>([
    ['tar -xzf a.tgz', ['/w/a.tgz /w plain']],
    ['tar xzf a.tgz -C /opt', ['/w/a.tgz /opt plain']],
    ['tar xfC a.tgz /opt', ['/w/a.tgz /opt plain']],
    ['tar -C /opt --extract --file=/tmp/a.tar', ['/tmp/a.tar /opt plain']],
    ['tar -xf a.tgz --strip-components=1', ['/w/a.tgz /w']],
    ['tar -xf a.tgz a/b', ['/w/a.tgz /w']],
    ['tar -xz -C /opt < /tmp/a.tgz', ['/tmp/a.tgz /opt plain']],
    ['cd /tmp && tar xf *.tgz', ['/tmp/*.tgz /tmp plain']],
    ['unzip -q a.zip -d /opt', ['/w/a.zip ?']],
    ['7z x -y a.7z', ['/w/a.7z ?']],
    ['xz -dc a.tar.xz | tar x', ['/w/a.tar.xz ?']],
    ['tar -czf a.tgz b', []],
    ['tar -tf a.tgz', []],
    ['unzip -l a.zip', []],
    ['gunzip a.gz', []],
    ['curl https://example.com/a.tgz | tar xz', []],
    ['test -f a.tgz && tar xf a.tgz', []],
    ['tar xf $UNKNOWN', []],
  ])('%s', (command, expected) => expect(unpacked(command)).toEqual(expected))
})

describe('wasted archives', () => {
  it.each<[string, readonly string[]]>([
    ['COPY a.zip /t/\nRUN unzip /t/a.zip', ['copied /t/a.zip']],
    ['COPY a.zip /t/\nRUN unzip /t/a.zip && rm /t/a.zip', ['copied /t/a.zip']],
    ['ADD https://example.com/a.tgz?x /t/\nRUN tar xf /t/a.tgz', ['left /t/a.tgz']],
    ['ADD https://example.com/a.tgz /t/\nRUN tar xf /t/a.tgz\nRUN rm -rf /t', ['late /t/a.tgz']],
    ['RUN wget https://example.com/a.tgz && tar xf a.tgz', ['left /w/a.tgz']],
    ['RUN wget https://example.com/a.tgz\nRUN tar xf a.tgz && rm a.tgz', ['late /w/a.tgz']],
    ['RUN wget https://example.com/a.tgz && tar xf a.tgz && rm a.tgz', []],
    ['ADD --unpack=false a.tgz /t/\nRUN tar xf /t/a.tgz', ['copied /t/a.tgz']],
    ['ADD a.tar.zst /t/\nRUN tar xf /t/a.tar.zst', []],
    ['RUN tar xf /t/a.tgz\nCOPY a.tgz /t/', []],
  ])('%s', (lines, expected) => expect(wastedArchives(buildOf(lines)).map(({ waste, path }) => `${waste} ${path}`)).toEqual(expected))
})
