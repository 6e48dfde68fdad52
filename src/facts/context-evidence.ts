// What the build context must hold, judged by what the Dockerfile takes from it and runs on it.
import { contextPathOf, contextReadersBelow, contextSelectors, lastStep } from '../cache/context-reads.ts'
import type { Build, Step } from '../model/build.ts'
import { insideRoot } from '../model/paths.ts'
import { takesWholeContext } from './broad-copies.ts'
import { fact } from './fact.ts'
import { imageCommands, startedCommands } from './image-command.ts'
import { absolutePath, baseName } from './image-paths.ts'
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
  return inWholeCopy(install.step, install.directory, install.manifests.filter(name => !/^[/~]|\*\*/.test(name)))
}

/** Where files of this folder of the image lie in the context, as the last copy of the whole context puts them. */
function inWholeCopy(step: Step, folder: string, names: readonly string[]): readonly string[] {
  const copy = contextReadersBelow(step).findLast(reader => reader.kind !== 'run' && takesWholeContext(reader))
  const path = copy && copy.kind !== 'run' ? contextPathOf(copy, folder) : null
  return path === null ? [] : names.map(name => insideRoot(`${path}/${name}`))
}

/**
 * The same for files that speak for a folder where they are, and say nothing where they are not, as a build may make them: what `go build`
 * compiles and what the image starts.
 */
export const contextHints = fact((build: Build): readonly (readonly string[])[] => {
  const found = new Map<string, readonly string[]>()
  for (const step of build.stages.flatMap(stage => (stage.reachable ? stage.steps : []))) {
    if (step.kind === 'run') for (const install of installsOf(step)) note(found, compiledBy(install))
  }
  const last = lastStep(build.target)
  for (const name of last ? startedScripts(build) : []) {
    const path = absolutePath(build.target.workdir, name)
    if (path !== null) note(found, inWholeCopy(last!, path.replace(/\/[^/]*$/, '') || '/', [baseName(path)]))
  }
  return [...found.values()]
})

/** Not those of tests, `*_test.go`. */
const GO_FILES: readonly string[] = ['main.go', '*[^t].go']

/** `go build` of the package it runs in, or of files it names. */
function compiledBy({ manager, effect, directory, step, command }: Install): readonly string[] {
  if (manager !== 'go' || effect !== 'build' || !directory?.startsWith('/')) return []
  const words = command.words.map(({ value }) => value ?? './')
  const files = words.filter(word => /^[\w.-]+\.go$/.test(word))
  return words.some(word => /^\.{1,2}\/|^[\w-]+(?:\.[\w-]+)*\/|\.\.\.$/.test(word)) ? [] : inWholeCopy(step, directory, files.length > 0 ? files.slice(0, 1) : GO_FILES)
}

const INTERPRETER = /^(?:python[\d.]*|node|nodejs|ruby|php|perl|deno|bun|(?:ba|da)?sh)$/
const SERVER = /^(?:gunicorn|uvicorn|hypercorn)$/
const SCRIPT = /^[\w./-]+\.(?:py|m?js|cjs|ts|rb|php|pl|sh)$/

function startedScripts(build: Build): readonly string[] {
  const { entrypoint, command } = imageCommands(build)
  const words = [entrypoint, entrypoint?.form === 'shell' ? null : command].flatMap(set => set?.words ?? [])
  return startedCommands({ words }).flatMap(({ program, arguments: values }) => {
    const name = baseName(program)
    const script = INTERPRETER.test(name) ? values[0] : program
    const module = SERVER.test(name) ? values.flatMap(value => /^([\w.]+):\w+$/.exec(value)?.[1] ?? []).at(-1) : undefined
    return [...script !== undefined && SCRIPT.test(script) ? [script] : [], ...module === undefined ? [] : [`${module.replaceAll('.', '/')}.py`]]
  })
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
