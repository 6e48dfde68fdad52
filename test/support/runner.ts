// What GitHub's runner does with a composite action: evaluates its expressions, runs its steps with bash, and reads the files they write.
// Real are bash, npm, Node and the action; emulated are the runner's variables and files, expressions, and what `outputs` give back.
import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

export const actionFolder = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '')

interface Step { readonly 'id': string; readonly 'shell': string; readonly 'working-directory'?: string; readonly 'env': Readonly<Record<string, string>>; readonly 'run': string }
export interface Action {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default?: string; readonly required?: boolean }>>
  readonly outputs: Readonly<Record<string, { readonly description: string; readonly value: string }>>
  readonly branding: object
  readonly runs: { readonly using: string; readonly steps: readonly Step[] }
}
export const action = parse(readFileSync(join(actionFolder, 'action.yml'), 'utf8')) as Action

export interface Ran { readonly code: number; readonly out: string; readonly err: string; readonly outputs: Readonly<Record<string, string>>; readonly summary: string }
type Values = Readonly<Record<string, string>>

/** Runs the action in `folder`/work as the checked out repository; `env` replaces variables of the job. */
export async function runAction(folder: string, given: Values, env: Values = {}): Promise<Ran> {
  const inputs = { ...Object.fromEntries(Object.entries(action.inputs).map(([name, input]) => [name, input.default ?? ''])), ...given }
  const at = (name: string): string => join(folder, name)
  for (const name of ['work', 'temp', 'home']) mkdirSync(at(name), { recursive: true })
  const job = {
    PATH: process.env['PATH']!, HOME: at('home'), CI: 'true', GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: at('work'), GITHUB_ACTION_PATH: actionFolder,
    GITHUB_SERVER_URL: 'https://github.com', GITHUB_REPOSITORY: 'octo/app', GITHUB_SHA: 'f'.repeat(40), RUNNER_OS: 'Linux', RUNNER_TEMP: at('temp'), ...env,
  }
  const steps: Record<string, Values> = {}
  let ran = { code: 0, out: '', err: '' }
  let summary = ''
  for (const step of action.runs.steps) {
    const files = { GITHUB_OUTPUT: at('temp/output'), GITHUB_STEP_SUMMARY: at('temp/summary'), GITHUB_ENV: at('temp/env'), GITHUB_PATH: at('temp/path') }
    for (const file of Object.values(files)) writeFileSync(file, '')
    const evaluated = Object.fromEntries(Object.entries(step.env).map(([name, text]) => [name, evaluate(text, { inputs, steps })]))
    writeFileSync(at('temp/step.sh'), step.run)
    const cwd = resolve(at('work'), evaluate(step['working-directory'] ?? '', { inputs, steps }))
    ran = await execute(['--noprofile', '--norc', '-e', '-o', 'pipefail', at('temp/step.sh')], cwd, { ...job, ...files, ...evaluated })
    steps[step.id] = readOutputs(readFileSync(files.GITHUB_OUTPUT, 'utf8'))
    summary += readFileSync(files.GITHUB_STEP_SUMMARY, 'utf8')
    if (ran.code !== 0) break
  }
  return { ...ran, summary, outputs: Object.fromEntries(Object.entries(action.outputs).map(([name, { value }]) => [name, evaluate(value, { inputs, steps })])) }
}

/** The references and defaults that the action uses; throws on any other expression. */
function evaluate(text: string, { inputs, steps }: { readonly inputs: Values; readonly steps: Readonly<Record<string, Values>> }): string {
  return text.replace(/\$\{\{(.*?)\}\}/g, (_, expression: string) => {
    const values = expression.split('||').map(part => {
      const [, input, step, output, literal] = /^\s*(?:inputs\.([\w-]+)|steps\.([\w-]+)\.outputs\.([\w-]+)|'([^']*)')\s*$/.exec(part) ?? []
      if (literal !== undefined) return literal
      if (input !== undefined && input in inputs) return inputs[input]!
      if (step === undefined) throw new Error(`no such expression: ${part}`)
      return steps[step]?.[output!] ?? ''
    })
    return values.find(value => value !== '') ?? ''
  })
}

/** name=value, or name<<END, lines, END. Throws where the runner would. */
function readOutputs(text: string): Values {
  const outputs: Record<string, string> = {}
  const lines = text.split('\n')
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    if (line === '') continue
    const [, name, end] = /^([^=]+?)<<(.+)$/.exec(line) ?? []
    if (name === undefined || end === undefined) {
      const at = line.indexOf('=')
      if (at < 1) throw new Error(`invalid format: ${line}`)
      outputs[line.slice(0, at)] = line.slice(at + 1)
      continue
    }
    const size = lines.indexOf(end)
    if (size === -1) throw new Error(`matching delimiter not found: ${end}`)
    outputs[name] = lines.splice(0, size + 1).slice(0, -1).join('\n')
  }
  return outputs
}

const execute = (args: readonly string[], cwd: string, env: Values): Promise<{ readonly code: number; readonly out: string; readonly err: string }> => new Promise((done, reject) => {
  const child = execFile('/bin/bash', args, { cwd, env }, (error, out, err) => {
    if (error && child.exitCode === null) reject(error)
    else done({ code: child.exitCode!, out, err })
  })
  child.stdin!.end()
})
