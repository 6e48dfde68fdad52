// The server as it ships: bundled, and started as a program of its own.
import { exec } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** Bundles into a folder, laid out as the package is; gives back the script. */
export async function bundledIn(folder: string): Promise<string> {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly scripts: Readonly<Record<string, string>> }
  const dist = join(folder, 'dist')
  mkdirSync(join(folder, 'rules'), { recursive: true })
  cpSync(join(root, 'rules/README.md'), join(folder, 'rules/README.md'))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
  const path = `${join(root, 'node_modules/.bin')}${process.platform === 'win32' ? ';' : ':'}${process.env['PATH'] ?? ''}`
  for (const name of ['bundle:start', 'bundle:cli']) {
    await promisify(exec)(scripts[name]!.replace(/(--out(?:file|dir))=dist(\S*)/, (_, option: string, file: string) => `${option}="${dist}${file}"`), { cwd: root, env: { ...process.env, PATH: path } })
  }
  return join(dist, 'cli.cjs')
}
