// Whether what a command installs is known to do without compilers, libraries and tools of a full image: from the names on the command
// line and from the manifests and lock files of the context. What cannot be read counts as not known.
import { nativeInNodeLock, nativeNodePackages, plainNodePackages, plainPythonPackages, pythonPackagesOfSystem } from '../data/system-needs.ts'
import type { Build } from '../model/build.ts'
import { fact } from './fact.ts'
import { baseName } from './image-paths.ts'
import type { Install } from './installs.ts'

/** npm, yarn, pnpm and pip, uv, poetry only: others compile as a rule. */
export function isPlainInstall(build: Build, install: Install): boolean {
  const { row: { ecosystem }, packages, from } = install
  if (packages.some(({ kind, name }) => kind !== 'registry' || name === null)) return false
  const names = packages.map(({ name }) => name!)
  const readsFiles = from.some(source => source !== 'packages')
  if (ecosystem === 'javascript') return names.every(name => plainNodePackages.has(name)) && (!readsFiles || isPlainNodeProject(build))
  return ecosystem === 'python' && names.every(isPlainPython) && (!readsFiles || isPlainPythonProject(build, install))
}

/** Texts of the files in the context that have such a name; null when the context is not known. */
function textsOf(build: Build, isMeant: (name: string) => boolean): readonly string[] | null {
  const files = build.context.files()
  if (files === 'unknown') return null
  const found = files.filter(({ path }) => isMeant(baseName(path)) && !path.includes('node_modules/')).map(({ path }) => build.context.read(path))
  return found.filter(text => typeof text === 'string')
}

const nodeLocks: readonly string[] = ['package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock', 'pnpm-lock.yaml', 'bun.lock']
const quotedNames = /"([^"\s]+)"\s*:/g

/** Of all manifests in the context, since workspaces share one install. */
export const isPlainNodeProject = fact((build: Build): boolean => {
  const manifests = textsOf(build, name => name === 'package.json')
  const locks = textsOf(build, name => nodeLocks.includes(name))
  if (!manifests || !locks || manifests.length === 0) return false
  const isNative = (text: string): boolean => [...text.matchAll(quotedNames)].some(([, name]) => nativeNodePackages.has(name!)) || /"(?:git[+:]|github:|https?:\/\/github\.com\/[^"]*\.git")/.test(dependenciesOf(text))
  return !manifests.some(isNative) && !locks.some(text => nativeInNodeLock.test(text))
})

const dependenciesOf = (manifest: string): string => (manifest.match(/"\w*[dD]ependencies"\s*:\s*\{[^}]*\}/g) ?? []).join('\n')

const plainName = (name: string): string => name.toLowerCase().replace(/\[.*/, '').replace(/[_.]+/g, '-').replace(/^ruamel-yaml$/, 'ruamel.yaml').replace(/^zope-interface$/, 'zope.interface')
const isPlainPython = (name: string): boolean => plainPythonPackages.has(plainName(name)) || /^psycopg\[.*binary/i.test(name)

function isPlainPythonProject(build: Build, { manifests, manager, hasUnknownManifest, locals }: Install): boolean {
  const locks = textsOf(build, name => name === 'uv.lock' || name === 'poetry.lock')
  if (locks === null || hasUnknownManifest) return false
  if (manager === 'uv' || manager === 'poetry') return locks.length > 0 && locks.every(isPlainLock)
  const wanted = new Set(manifests.map(baseName))
  return locals.length === 0 && wanted.size > 0 && [...wanted].every(name => isPlainRequirements(build, name, new Set()))
}

/** Each package has a wheel or is known, and none of them loads what a slim image lacks: psycopg brings its own library when its binary part is there. */
const isPlainLock = (text: string): boolean => {
  const hasBinary = /^name\s*=\s*"psycopg-binary"/m.test(text)
  return text.split(/^\[\[package\]\]$/m).slice(1).every(entry => {
    const name = /^name\s*=\s*"([^"]+)"/m.exec(entry)?.[1] ?? ''
    const isProject = /^source\s*=\s*\{\s*(?:virtual|editable|workspace)\b/m.test(entry)
    const fits = /\.whl"/.test(entry) || isPlainPython(name)
    return isProject || (fits && (!pythonPackagesOfSystem.has(plainName(name)) || (hasBinary && name === 'psycopg')) && !/^source\s*=\s*\{\s*git\b/m.test(entry))
  })
}

/** All files of that name in the context, and what they include. */
function isPlainRequirements(build: Build, name: string, seen: Set<string>): boolean {
  if (seen.has(name)) return true
  seen.add(name)
  const texts = textsOf(build, file => file === name)
  if (!texts || texts.length === 0) return false
  const lines = texts.flatMap(text => text.replace(/\\\r?\n/g, ' ').split('\n')).map(line => line.replace(/(?:^|\s)#.*/, '').trim()).filter(line => line !== '')
  return lines.every(line => {
    const included = /^(?:-r|-c|--requirement|--constraint)[\s=]*(\S+)/.exec(line)?.[1]
    if (included !== undefined) return isPlainRequirements(build, baseName(included), seen)
    if (line.startsWith('-')) return /^--?(?:hash|index-url|extra-index-url|i|find-links|no-binary|prefer-binary|trusted-host)\b/.test(line) && !line.startsWith('--no-binary')
    const named = /^([A-Za-z0-9][\w.-]*(?:\s*\[[^\]]*\])?)\s*(?:[=<>!~;@(\s]|$)/.exec(line)
    return named !== null && !line.includes('@ ') && isPlainPython(named[1]!)
  })
}
