// Runs what the pages show: `$ command` lines and what they print, in a copy of the sample applications that is a git work tree.
// cachemiss runs in this process; beside it only a few programs every system has.
import { spawnSync } from 'node:child_process'
import { cpSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fencesOf, root, withFences } from './doc-pages.ts'
import { cachemiss, temporaryFolder } from './io.ts'
import type { Fence } from './doc-pages.ts'
import type { Outcome } from './io.ts'

const programs = ['cat', 'cp', 'echo', 'git', 'grep', 'head', 'ls', 'mkdir', 'mv', 'printf', 'rm', 'sed', 'touch', 'wc']
const notSamples = ['engine', 'findings', 'oracle']

/** The page with what its commands print now. */
export async function withOutputs(page: string): Promise<string> {
  if (!fencesOf(page).some(isRun)) return page
  const shell = openShell()
  try {
    return await withFences(page, async fence => isRun(fence) ? shell.rewrite(fence) : null)
  } finally {
    shell.remove()
  }
}
/** `console by-hand`: run by hand, as it needs what tests do not have. */
const isRun = ({ language, attributes }: Fence): boolean => language === 'console' && attributes !== 'by-hand'

interface Shell {
  /** The fence with what its commands print now; a line `…` of the page stands for any lines. */
  rewrite(fence: Fence): Promise<string>
  remove(): void
}

/** One for each page: what a command leaves behind, the next one finds, and every fence starts at the top. */
function openShell(): Shell {
  const folder = temporaryFolder()
  const top = folder.path
  for (const { name } of readdirSync(join(root, 'fixtures'), { withFileTypes: true }).filter(entry => entry.isDirectory() && !notSamples.includes(entry.name))) {
    cpSync(join(root, 'fixtures', name), join(top, 'fixtures', name), { recursive: true })
  }
  for (const args of [['init', '--quiet', '--initial-branch=main'], ['add', '--all'], ['commit', '--quiet', '--message=Start']]) git(top, args)
  return {
    async rewrite({ text }) {
      const state: ShellState = { cwd: top, code: 0 }
      let written = ''
      for (const { command, shown } of stepsOf(text)) {
        const { out, err } = await list(joined(command), state)
        written += `$ ${command}\n${settled(out + err, shown)}`
      }
      return written
    },
    remove: folder.remove,
  }
}

interface ShellState { cwd: string; code: number }
interface Step { readonly command: string; readonly shown: string }

/** Commands may go on in further lines after a backslash. */
function stepsOf(text: string): readonly Step[] {
  if (!text.startsWith('$ ')) throw new Error(`a console fence begins with a command: ${JSON.stringify(text.slice(0, 60))}`)
  return [...text.matchAll(/^\$ ((?:.*\\\n)*.*)\n((?:(?!\$ ).*\n)*)/gm)].map(([, command, shown]) => ({ command: command!, shown: shown! }))
}
const joined = (command: string): string => command.replace(/\\\n */g, '')

/** What the page shows, if it shows what was printed with lines left out at `…`; else what was printed. Empty lines below are the page's own. */
function settled(printed: string, shown: string): string {
  const text = trimmed(printed.replace(/[ \t]+$/gm, ''))
  const known = trimmed(shown)
  const parts = known.split(/^…\n/m).map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  const isElided = parts.length > 1 && new RegExp(`^${parts.join('(?:.*\\n)*?')}$`).test(text)
  return (isElided ? known : text) + shown.slice(known.length)
}
const trimmed = (text: string): string => /\S/.test(text) ? text.replace(/\n*$/, '\n') : ''

/** `a && b`, stopping where one fails. */
async function list(line: string, state: ShellState): Promise<Outcome> {
  let whole: Outcome = { code: 0, out: '', err: '' }
  for (const part of line.split(' && ')) {
    const { code, out, err } = await pipeline(part.replace(/\s+#\s.*$/, ''), state)
    whole = { code, out: whole.out + out, err: whole.err + err }
    if (!/^echo \$\?$/.test(part)) state.code = code
    if (code !== 0) break
  }
  return whole
}

async function pipeline(line: string, state: ShellState): Promise<Outcome> {
  let stdin = ''
  let err = ''
  let code = 0
  for (const stage of line.split(' | ')) {
    const ran = await simple(stage.trim(), stdin, state)
    stdin = ran.out
    err += ran.err
    code = ran.code
  }
  return { code, out: stdin, err }
}

async function simple(stage: string, stdin: string, state: ShellState): Promise<Outcome> {
  if (stage === 'echo $?') return { code: 0, out: `${state.code}\n`, err: '' }
  const [, variables = '', program, rest = ''] = /^((?:[A-Z_]+=\S* )*)(?:npx (?:--yes )?)?(\S+)(.*)$/.exec(stage) ?? []
  if (program === 'cd') {
    state.cwd = resolve(state.cwd, rest.trim())
    return { code: 0, out: '', err: '' }
  }
  if (program === 'cachemiss') return ours(rest, { stdin, variables }, state.cwd)
  if (program === undefined || !programs.includes(program)) throw new Error(`the documentation may not run ${program}: ${stage}`)
  const { status, stdout, stderr } = spawnSync('sh', ['-c', stage], { cwd: state.cwd, input: stdin, encoding: 'utf8', env: { ...process.env, ...identity, LC_ALL: 'C' } })
  return { code: status ?? 2, out: stdout, err: stderr }
}

async function ours(rest: string, { stdin, variables }: { readonly stdin: string; readonly variables: string }, cwd: string): Promise<Outcome> {
  const files: Record<string, string> = {}
  const plain = rest.replace(/\s([<>]) ?(\S+)/g, (_, sign: string, file: string) => {
    files[sign] = join(cwd, file)
    return ''
  })
  const args = wordsOf(plain)
  const env = Object.fromEntries(wordsOf(variables).map(word => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]))
  const ran = await cachemiss(cwd, args, { env, stdin: files['<'] === undefined ? stdin : readFileSync(files['<'], 'utf8') })
  if (files['>'] === undefined) return ran
  writeFileSync(files['>'], ran.out)
  return { ...ran, out: '' }
}

/** Words as a shell splits them, without expansions. */
export const wordsOf = (text: string): readonly string[] =>
  [...text.matchAll(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g)].map(([word]) => word.replace(/'([^']*)'|"([^"]*)"/g, (_, single?: string, double?: string) => single ?? double ?? ''))

const identity = {
  GIT_AUTHOR_NAME: 'Example', GIT_AUTHOR_EMAIL: 'example@example.com', GIT_COMMITTER_NAME: 'Example', GIT_COMMITTER_EMAIL: 'example@example.com',
  GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null',
}
function git(cwd: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync('git', args, { cwd, encoding: 'utf8', env: { ...process.env, ...identity } })
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`)
}
