// What the engine is given in a test: a Dockerfile and, where the test states them, the files beside it.
import type { Input } from '../../src/lint.ts'
import type { ContextFiles, FileEntry } from '../../src/model/build.ts'
import type { ActiveRule, OptionSpecs, Options, Rule } from '../../src/rule.ts'

/** A file of the build context: its content, or what else matters of it. */
export type File = string | { readonly content?: string; readonly size?: number; readonly mode?: number; readonly link?: string }
export interface Given {
  readonly code: string
  /** Default: `Dockerfile`. */
  readonly path?: string
  /** The build context before ignoring, which is also the repository; unknown when left out. The Dockerfile and the ignore file are added. */
  readonly files?: Readonly<Record<string, File>>
  /** Text of the `.dockerignore`; an ignore file of the Dockerfile's own among `files` wins, as it does in a build. */
  readonly ignore?: string
  readonly target?: string
  /** Further evidence. */
  readonly input?: Partial<Input>
}

export const ignorePath = '.dockerignore'

export function inputOf({ code, path = 'Dockerfile', files, ignore, target, input }: Given): Input {
  const beside = { [path]: code, ...(ignore !== undefined && { [ignorePath]: ignore }) }
  const context = files && contextOf({ ...beside, ...files })
  const own = context?.read(`${path}.dockerignore`) ?? null
  return {
    path,
    text: code,
    ...(own !== null ? { ignoreFile: { path: `${path}.dockerignore`, text: own } } : ignore !== undefined && { ignoreFile: { path: ignorePath, text: ignore } }),
    ...(context && { context, repository: { files: context, ownFolder: path.slice(0, Math.max(0, path.lastIndexOf('/'))), contextFolder: '' } }),
    ...(target !== undefined && { target }),
    ...input,
  }
}

export function contextOf(files: Readonly<Record<string, File>>): ContextFiles {
  const byPath = new Map(Object.entries(files))
  return {
    list: () => [...byPath].map(([path, file]) => entryOf(path, file)).sort((a, b) => (a.path < b.path ? -1 : 1)),
    read(path) {
      const file = byPath.get(path)
      return file === undefined ? null : contentOf(file)
    },
  }
}

const contentOf = (file: File): string => (typeof file === 'string' ? file : file.content ?? '')

function entryOf(path: string, file: File): FileEntry {
  const { size, mode = 0o644, link } = typeof file === 'string' ? {} as Exclude<File, string> : file
  return { path, size: size ?? Buffer.byteLength(contentOf(file)), mode, ...(link !== undefined && { link }) }
}

/** A rule as the config makes it active when it says nothing but these options. */
export function activeRule(rule: Rule, options: Partial<Options> = {}): ActiveRule {
  const specs: OptionSpecs = rule.options ?? {}
  const defaults = Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, spec.default]))
  return { rule, severity: rule.severity, options: { ...defaults, ...options } as Options }
}
