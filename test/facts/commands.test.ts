import { describe, expect, it } from 'vitest'
import { commandsOf, variableAt, type NormalCommand } from '../../src/facts/commands.ts'
import type { RunStep } from '../../src/model/build.ts'
import { parse } from '../../src/syntax/parse.ts'
import { toBuild } from '../../src/model/to-build.ts'

const stepOf = (text: string): RunStep => toBuild(parse(text), {}).stages.at(-1)!.steps.findLast(step => step.kind === 'run')!
const commandsIn = (text: string): readonly NormalCommand[] => {
  const commands = commandsOf(stepOf(text))
  if (commands === 'opaque') throw new Error('opaque')
  return commands
}
const run = (command: string): readonly NormalCommand[] => commandsIn(`FROM debian\nWORKDIR /app\nRUN ${command}\n`)

describe('normal commands', () => {
  it.each<[string, string[]]>([
    ['/usr/bin/npm ci', ['npm ci']],
    ['sudo -u node env CI=1 npm ci', ['npm ci']],
    ['python3.12 -m pip install x', ['pip install x']],
    ['python -u -m pip install x', ['pip install x']],
    ['python3 -Im venv /x', ['venv /x']],
    ['python3 -c "import pip" -m x', ['python -c import pip -m x']],
    ['python3 manage.py migrate', ['python manage.py migrate']],
    ['pip3.11 install x', ['pip install x']],
    ['.venv/bin/pip install x', ['pip install x']],
    ['php8.2 composer.phar install', ['composer install']],
    ['php -d memory_limit=-1 /usr/bin/composer install', ['composer install']],
    ['php artisan migrate', ['php artisan migrate']],
    ['node .yarn/releases/yarn-4.1.0.cjs install', ['yarn install']],
    ['node index.js install', ['node index.js install']],
    ['corepack pnpm install', ['pnpm install']],
    ['corepack enable', ['corepack enable']],
    ['sh ./gradlew build', ['gradlew build']],
    ['bash install.sh npm ci', ['bash install.sh npm ci']],
    ['./mvnw package', ['mvnw package']],
    [`sh -c 'npm ci && npm test'; x`, ['npm ci', 'npm test', 'x']],
    ['g++-12 x', ['g++-12 x']],
    ['$TOOL ci', ['? ci']],
    ['npm() { x; }; npm ci', ['x', '? ci']],
    ['cat x | xargs pip install', ['cat x', 'pip install ?']],
    ['A=b', ['?']],
    ['echo npm ci', ['echo npm ci']],
  ])('%s', (command, expected) => {
    expect(run(command).map(({ program, arguments: values }) => [program, ...values].map(value => value ?? '?').join(' '))).toEqual(expected)
  })

  it('keeps words beside values', () => {
    const [pip] = run('python3 -m pip install "a b" $X')
    expect(pip!.words.map(word => word.text)).toEqual(['pip', 'install', '"a b"', '$X'])
    expect(pip!.arguments).toEqual(['install', 'a b', null])
  })

  it.each<[string, string | null]>([
    ['FROM debian\nWORKDIR /app\nRUN x', '/app'],
    ['FROM debian\nWORKDIR /app\nRUN cd web && x', '/app/web'],
    ['FROM debian\nWORKDIR /app\nRUN cd ../b; x', '/b'],
    ['FROM debian\nWORKDIR /app\nRUN cd /srv && x', '/srv'],
    ['FROM debian\nWORKDIR /app\nRUN cd && x', '~'],
    ['FROM debian\nWORKDIR /app\nRUN cd $X && x', null],
    ['FROM acme/base\nRUN x', null],
    ['FROM debian\nRUN cd /srv && x', '/srv'],
    ['FROM debian\nWORKDIR /app\nRUN ["x"]', '/app'],
  ])('%j runs in %s', (text, directory) => expect(commandsIn(`${text}\n`).at(-1)!.directory).toBe(directory))

  it.each<[string, [boolean, boolean, boolean]]>([
    ['RUN x', [false, false, false]],
    ['RUN set -ex; x', [true, true, false]],
    ['SHELL ["/bin/bash", "-eo", "pipefail", "-c"]\nRUN x', [true, false, true]],
    ['SHELL ["/bin/bash", "-euxo", "pipefail", "-c"]\nRUN set +e; x', [false, true, true]],
    [`SHELL ["/bin/bash", "-e", "-c"]\nRUN sh -c 'x'`, [false, false, false]],
    ['SHELL ["/bin/bash", "-e", "-c"]\nRUN ["x"]', [false, false, false]],
  ])('%j has options %j', (text, [errexit, xtrace, pipefail]) => {
    expect(commandsIn(`FROM debian\n${text}\n`).at(-1)).toMatchObject({ errexit, xtrace, pipefail })
  })

  it('takes the exec form as one command', () => {
    expect(commandsIn('FROM debian\nRUN ["npm", "ci", "&&", "x"]\n').map(({ program, arguments: values }) => [program, ...values])).toEqual([['npm', 'ci', '&&', 'x']])
    expect(commandsIn('FROM debian\nRUN ["sh", "-c", "npm ci && x"]\n').map(({ program }) => program)).toEqual(['npm', 'x'])
  })

  it('says nothing of other shells', () => {
    expect(commandsOf(stepOf('FROM debian\nSHELL ["pwsh", "-c"]\nRUN npm ci\n'))).toBe('opaque')
    expect(commandsOf(stepOf('FROM debian\nRUN echo "\n'))).toBe('opaque')
  })

  it('is derived once', () => {
    const step = stepOf('FROM debian\nRUN x\n')
    expect(commandsOf(step)).toBe(commandsOf(step))
  })

  it.each<[string, string | null | undefined]>([
    ['RUN x', undefined], ['RUN V=1 x', '1'], ['RUN V=1; x', undefined], ['RUN export V=1; x', '1'], ['RUN export V=$(y); x', null], ['RUN if y; then export V=1; fi; x', null],
    ['ENV V=2\nRUN x', '2'], ['ENV V=2\nRUN V=3; x', '3'], ['ENV V=2\nRUN env V=4 x', '4'], ['ARG V\nRUN x', null],
  ])('%j gives the variable %j', (text, value) => {
    expect(variableAt(commandsIn(`FROM debian\n${text}\n`).find(command => command.program === 'x')!, 'V')).toBe(value)
  })
})
