// Which stages ship, and what the file is for.
import type { Build, Stage } from '../model/build.ts'
import { fact } from './fact.ts'
import { stagesBelow } from './stage-trees.ts'

/** The target stage, then the stages it is built FROM: what they write ends up in the image. */
export const shippedStages = fact((build: Build): readonly Stage[] => stagesBelow(build.target))

/** Whether what this stage writes ends up in the image. */
export const isShipped = (build: Build, stage: Stage): boolean => shippedStages(build).includes(stage)

export type FileKind = 'application' | 'development' | 'test' | 'tool'
const DEVELOPMENT = /(^|[-_.])(dev|devel|develop|development|devcontainer|local|debug|watch|hot-?reload)([-_.]|$)/
const TEST = /(^|[-_.])(tests?|testing|e2e|ci|lint|check|checks|spec|cypress|playwright|bench|benchmarks?|fuzz)([-_.]|$)/

/** What the image is for, as far as names tell: advice for what ships to production does not fit the others. */
export const kindOfFile = fact((build: Build): FileKind => {
  const path = build.path.toLowerCase()
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/dockerfile|containerfile/, '')
  const target = build.target.name ?? ''
  if (path.includes('.devcontainer/') || DEVELOPMENT.test(name) || DEVELOPMENT.test(target)) return 'development'
  if (TEST.test(name) || TEST.test(target) || /(^|\/)(tests?|e2e|ci|\.ci|\.circleci|\.github|\.gitlab|testdata)\//.test(path)) return 'test'
  return runsSomething(build) ? 'application' : 'tool'
})

/** An application says what to run, or takes something of its own repository along; a base image or a box of tools does neither. */
function runsSomething(build: Build): boolean {
  return shippedStages(build).some(stage =>
    stage.instructions.some(instruction => instruction.keyword === 'CMD' || instruction.keyword === 'ENTRYPOINT') ||
    stage.steps.some(step => step.kind === 'copy' && step.from.kind !== 'image'))
}
