// `npm run bench [folder]`: time and peak memory of whole processes, beside `node -e 0` and whatever peers are on the PATH.
// All commands of a case run in turn and the medians count, so that a busy machine slows all of them alike.
// Certificates that the environment adds are left out: Node reads them whenever it starts, and every ratio would look better.
// Inputs are made in a temporary folder, which is removed afterwards; with a folder its Dockerfiles are the "many files".
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../', import.meta.url))
const cli = join(root, 'dist/cli.cjs')
const time = ['/usr/bin/time'].find(path => existsSync(path))
const work = mkdtempSync(join(tmpdir(), 'cachemiss-bench-'))

const write = (path, text) => {
  mkdirSync(dirname(join(work, path)), { recursive: true })
  writeFileSync(join(work, path), text)
  return join(work, path)
}
const times = (count, make) => Array.from({ length: count }, (_, index) => make(index))

/** Real-looking files: those of the fixtures, with another name in each. */
const fixtures = () => readdirSync(join(root, 'fixtures'), { withFileTypes: true })
  .map(entry => join(root, 'fixtures', entry.name, 'Dockerfile'))
  .filter(file => existsSync(file) && !file.includes('syntax-error'))
  .map(file => readFileSync(file, 'utf8'))

function manyFiles(count, name, size) {
  const texts = fixtures()
  times(count, index => {
    let text = `# service ${index}\n`
    for (let at = index; text.length < size; at++) text += texts[at % texts.length].replace(/^#\s*syntax=.*\n/, '')
    write(`${name}/${index % 100}/service-${index}/Dockerfile`, text)
    write(`${name}/${index % 100}/service-${index}/package.json`, '{}\n')
  })
  return join(work, name)
}

/** A repository with one Dockerfile that was changed, as a hook before a commit finds it. */
function changedFile() {
  const folder = join(work, 'repository')
  const git = (...args) => execFileSync('git', ['-C', folder, '-c', 'user.name=bench', '-c', 'user.email=bench@example.org', ...args], { stdio: 'ignore' })
  for (const name of ['package.json', 'package-lock.json', '.dockerignore']) write(`repository/web/${name}`, readFileSync(join(root, 'fixtures/node-express', name), 'utf8'))
  times(500, index => write(`repository/web/src/${index % 20}/${index}.js`, ''))
  const file = write('repository/web/Dockerfile', readFileSync(join(root, 'fixtures/node-express/Dockerfile'), 'utf8'))
  git('init', '--quiet')
  git('add', '--all')
  git('commit', '--quiet', '--message=First')
  writeFileSync(file, `${readFileSync(file, 'utf8')}\n# changed\n`)
  git('add', '--all')
  return file
}

function largeContext() {
  times(1000, folder => {
    mkdirSync(join(work, `context/src/${folder}`), { recursive: true })
    times(100, file => writeFileSync(join(work, `context/src/${folder}/${file}.js`), ''))
  })
  write('context/package.json', '{}\n')
  write('context/package-lock.json', '{}\n')
  return write('context/Dockerfile', 'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\n')
}

const packages = 'libexample-development-package-with-a-long-name'
/** Each with the number of runs, the files or folder to lint, and what to run instead of the peers. */
const cases = [
  ['small file', 31, () => write('small/Dockerfile', readFileSync(join(root, 'fixtures/node-express/Dockerfile'), 'utf8'))],
  ['hook, one changed file', 31, changedFile, [['git diff --cached', input => ['git', '-C', dirname(input), 'diff', '--cached', '--name-only']]]],
  ['many files', 5, () => (process.argv[2] === undefined ? manyFiles(500, 'many', 2100) : resolve(process.argv[2]))],
  ['10,000 files', 3, () => manyFiles(10_000, 'all', 1100), []],
  ['10,000 instructions', 3, () => write('instructions/Dockerfile', `FROM node:22\n${times(2500, index => `ENV NAME_${index}=${index}\nCOPY file-${index}.txt /app/\nRUN echo ${index} > /tmp/${index}\nLABEL label-${index}=x\n`).join('')}`)],
  ['1 MiB RUN, continued lines', 3, () => write('run/Dockerfile', `FROM debian:12\nRUN apt-get update && apt-get install -y \\\n${times(20_000, index => `    ${packages}-${index} \\\n`).join('')}    end\n`)],
  ['10,000 continuations', 3, () => write('continued/Dockerfile', `FROM debian:12\nRUN true \\\n${times(10_000, index => ` && echo ${index} \\\n`).join('')} && true\n`)],
  ['1 MiB Dockerfile', 3, () => write('long/Dockerfile', fixtures().join('\n').repeat(100).slice(0, 1 << 20).replace(/\n[^\n]*$/, '\n'))],
  ['context of 100,000 files', 3, largeContext],
]

const onPath = name => process.env.PATH.split(delimiter).map(folder => join(folder, name)).find(path => existsSync(path))
const peers = [
  ['hadolint', files => ['--no-fail', ...files]],
  ['tally', files => ['lint', ...files]],
  ['dockerfile-utils', files => ['lint', ...files], 'one file'],
  ['docker', ([file]) => ['build', '--check', '-f', file, dirname(file)], 'one file', () => spawnSync('docker', ['buildx', 'inspect'], { timeout: 5000 }).status === 0],
].filter(([name, , , isReady]) => onPath(name) && (isReady?.() ?? true))

/** The Dockerfiles of a folder, for peers that take files only. */
const filesIn = path => statSync(path).isDirectory()
  ? readdirSync(path, { recursive: true, encoding: 'utf8' }).filter(name => /(^|\/)Dockerfile$/.test(name)).map(name => join(path, name)) : [path]

function commandsFor(input, instead) {
  const files = filesIn(input)
  const others = instead?.map(([name, command]) => [name, command(input)]) ?? peers.filter(([, , most]) => most === undefined || files.length === 1).map(([name, args]) => [name, [onPath(name), ...args(files)]])
  return [['node -e 0', [process.execPath, '-e', '0']], ['cachemiss', [process.execPath, cli, '--fail-on', 'never', input]], ...others]
}

const { NODE_EXTRA_CA_CERTS: _, ...environment } = process.env

/** Milliseconds, MiB at the peak where they can be told. */
function measure([program, ...args]) {
  const report = join(work, 'time.txt')
  const [command, ...rest] = time ? [time, '-f', '%M', '-o', report, program, ...args] : [program, ...args]
  const start = process.hrtime.bigint()
  const { status, signal } = spawnSync(command, rest, { stdio: 'ignore', cwd: work, env: environment })
  const ms = Number(process.hrtime.bigint() - start) / 1e6
  const kilobytes = time ? Number(readFileSync(report, 'utf8').trim().split('\n').at(-1)) : NaN
  return { ms, mib: kilobytes / 1024, failed: signal !== null || status > 1 }
}

const median = numbers => [...numbers].sort((a, b) => a - b)[numbers.length >> 1]
const row = (...cells) => console.log(cells.map((cell, index) => (index < 2 ? cell.padEnd([28, 18][index]) : cell.padStart(10))).join(''))

function compare(name, runs, input, instead) {
  const commands = commandsFor(input, instead)
  const results = commands.map(() => [])
  for (let round = 0; round < runs; round++) commands.forEach(([, command], index) => results[index].push(measure(command)))
  const base = median(results[0].map(({ ms }) => ms))
  commands.forEach(([command], index) => {
    const ms = median(results[index].map(result => result.ms))
    const mib = median(results[index].map(result => result.mib))
    row(index === 0 ? name : '', command, `${ms.toFixed(1)} ms`, `${(ms / base).toFixed(2)} x`, Number.isNaN(mib) ? '-' : `${mib.toFixed(0)} MiB`, results[index].some(({ failed }) => failed) ? 'failed' : '')
  })
}

try {
  execFileSync('npm', ['run', '--silent', 'bundle'], { cwd: root, stdio: 'inherit' })
  console.log(`node ${process.version}, ${process.platform} ${process.arch}${time ? '' : ', no /usr/bin/time: no memory figures'}\n`)
  row('case', 'command', 'median', 'ratio', 'peak', '')
  for (const [name, runs, input, instead] of cases) compare(name, runs, input(), instead)
} finally {
  rmSync(work, { recursive: true, force: true })
}
