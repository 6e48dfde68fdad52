// Steps that take the whole build context, or a folder of it, and what comes in with them.
import { contextFilesOf, contextSelectors } from '../cache/context-reads.ts'
import type { Build, CopyStep, RunStep } from '../model/build.ts'
import { insideRoot } from '../model/paths.ts'
import { fact } from './fact.ts'

export type ContextReader = CopyStep | RunStep

/** Steps of needed stages that read the context, in file order. Steps of an ONBUILD trigger stand where they run. */
export const contextReaders = fact((build: Build): readonly ContextReader[] => build.stages.filter(stage => stage.reachable).flatMap(stage =>
  stage.steps.filter((step): step is ContextReader => step.kind !== 'workdir' && contextSelectors(step).length > 0)))

/** Whether the step takes the root of the context itself: `COPY . .`, `ADD ./ /app`, `COPY * .`, a bind mount without source. */
export function takesWholeContext(step: ContextReader): boolean {
  return contextSelectors(step).some(({ path, include }) => (include.length === 0 ? /^(?:\*\*?)?$/ : /^\*\*(?:\/\*\*?)?$/).test(include[0] ?? insideRoot(path)))
}

/** Steps of needed stages that take the whole context. */
export const wholeContextReaders = fact((build: Build): readonly ContextReader[] => contextReaders(build).filter(takesWholeContext))

/** How many context files are in the key of this step; null when the context is not known. */
export function contextFileCount(build: Build, step: ContextReader): number | null {
  const files = contextFilesOf(build, step)
  return files === 'unknown' ? null : files.size
}

/** The file of another project that lies in this one, or one that tests read as text: nobody builds it here, nor edits its ignore file. */
export const isVendored = ({ path }: Build): boolean => /(?:^|\/)(?:vendor|node_modules|third[-_]party|testfiles)\//.test(path)

/** The folder the statement is about, for messages: only named when it is not the Dockerfile's own. */
export const assumedContext = (build: Build): string => (build.context.folder === null ? '' : ` (with ${build.context.folder} as the context)`)
