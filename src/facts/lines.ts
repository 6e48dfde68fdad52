// Line numbers for messages that name a second place.
import type { Build } from '../model/build.ts'
import { lineMap, type Span } from '../text.ts'
import { fact } from './fact.ts'

const linesOf = fact((build: Build) => lineMap(build.text))

/** The 1-based line on which a span starts. */
export const lineOf = (build: Build, span: Span): number => linesOf(build).position(span.start).line
