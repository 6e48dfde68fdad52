// What the server asks of the client. A client that never answers, or answers with an error, costs a moment and no more.
import type { Connection } from 'vscode-languageserver'
import { defaults, wishesOf } from './client.ts'
import type { Client, Wishes } from './client.ts'

const patience = 3000

/** null when no answer came in time, or none that helps. */
async function answered<T>(request: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>(resolve => {
    timer = setTimeout(resolve, patience, null)
  })
  try {
    return await Promise.race([request, late])
  } catch {
    return null
  } finally {
    clearTimeout(timer)
  }
}

/** The client's settings; null where it cannot be asked or does not say. */
export async function askWishes(connection: Connection, { configures }: Client): Promise<Wishes | null> {
  if (!configures) return null
  const found = await answered(connection.sendRequest<unknown>('workspace/configuration', { items: [{ section: 'cachemiss' }] }))
  return Array.isArray(found) ? wishesOf(found[0] ?? defaults) : null
}

/** Files whose change changes what is found. */
const watched = [
  '**/.cachemissrc.json', '**/{.dockerignore,*.dockerignore}', '**/{Dockerfile,Containerfile,Dockerfile.*,Containerfile.*,*.Dockerfile,*.Containerfile}',
  '**/{package.json,package-lock.json,npm-shrinkwrap.json,yarn.lock,pnpm-lock.yaml,pnpm-workspace.yaml,bun.lock,bun.lockb,deno.lock}',
  '**/{requirements*.txt,constraints*.txt,pyproject.toml,poetry.lock,uv.lock,Pipfile,Pipfile.lock,setup.py,setup.cfg,pdm.lock}',
  '**/{go.mod,go.sum,go.work,Cargo.toml,Cargo.lock,Gemfile,Gemfile.lock,composer.json,composer.lock,mix.exs,mix.lock}',
  '**/{pom.xml,build.gradle,build.gradle.kts,settings.gradle,settings.gradle.kts,gradle.lockfile,*.csproj,*.fsproj,*.sln,packages.lock.json,Directory.Packages.props}',
]

export async function register(connection: Connection, { watchesFiles, registersConfiguration }: Client): Promise<void> {
  const registrations = [
    ...watchesFiles ? [{ id: 'cachemiss.files', method: 'workspace/didChangeWatchedFiles', registerOptions: { watchers: watched.map(globPattern => ({ globPattern })) } }] : [],
    ...registersConfiguration ? [{ id: 'cachemiss.settings', method: 'workspace/didChangeConfiguration', registerOptions: { section: 'cachemiss' } }] : [],
  ]
  if (registrations.length > 0) await answered(connection.sendRequest('client/registerCapability', { registrations }))
}

export async function applyEdit(connection: Connection, edit: unknown): Promise<void> {
  await answered(connection.sendRequest('workspace/applyEdit', { label: 'Apply all safe fixes of cachemiss', edit }))
}

export async function show(connection: Connection, uri: string): Promise<void> {
  await answered(connection.sendRequest('window/showDocument', { uri, external: /^https?:/.test(uri), takeFocus: true }))
}

export async function refresh(connection: Connection): Promise<void> {
  await answered(connection.sendRequest('workspace/diagnostic/refresh', null))
}
