// What one execution of a step costs, as far as its commands tell: an order of magnitude from the table of typical costs.
import type { Cost } from '../cache/cost.ts'
import { buildCosts, installCosts, otherBuild, otherInstall } from '../data/typical-costs.ts'
import type { RunStep, Step } from '../model/build.ts'
import { fact } from './fact.ts'
import { installsOf } from './installs.ts'
import { fileWrites } from './writes.ts'

/** Nothing for what no table knows; bytes are never known from the text. */
export const costOf = (step: Step): Cost => (step.kind === 'run' ? runCost(step) : NOTHING)
export const costOfAll = (steps: Iterable<Step>): Cost => [...steps].map(costOf).reduce(({ seconds }, cost) => ({ seconds: seconds + cost.seconds, bytes: 0 }), NOTHING)

const NOTHING: Cost = { seconds: 0, bytes: 0 }

/**
 * Several installs by one manager in one step share its start-up and mostly its packages: they count once. Single tools by name take
 * seconds or minutes, and no log told: they count for nothing.
 */
const runCost = fact((step: RunStep): Cost => {
  const seconds = new Map<string, number>()
  for (const { effect, manager, from, row } of installsOf(step)) {
    if (row.ecosystem !== 'os' && from.length === 1 && from[0] === 'packages') continue
    seconds.set(manager, Math.max(seconds.get(manager) ?? 0, (effect === 'build' ? buildCosts[manager] ?? otherBuild : installCosts[manager] ?? otherInstall).seconds))
  }
  const builds = seconds.size === 0 && fileWrites(step).some(({ how }) => how === 'builds') ? otherBuild.seconds : 0
  return { seconds: [...seconds.values()].reduce((sum, each) => sum + each, builds), bytes: 0 }
})
