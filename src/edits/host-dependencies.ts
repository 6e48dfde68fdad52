// The line that keeps a folder of installed dependencies out of the build, and who may want it there.
import { contextSelectors } from '../cache/context-reads.ts'
import { hostTrees } from '../data/host-trees.ts'
import { contextReaders } from '../facts/broad-copies.ts'
import { contextUsers, type ContextUser } from '../facts/context-users.ts'
import { isGitIgnored } from '../facts/git-ignores.ts'
import { installs } from '../facts/installs.ts'
import { projectFolders } from '../facts/project-folders.ts'
import type { Build, Stage } from '../model/build.ts'
import { baseName, insideRoot } from '../model/paths.ts'
import { lineFor, type IgnoreEntry } from './ignore-file.ts'

/** In every folder where projects further down install theirs and nothing of that name is in the repository; else at this path alone. */
export function dependencyEntry(build: Build, path: string): IgnoreEntry {
  const isDeep = path === 'node_modules' && projectFolders(build).javascript.some(folder => folder !== '' && !build.context.ignores(`${folder}/${path}`)) && !isInRepository(build, path)
  return { line: isDeep ? `**/${path}` : lineFor(path), hides: [path], unnamed: [] }
}

function isInRepository(build: Build, name: string): boolean {
  const files = build.context.files()
  return files !== 'unknown' && files.some(({ path }) => path.includes(`/${name}/`) && !isGitIgnored(build, path))
}

const RUNTIMES: Readonly<Record<string, RegExp>> = {
  node_modules: /\b(?:node|npm|npx|yarn|pnpm|bun|deno|next|nuxt|vite|nest|pm2|tsx?|react|vue)\b/i,
  '.venv': /\b(?:python|uv|poetry|pip|django|gunicorn|uvicorn|flask|celery)|\.venv\b/i,
  vendor: /\b(?:php|composer|apache|laravel|symfony)|\bvendor\b/i,
}

/** Another Dockerfile that takes the folder from the host, runs such programs and installs nothing; a clause, or null. */
export function hostFolderUser(build: Build, path: string): string | null {
  const name = baseName(path)
  const runtime = RUNTIMES[name]
  const managers = ['pip', ...hostTrees.filter(row => row.name === name).flatMap(row => row.managers)]
  const user = contextUsers(build).find(entry => entry.name !== null && takes(entry, path) && !installs(entry.build).some(({ manager }) => managers.includes(manager))
    && entry.build.stages.some(stage => runtime?.test(textOf(stage)) ?? true))
  return user ? `${user.name} takes ${path} of the host and installs none` : null
}

const takes = ({ build }: ContextUser, path: string): boolean => contextReaders(build).some(step => contextSelectors(step).some(selector => {
  const folder = insideRoot(selector.path)
  return folder === '' || /[*?[]/.test(folder) || `${path}/`.startsWith(`${folder}/`)
}))

const textOf = ({ base, instructions }: Stage): string => [base.kind === 'image' ? base.text : '', ...instructions.map(({ text }) => text)].join('\n')
