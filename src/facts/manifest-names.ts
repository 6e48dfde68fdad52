// The names that dependency manifests and lock files go by.
import { packageManagers } from '../data/package-managers.ts'
import { baseName } from './image-paths.ts'
import { matchesPattern } from './package-arguments.ts'

const manifestNames: readonly string[] = [...new Set(packageManagers.flatMap(({ reads, verbs }) => [reads, ...verbs.map(verb => verb.reads)].flatMap(entry => [...entry?.manifests ?? [], ...entry?.lockfiles ?? []])))]
  .map(baseName).filter(name => /[\w*]\.\w|file$|file\.lock$/i.test(name) && !/^\*+$/.test(name))
const plainNames = new Set(manifestNames.filter(name => !name.includes('*')))
const patternNames = manifestNames.filter(name => name.includes('*') && !/\.(?:py|rb)$/.test(name))

/** Whether the name of a file, or a wildcard for several, is that of a dependency manifest or lock file. */
export function isManifestName(path: string): boolean {
  const name = baseName(path)
  if (plainNames.has(name) || /^(?:package\*?(?:-lock)?\*?\.json\*?|requirements[\w.*-]*\.(?:txt|in)|(?:yarn|poetry|uv|composer|Gemfile|Pipfile|Cargo)[\w.*]*)$/.test(name)) return true
  return patternNames.some(pattern => matchesPattern(pattern, name))
}
