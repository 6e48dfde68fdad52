// What the build context must hold, judged by what the Dockerfile takes from it and runs on it.
import { contextPathOf, contextReadersBelow, contextSelectors } from '../cache/context-reads.ts'
import type { Build } from '../model/build.ts'
import { insideRoot } from '../model/paths.ts'
import { takesWholeContext } from './broad-copies.ts'
import { fact } from './fact.ts'
import { installsOf, type Install } from './installs.ts'

/**
 * Each entry is a list of alternatives, paths or wildcards relative to the context, of which one should be there: the sources of COPY, ADD
 * and bind mounts, and the manifests of installs that run on a copy of the whole context. The context as a whole exists everywhere and is left out.
 */
export const contextEvidence = fact((build: Build): readonly (readonly string[])[] => {
  const found = new Map<string, readonly string[]>()
  for (const stage of build.stages.filter(entry => entry.reachable)) {
    for (const step of stage.steps) {
      for (const { path, include } of contextSelectors(step)) note(found, [include.length === 0 ? insideRoot(path) : insideRoot(`${path}/${include[0]!}`)])
      if (step.kind === 'run') for (const install of installsOf(step)) note(found, manifestsOf(install))
    }
  }
  return [...found.values()]
})

function note(found: Map<string, readonly string[]>, alternatives: readonly string[]): void {
  const named = alternatives.filter(path => path !== '' && !/^[*/]+$/.test(path))
  if (named.length > 0) found.set(named.join('\n'), named)
}

function manifestsOf(install: Install): readonly string[] {
  if (!install.from.includes('manifests') || install.hasUnknownManifest || install.directory === null || install.global) return []
  const copy = contextReadersBelow(install.step).findLast(reader => reader.kind !== 'run' && takesWholeContext(reader))
  const folder = copy && copy.kind !== 'run' ? contextPathOf(copy, install.directory) : null
  return folder === null ? [] : install.manifests.filter(name => !/^[/~]|\*\*/.test(name)).map(name => insideRoot(`${folder}/${name}`))
}

export interface StatedContext {
  /** The path of the Dockerfile in the command, as seen from where it runs; null when it names none. */
  readonly dockerfile: string | null
  /** The context as seen from there. */
  readonly folder: string
}

/** The first command in a comment that says how the file is built: `# docker build -t app -f docker/Dockerfile .`. Nothing that holds a variable. */
export const statedContext = fact(({ text, comments }: Build): StatedContext | null => {
  for (const { span } of comments) {
    const words = /(?:^|[\s`$])(?:docker|podman|nerdctl)\s+(?:buildx\s+|image\s+)?build\s+([^`|;&]*)/.exec(text.slice(span.start, span.end))?.[1]?.trim().split(/\s+/)
    const stated = words && stateIn(words)
    if (stated) return stated
  }
  return null
})

/** The context is the last word; a sentence that goes on is no command. */
function stateIn(words: readonly string[]): StatedContext | null {
  const folder = words.at(-1)!
  const at = words.findIndex(word => /^(?:-f|--file)$/.test(word))
  const dockerfile = at === -1 ? words.find(word => /^(?:-f|--file)=/.test(word))?.replace(/^[^=]*=/, '') ?? null : words[at + 1] ?? null
  const isPath = (path: string): boolean => /^[\w./-]+$/.test(path) && !path.startsWith('/') && !path.startsWith('-')
  return isPath(folder) && /^\.|\//.test(folder) && (dockerfile === null || isPath(dockerfile)) ? { dockerfile, folder } : null
}
