// The project as npm packs it, from a copy: tests neither wait for a build of the working tree nor change it.
import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../', import.meta.url))
const { version, scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string; readonly scripts: Readonly<Record<string, string>> }

/** As npm runs a script. */
export const inShell = (script: string, cwd: string) => run(script, { cwd, shell: true, env: { ...process.env, PATH: `${join(root, 'node_modules/.bin')}:${process.env['PATH']}` } })

/** The path of the archive, made below `folder`. Without the library it holds the command alone, and takes a fraction of the time. */
export async function packProject(folder: string, { hasLibrary }: { readonly hasLibrary: boolean }): Promise<string> {
  const project = join(folder, 'project')
  mkdirSync(project)
  for (const entry of ['src', 'rules', 'fixtures', 'package.json', 'tsconfig.json', 'LICENSE']) cpSync(join(root, entry), join(project, entry), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(project, 'node_modules'))
  await Promise.all([...hasLibrary ? ['tsc -p tsconfig.json --noCheck'] : [], scripts['bundle:start']!, scripts['bundle:cli']!].map(script => inShell(script, project)))
  await inShell(scripts['bundle:bytecode']!, project)
  await run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], { cwd: project })
  return join(folder, `cachemiss-${version}.tgz`)
}
