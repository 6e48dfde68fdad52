// The context files that an install of npm, pnpm, Yarn or Bun needs: manifests of all members, settings, patches, Yarn itself.
import type { Build } from '../model/build.ts'
import { insideRoot } from '../model/paths.ts'
import type { Demand, InstallFiles } from './install-files.ts'
import type { Install } from './installs.ts'
import { workspaceMembers } from './missing-members.ts'

type Json = Readonly<Record<string, unknown>>
interface Manifest { readonly path: string; readonly text: string; readonly json: Json }

/** Each refuses what would run, or be linked, without the sources. */
export function javascriptFiles({ build, install, folder, needs, read }: Demand): InstallFiles {
  const inFolder = (name: string): string => (folder === '' ? name : `${folder}/${name}`)
  const root = inFolder('package.json')
  const members = new Set(workspaceMembers(build, root).filter(path => needs.includes(path)))
  const manifests = [root, ...members].map(path => ({ path, text: read(path), json: jsonOf(read(path)) }))
  const settings = needs.filter(path => /(?:^|\/)(?:\.npmrc|\.yarnrc(?:\.yml)?|\.pnpmfile\.[cm]js|pnpm-workspace\.yaml|bunfig\.toml)$/.test(path))
  const texts = [...manifests.map(({ text }) => text), ...settings.map(read)]
  const files = needs.filter(path => (!/(?:^|\/)package\.json$/.test(path) || path === root || members.has(path)) && (texts.some(text => text.includes('patch')) || !/(?:^|\/)patches\//.test(path)))
  const patches = texts.flatMap(patchesIn).map(path => insideRoot(inFolder(path)))
  const patch = patches.find(path => build.context.has(path) !== true)
  const reason = (install.runsScripts ? scriptReason(build, install, manifests, inFolder) : null) ?? memberReason(manifests.slice(1), texts)
    ?? (patch === undefined ? null : `${patch}, which the install needs, is not in the build context`)
    ?? settingReason(settings, read, files, inFolder)
  return reason === null ? { files: [...files, ...patches] } : { reason }
}

function jsonOf(text: string): Json {
  try {
    const value: unknown = JSON.parse(text.replace(/^\ufeff/, ''))
    return typeof value === 'object' && value !== null ? value as Json : {}
  } catch {
    return {}
  }
}
const entriesOf = (value: unknown): readonly (readonly [string, unknown])[] => (typeof value === 'object' && value !== null ? Object.entries(value) : [])

const PATCH_LIST = /"?patchedDependencies"?\s*:([^]*?)(?:\}|\n(?=\S))/

/** Paths of patches, relative to the root of the project. */
function patchesIn(text: string): readonly string[] {
  const byProtocol = [...text.matchAll(/#(?:~\/|\.\/)([^"'#\s]+\.(?:patch|diff))/g)]
  const byList = [...(PATCH_LIST.exec(text)?.[1] ?? '').matchAll(/["']?([^"'\s:]+\.(?:patch|diff))/g)]
  return [...byProtocol, ...byList].map(([, path]) => path!)
}

const KINDS = ['dependencies', 'devDependencies', 'optionalDependencies'] as const
/** Packages that read files of the project when they are installed, and those files. */
const READERS: Readonly<Record<string, readonly string[]>> = {
  '@prisma/client': [],
  puppeteer: ['.puppeteerrc', '.puppeteerrc.js', '.puppeteerrc.cjs', '.puppeteerrc.json', '.puppeteerrc.yaml', '.puppeteerrc.yml', 'puppeteer.config.js', 'puppeteer.config.cjs'],
}

/** What a script would read that runs in the course of the install. */
function scriptReason(build: Build, { manager }: Install, manifests: readonly Manifest[], inFolder: (name: string) => string): string | null {
  const native = inFolder('binding.gyp')
  if (manager !== 'bun' && build.context.has(native) !== false) return `${native} has the install compile the sources`
  for (const { path, json } of manifests) {
    for (const [name, files] of Object.entries(READERS)) {
      const isThere = KINDS.some(kind => entriesOf(json[kind]).some(([dependency]) => dependency === name))
      if (isThere && (files.length === 0 || files.some(file => build.context.has(inFolder(file)) !== false))) return `${name}, a dependency in ${path}, reads the project when it is installed`
    }
    const hook = entriesOf(json['scripts']).find(([name, script]) => /^(?:pre|post)?(?:install|prepare)$/.test(name) && typeof script === 'string' && (/\blefthook\b|simple-git-hooks|\bgit\s/.test(script) && !script.includes('||') && !build.context.ignores('.git/HEAD') || script.includes('--patch-dir')))
    if (hook) return `"${hook[0]}" of ${path} works on files that come with the sources`
  }
  return null
}

/** Programs of members are linked as they are installed, and only those that are there; some settings copy the members themselves. */
function memberReason(members: readonly Manifest[], texts: readonly string[]): string | null {
  const member = members.find(({ json }) => json['bin'] !== undefined)
  if (member) return `the program that ${member.path} names in "bin" is linked when dependencies are installed`
  const isInjected = members.length > 0 && texts.some(text => /\binjected"?\s*:\s*true|\binject-?workspace-?packages"?\s*[:=]\s*true/i.test(text))
  return isInjected ? 'members of the workspace are copied into node_modules when dependencies are installed' : null
}

function settingReason(settings: readonly string[], read: (path: string) => string, files: readonly string[], inFolder: (name: string) => string): string | null {
  for (const path of settings) {
    const text = read(path)
    if (/^\s*(?:cafile|globalconfig|userconfig|prefix|ca-file|extends)\s*[=:]/m.test(text) || /\brequire\(\s*["']\.|\bfrom\s+["']\./.test(text)) return `${path} names further files`
    const yarn = [...text.matchAll(/^(?:yarnPath:|yarn-path|\s*-?\s*path:)\s*["']?([^"'\s]+\.[cm]?js)/gm)].map(([, name]) => insideRoot(inFolder(name!))).find(name => !files.includes(name))
    if (yarn !== undefined) return `${path} names ${yarn}`
  }
  const berry = settings.find(path => path.endsWith('.yarnrc.yml'))
  const isPlugged = berry !== undefined && !/^nodeLinker:\s*["']?(?:node-modules|pnpm)/m.test(read(berry)) && !files.some(path => /\.pnp\.c?js$/.test(path))
  return isPlugged ? 'Yarn installs by "Plug\'n\'Play", into files that the copy may bring as well' : null
}
