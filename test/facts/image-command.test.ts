import { describe, expect, it } from 'vitest'
import { imageCommands, startedCommands } from '../../src/facts/image-command.ts'
import { toBuild } from '../../src/model/to-build.ts'
import { parse } from '../../src/syntax/parse.ts'
import { dockerfile } from '../support/dockerfile.ts'
import type { Build } from '../../src/model/build.ts'

const buildOf = (text: string): Build => toBuild(parse(text), { path: 'Dockerfile' })
const started = (line: string): readonly (readonly string[])[] => {
  const { entrypoint, command, healthcheck } = imageCommands(buildOf(`FROM a\n${line}\n`))
  return startedCommands((entrypoint ?? command ?? healthcheck)!).map(({ program, arguments: values }) => [program, ...values])
}

describe('startedCommands', () => {
  it.each<readonly [string, readonly (readonly string[])[]]>([
    ['CMD ["node", "server.js"]', [['node', 'server.js']]],
    ['CMD [ "node" , "a \\"b\\" \\\\c" ]', [['node', 'a "b" \\c']]],
    ['CMD node server.js', [['node', 'server.js']]],
    ['CMD ["node", server.js]', [['[node,', 'server.js]']]],
    ['CMD exec java $JAVA_OPTS -jar "/app/my app.jar"', [['java', '$JAVA_OPTS', '-jar', '/app/my app.jar']]],
    ['CMD cd /app && PORT=80 ./server; sleep 1', [['cd', '/app'], ['./server'], ['sleep', '1']]],
    ['ENTRYPOINT ["/sbin/tini", "-s", "--", "gosu", "app", "env", "A=1", "server"]', [['server']]],
    ['ENTRYPOINT ["/bin/bash", "-ec", "app 2>&1 | tee log"]', [['app'], ['tee', 'log']]],
    ['HEALTHCHECK --interval=5s --timeout=3s CMD curl -f localhost || exit 1', [['curl', '-f', 'localhost'], ['exit', '1']]],
    ['HEALTHCHECK CMD ["pg_isready"]', [['pg_isready']]],
    ['CMD server >/dev/null 2>>log <in &>all', [['server']]],
    ['CMD ["sh", "-c"]', []],
  ])('%s', (line, expected) => expect(started(line)).toEqual(expected))
})

describe('imageCommands', () => {
  const wordsOf = (text: string): readonly (readonly string[] | undefined)[] => {
    const { entrypoint, command, healthcheck } = imageCommands(buildOf(text))
    return [entrypoint?.words, command?.words, healthcheck?.words]
  }
  it('takes the last of the target and of the stages below it', () => {
    expect(wordsOf(dockerfile`
      FROM a AS base
      CMD ["one"]
      CMD ["two"]
      HEALTHCHECK CMD check
      FROM other
      CMD ["not", "shipped"]
      FROM base
      RUN true`)).toEqual([undefined, ['two'], ['check']])
  })
  it('drops the CMD of a stage below an ENTRYPOINT, and what is taken back', () => {
    expect(wordsOf(dockerfile`
      FROM a AS base
      CMD ["below"]
      HEALTHCHECK CMD check
      FROM base
      ENTRYPOINT ["run"]
      HEALTHCHECK NONE`)).toEqual([['run'], undefined, undefined])
    expect(wordsOf(dockerfile`
      FROM a
      CMD ["own"]
      ENTRYPOINT ["run"]`)).toEqual([['run'], ['own'], undefined])
    expect(wordsOf('FROM a\nENTRYPOINT []\nCMD ["x"]\n')).toEqual([undefined, ['x'], undefined])
  })
})
