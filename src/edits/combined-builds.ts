// The install of a RUN that also builds, in a RUN of its own above the sources.
import { contextFilesOf } from '../cache/context-reads.ts'
import { quotedCommand } from '../facts/command-text.ts'
import type { CombinedBuild } from '../facts/combined-builds.ts'
import { commandsOf } from '../facts/commands.ts'
import { isScript } from '../facts/context-places.ts'
import { quoted } from '../facts/instruction-text.ts'
import { cleanups } from '../facts/installs.ts'
import { isShipped } from '../facts/stages.ts'
import type { Build } from '../model/build.ts'
import type { Fix } from '../rule.ts'
import { changeBetween, splitRun } from './split-runs.ts'

/** Commands before an install that only prepare it. */
const PREPARES = /^(?:set|corepack|npm|yarn|pnpm|pip|composer|bundle|true)$/

/** The fix, or a clause that says why there is none. */
export function combinedBuildFix(build: Build, { install, sources, step, needs }: CombinedBuild): Fix | string {
  const commands = commandsOf(step)
  if (sources.kind === 'run' || commands === 'opaque') return 'the RUN binds the whole context, and which files each part needs is not known'
  const first = commands.slice(0, commands.indexOf(install.command) + 1)
  const other = first.slice(0, -1).find(command => !PREPARES.test(command.program ?? '') || isScript(command))
  if (other) return `"${quotedCommand(build, other.command, 40)}" in front of the install may read the sources`
  if (step.flags.length > 0) return 'the flags of the RUN may be needed by both parts'
  const missing = needs.find(path => !isThere(build, step.stage.steps.slice(0, sources.index), path))
  if (missing !== undefined) return `${missing} comes only below "${quoted(sources, 40)}"`
  const cleaning = cleanups(step).find(({ command, manager }) => manager === install.manager && !first.includes(command))
  if (cleaning && isShipped(build, step.stage)) return `"${quotedCommand(build, cleaning.command.command, 40)}" has to stay in the layer of the install`
  const change = sources.stage === step.stage ? changeBetween(sources, step, false) : 'the sources come in another stage'
  if (change) return change
  const split = splitRun(build, step, first, sources, { first: '', second: '' })
  if ('reason' in split) return split.reason
  return {
    title: `Give "${quotedCommand(build, install.command.command, 40)}" a RUN of its own above "${quoted(sources, 40)}"`, safety: 'suggested',
    assumes: install.runsScripts ? `no script of the project or its dependencies reads the files of "${quoted(sources, 40)}" during the install` : `"${quotedCommand(build, install.command.command, 40)}" needs no file of "${quoted(sources, 40)}"`,
    edits: split.edits,
  }
}

const isThere = (build: Build, steps: CombinedBuild['step']['stage']['steps'], path: string): boolean => steps.some(step => {
  const taken = step.kind === 'copy' || step.kind === 'add' ? contextFilesOf(build, step) : 'unknown'
  return taken !== 'unknown' && taken.has(path)
})
