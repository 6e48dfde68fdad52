// What keeps a fix from using a feature of newer Dockerfile frontends.
import { frontendFeatures } from '../data/frontend-features.ts'
import { frontend, knows, usedFeatures } from '../facts/frontend.ts'
import { buildScripts } from '../facts/repository-texts.ts'
import type { Build } from '../model/build.ts'

/** Why this feature, by its name in the table, cannot be used here; null where it can. */
export function frontendLacks(build: Build, name: string): string | null {
  const found = frontend(build)
  if (found === null) return builderLacks(build)
  if (found === 'other') return `nobody knows whether the frontend of "# syntax=" reads "${name}"`
  const feature = frontendFeatures[name]
  return !feature || knows(found, feature) ? null : `"# syntax=${found.image}" does not know "${name}"`
}

/** Builds on Azure's registry have no BuildKit (github.com/Azure/acr, issue 721); a file that uses it already is built elsewhere. */
function builderLacks(build: Build): string | null {
  return usedFeatures(build).length === 0 && /\baz\s+acr\s+(?:build|run|task)\b/.test(buildScripts(build) ?? '') ? 'a script of the repository builds with "az acr", which has no BuildKit' : null
}
