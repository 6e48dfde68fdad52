// Stages that nothing uses: the target does not need them, no other stage names them, and they are no image of their own.
import type { Build, Stage } from '../model/build.ts'
import { fact } from './fact.ts'

export interface UnusedStage {
  readonly stage: Stage
  /** Other stages that only this one uses. */
  readonly below: readonly Stage[]
}

/** A FROM, copy or mount whose stage a build argument may choose: `FROM ${BASE:-debug}`, `COPY --from=build-$ARCH`. */
const CHOSEN = /^\s*FROM\s+(?:--\S+\s+)*[^\s:/]*(?:\$\w+|\$\{[^}]*\})[^\s:/]*(?:\s|$)|\bfrom=["']?[^\s,"']*\$/im

/** A file with more of them was written by a program. */
const MOST_FOUND = 50

export const unusedStages = fact((build: Build): readonly UnusedStage[] => {
  const { stages, target, text } = build
  if (target !== stages.at(-1) || stages.every(({ reachable }) => reachable) || CHOSEN.test(text)) return []
  const usersOf = stageUsers(build)
  return stages.filter(stage => !stage.reachable && (usersOf.get(stage)?.size ?? 0) === 0).slice(0, MOST_FOUND).map(stage => ({ stage, below: stages.filter(other => !other.reachable && isOnlyFor(usersOf.get(other), stage)) }))
})

const isOnlyFor = (users: ReadonlySet<Stage> | undefined, stage: Stage): boolean => users !== undefined && users.size === 1 && users.has(stage)

function stageUsers({ stages }: Build): ReadonlyMap<Stage, ReadonlySet<Stage>> {
  const found = new Map<Stage, Set<Stage>>()
  const note = (used: Stage, by: Stage): void => {
    const known = found.get(used)
    if (known) known.add(by)
    else found.set(used, new Set([by]))
  }
  for (const stage of stages) {
    if (stage.base.kind === 'stage') note(stage.base.stage, stage)
    for (const step of stage.steps) {
      const sources = step.kind === 'run' ? step.mounts.map(({ from }) => from) : step.kind === 'workdir' ? [] : [step.from]
      for (const source of sources) if (source.kind === 'stage') note(source.stage, stage)
    }
  }
  return found
}

/** Files that may ask for a stage by its name, when they are in the context; more are not read. */
const ASKS = /(?:^|\/)(?:(?:docker-)?compose[\w.-]*\.ya?ml|docker-bake[\w.-]*\.(?:hcl|json)|[\w.-]*\.(?:sh|mk|hcl)|Makefile|justfile|Taskfile\.ya?ml|package\.json|skaffold[\w.-]*\.ya?ml|README[\w.-]*)$|(?:^|\/)\.(?:github|circleci|buildkite)\/.*\.ya?ml$|(?:^|\/)[\w.-]*(?:ci|cloudbuild|pipelines?)[\w.-]*\.ya?ml$/i
const MOST_READ = 60

/** Whether a file of the context names this stage as something to build; true as well where the context is not known or holds too much to read. */
export function mayBeAskedFor({ context }: Build, { name }: Stage): boolean {
  const files = context.files()
  if (name === null || files === 'unknown') return name !== null
  const asking = files.filter(({ path, size }) => ASKS.test(path) && size < 200_000)
  const asks = new RegExp(`target[\\w"']*[\\s:=,]+["']?${name.replace(/[^\w-]/g, '\\$&')}\\b`, 'i')
  return asking.length > MOST_READ || asking.some(({ path }) => asks.test(String(context.read(path))))
}

/** It says what to run: an image of its own that is built on request. */
export const isFinalLooking = (stage: Stage): boolean => {
  for (let at: Stage | null = stage; at && !at.reachable; at = at.base.kind === 'stage' ? at.base.stage : null) {
    if (at.instructions.some(({ keyword }) => /^(?:CMD|ENTRYPOINT|EXPOSE|HEALTHCHECK|STOPSIGNAL|VOLUME|LABEL)$/.test(keyword))) return true
  }
  return false
}
