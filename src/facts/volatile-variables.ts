// Variables whose value is likely to differ from build to build, judged by name.
import { CI_VARIABLES, VOLATILE_LABELS, VOLATILE_WORDS } from '../data/volatile-names.ts'
import type { Build, Setting, Variable } from '../model/build.ts'
import { fact } from './fact.ts'

const words = VOLATILE_WORDS.filter(word => word !== 'SHA').map(word => word.replaceAll('_', '_?')).join('|')
/** The word ends the name, or only says more of the same kind after it: COMMIT_HASH, REVISION_ID. */
const VOLATILE = new RegExp(`(?:^|_)(?:${words})(?:_(?:ID|HASH|SHA|DATE|TIME|REF|SHORT|LONG|TAGS?|MESSAGE|TITLE|AUTHOR|BRANCH))*$`)
/** A lone SHA is a commit only where the rest of the name says so; elsewhere it is the checksum of a download. */
const COMMIT_SHA = /^(?:.*_)?(?:(?:GIT|VCS|SOURCE|BUILD|HEAD|CI|SHORT|REPO)_SHA|COMMIT_?SHA)(?:_SHORT)?$|^SHA$/
/** What follows is pinned on purpose: it changes with the thing that is fetched, not with the build. */
const CHECKSUM = /_?(?:CHECKSUM|SHA_?(?:1|256|512)|SHA(?:1|256|512)SUM|MD5|DIGEST|GPG|KEY)S?(?:$|_)/

/** Whether the name says that its value is a commit, a time or a counter of builds; checksums and versions are not. */
export function isVolatileName(name: string): boolean {
  const upper = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase()
  if (CI_VARIABLES.includes(upper)) return true
  if (CHECKSUM.test(upper)) return false
  return VOLATILE.test(upper) || COMMIT_SHA.test(upper) || isBustingName(name)
}

/** Whether the name says that the variable is there to defeat the cache. */
export const isBustingName = (name: string): boolean =>
  /(?:^|_)(?:CACHE_?(?:BUST(?:ER|ING)?|BREAK(?:ER)?|KILL(?:ER)?|INVALIDAT\w*)|(?:BUST|BREAK|INVALIDATE|SKIP)_?CACHE|REFRESHED_AT|FORCE_?REBUILD)(?:$|_)/.test(name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase())

export interface VolatileArgument { readonly setting: Setting; readonly variable: Variable }

/** ARG declarations inside stages that are needed, with a name that says volatile or a value that fills a label of that kind. */
export const volatileArguments = fact((build: Build): readonly VolatileArgument[] => {
  const stages = build.stages.filter(stage => stage.reachable)
  const settings = stages.flatMap(stage => stage.instructions.filter((instruction): instruction is Setting => instruction.kind === 'setting'))
  const labelled = new Set(settings.flatMap(({ keyword, text }) => (keyword === 'LABEL' ? [...text.matchAll(LABELS)].map(([, name]) => name!) : [])))
  return settings.filter(({ keyword }) => keyword === 'ARG').flatMap(setting => setting.assigns.filter(({ name }) => isVolatileName(name) || labelled.has(name)).map(variable => ({ setting, variable })))
})
/** Such a label with one variable and nothing else in it. */
const LABELS = new RegExp(`(?:^|[\\s"'])(?:${VOLATILE_LABELS.map(key => key.replaceAll('.', '\\.')).join('|')})["']?[=\\s]\\s*"?\\$\\{?(\\w+)\\}?"?(?=\\s|$)`, 'g')

/** A default that pins something: a commit, a checksum, a version. Placeholders such as `dev`, `unknown` or `0` pin nothing. */
export const isPinnedValue = (value: string): boolean => /^(?:sha\d+:)?[0-9a-f]{7,}$/i.test(value) && !/^0+$/.test(value) || /^v?\d+\.\d+/.test(value) || /^(?:refs\/)?(?:tags|heads)\//.test(value)
