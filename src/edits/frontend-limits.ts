// What keeps a fix from using a feature of newer Dockerfile frontends.
import { frontendFeatures } from '../data/frontend-features.ts'
import { frontend, knows } from '../facts/frontend.ts'
import type { Build } from '../model/build.ts'

/** Why this feature, by its name in the table, cannot be used here; null where it can. */
export function frontendLacks(build: Build, name: string): string | null {
  const found = frontend(build)
  if (found === null) return null
  if (found === 'other') return `nobody knows whether the frontend of "# syntax=" reads "${name}"`
  const feature = frontendFeatures[name]
  return !feature || knows(found, feature) ? null : `"# syntax=${found.image}" does not know "${name}"`
}
