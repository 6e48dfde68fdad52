// The steps whose layers make up the image.
import type { Build, Step } from '../model/build.ts'
import { fact } from './fact.ts'
import { shippedStages } from './stages.ts'

/** From the bottom up: those of the stages the target is built FROM come first. */
export const shippedSteps = fact((build: Build): readonly Step[] => [...shippedStages(build)].reverse().flatMap(stage => stage.steps))
