// What one execution of a step costs, as far as its commands tell: an order of magnitude from the table of typical costs.
import type { Cost } from '../cache/cost.ts'
import { buildCosts, downloadCost, installCosts, otherBuild, type TypicalCost } from '../data/typical-costs.ts'
import type { RunStep, Step } from '../model/build.ts'
import { fact } from './fact.ts'
import { installsOf } from './installs.ts'
import { fileWrites } from './writes.ts'

/** Seconds and bytes of one execution; nothing for what no table knows. */
export const costOf = (step: Step): Cost => (step.kind === 'run' ? runCost(step) : NOTHING)
export const costOfAll = (steps: Iterable<Step>): Cost => sum([...steps].map(costOf))

const NOTHING: Cost = { seconds: 0, bytes: 0 }
const sum = (costs: readonly TypicalCost[]): Cost => costs.reduce((total, { seconds, bytes }) => ({ seconds: total.seconds + seconds, bytes: total.bytes + bytes }), NOTHING)

const runCost = fact((step: RunStep): Cost => sum([
  ...installsOf(step).map(({ effect, row }) => (effect === 'build' ? buildCosts[row.ecosystem] ?? otherBuild : installCosts[row.ecosystem]!)),
  ...fileWrites(step).filter(({ how, path }) => how === 'downloads' || how === 'clones' && path.endsWith('/.git')).map(() => downloadCost),
  ...fileWrites(step).some(({ how }) => how === 'builds') ? [otherBuild] : [],
]))
