// Who may want a file with secrets where it is now: a step that reads it without naming it, or an image for developers.
import { contextSelectors } from '../cache/context-reads.ts'
import { contextReaders } from '../facts/broad-copies.ts'
import { contextUsers, type ContextUser } from '../facts/context-users.ts'
import { quoted } from '../facts/instruction-text.ts'
import { commandsOf } from '../facts/commands.ts'
import { installsOf } from '../facts/installs.ts'
import { isBuiltFrom } from '../facts/stage-trees.ts'
import { kindOfFile } from '../facts/stages.ts'
import type { Build, CopyStep, RunStep } from '../model/build.ts'
import { baseName, insideRoot } from '../model/paths.ts'

/** For each reader the steps of all stages are looked through. */
const MOST_READERS = 100
const MOST_STAGES = 200

const SETTINGS = /^\.env/
/** Programs that may run the project, which looks for its settings. */
const RUNNERS = /^(?:npm|npx|yarn|pnpm|pnpx|bun|bunx|node|nodejs|deno|next|nuxt|vite|ng|turbo|nx|tsc?x?|python[\d.]*|manage\.py|flask|django-admin|php|artisan|ruby|bundle|rails|rake|perl|make|just|task|mvnw?|gradlew?|sbt|dotnet|go|cargo|mix|(?:ba|da|z)?sh|source|\.)$/

/** A step that runs the project on a copy which takes settings along, or a Dockerfile for developers that takes any of these paths; a clause, or null. */
export function secretsReader(build: Build, paths: readonly string[]): string | null {
  const settings = paths.filter(path => SETTINGS.test(baseName(path)))
  for (const user of contextUsers(build)) {
    if (user.build.stages.length > MOST_STAGES || contextReaders(user.build).length > MOST_READERS) return 'the file is longer than anybody writes by hand'
    const where = user.name === null ? '' : ` of ${user.name}`
    for (const copy of contextReaders(user.build)) {
      if (user.name !== null && kindOfFile(user.build) === 'development' && paths.some(path => takes(copy, path))) return `"${quoted(copy)}"${where} is for developers`
      const setting = settings.find(path => takes(copy, path))
      const reader = setting === undefined ? undefined : runsOn(user, copy).find(mayRead)
      if (reader) return `"${quoted(reader)}"${where} may read ${setting}`
    }
  }
  return null
}

const takes = (step: CopyStep | RunStep, path: string): boolean => contextSelectors(step).some(selector => {
  const folder = insideRoot(selector.path)
  return folder === '' || /[*?[]/.test(folder) || `${path}/`.startsWith(`${folder}/`)
})

const runsOn = ({ build }: ContextUser, copy: CopyStep | RunStep): readonly RunStep[] => build.stages.flatMap(({ steps }) => steps)
  .filter((step): step is RunStep => step.kind === 'run' && (step.stage === copy.stage ? step.index >= copy.index : isBuiltFrom(step.stage, copy.stage)))

function mayRead(run: RunStep): boolean {
  const commands = commandsOf(run)
  if (commands === 'opaque') return true
  const installing = new Set(installsOf(run).filter(({ effect }) => effect !== 'build').map(({ command }) => command))
  return commands.some(command => command.program === null ? command.words.length > 0 : !installing.has(command) && (RUNNERS.test(command.program) || /\.\w+$|\//.test(command.program)))
}
