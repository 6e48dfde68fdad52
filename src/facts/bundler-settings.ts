// Where a Dockerfile sets Bundler up for one project, by `bundle config set --local`.
import type { RunStep } from '../model/build.ts'
import { commandsOf } from './commands.ts'
import type { Install } from './installs.ts'

/** The last RUN up to this install, in the same stage and folder, that sets something so; the install's own RUN before others. */
export function localSettings({ step, manager, directory, span }: Install): RunStep | null {
  if (manager !== 'bundler' || step.form !== 'shell' || step.onbuild || step.workdir !== directory) return null
  if (setsLocally(step, span.start)) return step
  const above = step.stage.steps.slice(0, step.index)
  return above.findLast((other): other is RunStep => other.kind === 'run' && other.workdir === directory && other.user === step.user && setsLocally(other, Infinity)) ?? null
}

function setsLocally(run: RunStep, before: number): boolean {
  const commands = run.onbuild || run.form !== 'shell' || run.heredocs.length > 0 ? 'opaque' : commandsOf(run)
  return commands !== 'opaque' && commands.some(({ words, command }) => command.span.start < before && words.slice(0, 4).map(({ value }) => value).join(' ') === 'bundle config set --local')
}
