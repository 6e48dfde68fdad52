// Tools that newer images of a name no longer hold, while the file counts on them.
import type { Build, Stage } from '../model/build.ts'
import { anyPlatform, parseImageReference } from '../model/image-reference.ts'
import type { Span } from '../text.ts'
import { commandsOf, type NormalCommand } from './commands.ts'
import { imageCommands, startedCommands } from './image-command.ts'
import { baseName } from './image-paths.ts'
import { installsOf } from './installs.ts'
import { rootOf, stagesOn } from './stage-trees.ts'

interface DroppedTool {
  readonly image: string
  readonly tool: string
  /** The first release without it. */
  readonly since: number
  /** Packages that bring it. */
  readonly packages: readonly string[]
  /** Text of a RUN, or the target of a COPY, that brings it on another way. */
  readonly brought: RegExp
}

/** Node.js 25 release notes (corepack); nodejs/docker-node#2422, #2474 (yarn). */
const DROPPED: readonly DroppedTool[] = [
  { image: 'node', tool: 'corepack', since: 25, packages: ['corepack'], brought: /\/corepack\b/ },
  { image: 'node', tool: 'yarn', since: 26, packages: ['yarn', 'yarnpkg', 'corepack'], brought: /yarnpkg\.com|\/yarn(?:pkg)?(?:[-_/]v?\d[^/]*)?(?:\/|\.js)?$|yarnpkg\/yarn\/releases|yarn-v\d/ },
]

/** What this image, which these stages would be built FROM, has no longer; `by`: the place that calls it. */
export function droppedTool(build: Build, roots: readonly Stage[], ref: string): { readonly tool: string; readonly since: number; readonly by: Span } | null {
  const reference = parseImageReference(ref)
  const major = Number(/^\d+/.exec(reference?.tag ?? '')?.[0] ?? 0)
  const stages = roots.flatMap(root => stagesOn(build, root))
  for (const row of DROPPED) {
    if (!reference || anyPlatform(reference.name) !== row.image || major < row.since || stages.some(stage => brings(stage, row))) continue
    const by = callOf(build, stages, row.tool)
    if (by) return { tool: row.tool, since: row.since, by }
  }
  return null
}

const brings = ({ steps }: Stage, { packages, brought }: DroppedTool): boolean => steps.some(step => {
  if (step.kind === 'copy' || step.kind === 'add') return brought.test(step.target ?? '') || [...step.sources, ...step.remotes].some(source => brought.test(source))
  return step.kind === 'run' && (brought.test(step.text) || installsOf(step).some(install => install.packages.some(({ name }) => packages.includes(name ?? ''))))
})

function callOf(build: Build, stages: readonly Stage[], tool: string): Span | null {
  const commands = stages.flatMap(({ steps }) => steps).flatMap((step): readonly NormalCommand[] => {
    const own = step.kind === 'run' ? commandsOf(step) : []
    return own === 'opaque' ? [] : own
  })
  const called = commands.find(({ program }) => program === tool)
  if (called) return called.command.span
  if (!stages.includes(rootOf(build.target))) return null
  const { entrypoint, command } = imageCommands(build)
  return [entrypoint, command].find(set => set && startedCommands(set).some(({ program }) => baseName(program) === tool))?.setting.span ?? null
}
