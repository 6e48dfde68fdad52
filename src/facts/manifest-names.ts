// The names that dependency manifests and lock files go by.
import { packageManagers } from '../data/package-managers.ts'
import { baseName } from './image-paths.ts'
import { matchesPattern } from './package-arguments.ts'

interface Names { readonly plain: ReadonlySet<string>; readonly patterns: readonly string[] }
let known: Names | null = null

/** Made when first asked for: most files ask for none, and start-up counts. */
function names(): Names {
  if (known) return known
  const all = [...new Set(packageManagers.flatMap(({ reads, verbs }) => [reads, ...verbs.map(verb => verb.reads)].flatMap(entry => [...entry?.manifests ?? [], ...entry?.lockfiles ?? []])))]
    .map(baseName).filter(name => /[\w*]\.\w|file$|file\.lock$/i.test(name) && !/^\*+$/.test(name))
  return known = { plain: new Set(all.filter(name => !name.includes('*'))), patterns: all.filter(name => name.includes('*') && !/\.(?:py|rb)$/.test(name)) }
}

/** Whether the name of a file, or a wildcard for several, is that of a dependency manifest or lock file. */
export function isManifestName(path: string): boolean {
  const name = baseName(path)
  if (names().plain.has(name) || /^(?:package\*?(?:-lock)?\*?\.json\*?|requirements[\w.*-]*\.(?:txt|in)|(?:yarn|poetry|uv|composer|Gemfile|Pipfile|Cargo)[\w.*]*)$/.test(name)) return true
  return names().patterns.some(pattern => matchesPattern(pattern, name))
}
