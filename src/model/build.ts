// The model a rule reads: stages, steps, what is in force at each step and what enters its cache key. Types only.
import type { Command } from '../syntax/shell.ts'
import type { Span } from '../text.ts'

export interface Build {
  readonly path: string
  readonly text: string
  /** The character that continues a line. */
  readonly escape: '\\' | '`'
  /** The build context after ignoring. */
  readonly context: Context
  readonly stages: readonly Stage[]
  /** The stage that is built: the last one, or the one asked for. */
  readonly target: Stage
  /** ARGs above the first FROM, with their values. */
  readonly globals: Environment
  /** Comments of the file, for rules that look for a stated intent. */
  readonly comments: readonly { readonly span: Span }[]
}

export interface Stage {
  readonly index: number
  /** The AS name in lower case. */
  readonly name: string | null
  /** The name, or the index as a string: what messages and verdicts call it. */
  readonly label: string
  readonly base: Base
  /** Of `FROM --platform=`, expanded as far as known. */
  readonly platform: string | null
  readonly instructions: readonly Instruction[]
  readonly steps: readonly Step[]
  /** The FROM instruction. */
  readonly span: Span
  /** Whether the image runs Windows, as far as its name or SHELL tells: no shell of ours, no Linux advice. */
  readonly windows: boolean
  /** Whether building the target needs this stage. */
  readonly reachable: boolean
  /** The variables in force at its end, which stages built FROM it inherit. */
  readonly environment: Environment
  readonly user: string | null
  readonly workdir: string | null
  readonly shell: readonly string[]
}

/** `ref` is expanded; null where it hangs on an ARG without a known value. `span` is the reference as written. */
export type Base =
  | { readonly kind: 'image'; readonly ref: string | null; readonly text: string; readonly span: Span }
  | { readonly kind: 'stage'; readonly stage: Stage; readonly span: Span }
  | { readonly kind: 'scratch'; readonly span: Span }
  /** A named build context stands in for the image, or for the whole stage (`--build-context`). */
  | { readonly kind: 'named-context'; readonly name: string; readonly replacesStage: boolean; readonly span: Span }

export type Instruction = Step | Setting
/** What the engine runs or takes from the cache. A WORKDIR that resolves to `/` is a Setting. */
export type Step = RunStep | CopyStep | WorkdirStep

interface Common {
  readonly stage: Stage
  /** From the keyword to the end of its last line (here-document bodies included), without the line end. */
  readonly span: Span
  /** In upper case. */
  readonly keyword: string
  /** The logical line as the engine joins it, keyword first, trimmed. */
  readonly text: string
  /** Comes from an ONBUILD of the stage below; `span` is then that of the FROM that triggered it. */
  readonly onbuild: boolean
}

interface StepCommon extends Common {
  /** Position among the steps of its stage. */
  readonly index: number
  /** What, besides the step below it, can re-run it. */
  readonly inputs: readonly CacheInput[]
  /** Variables in force, in the order the engine lists them. */
  readonly environment: Environment
  /** USER in force, expanded; null when none was set in this file. */
  readonly user: string | null
  /** Working directory in force before the step; null when it depends on the base image or an unknown value. */
  readonly workdir: string | null
}

export interface RunStep extends StepCommon {
  readonly kind: 'run'
  readonly form: 'shell' | 'exec'
  /** The argument vector: the exec form's, or SHELL followed by the script. */
  readonly argv: readonly string[]
  /** SHELL in force. */
  readonly shell: readonly string[]
  /** What the shell gets, with the place of each character; null for the exec form. */
  readonly script: Script | null
  /** The commands of the script, parsed when first asked for; 'opaque' when no reader can be sure of them. */
  readonly commands: readonly Command[] | 'opaque'
  readonly mounts: readonly Mount[]
  readonly flags: readonly Flag[]
  readonly heredocs: readonly Heredoc[]
  /** The here-document that is run as a file, by its own interpreter; null unless its body starts with `#!`. */
  readonly scriptFile: Heredoc | null
}

export interface CopyStep extends StepCommon {
  readonly kind: 'copy' | 'add'
  readonly from: Source
  /** Paths in `from`, expanded, as written otherwise; remote addresses and here-documents are not in it. */
  readonly sources: readonly string[]
  /** Spans of `sources`. */
  readonly sourceSpans: readonly Span[]
  /** Whether a source depends on an unknown value; such ones are left out of `sources`. */
  readonly hasUnknownSource: boolean
  /** Addresses that ADD fetches. */
  readonly remotes: readonly string[]
  /** Spans of `remotes`. */
  readonly remoteSpans: readonly Span[]
  /** Bodies expanded where they are. */
  readonly heredocs: readonly Heredoc[]
  /** The destination, expanded, as written otherwise; null when it depends on an unknown value. */
  readonly target: string | null
  readonly flags: readonly Flag[]
  /** `--exclude` values, as written: the engine expands nothing in them. */
  readonly exclude: readonly string[]
  readonly chown: string | null
  readonly chmod: string | null
  readonly checksum: string | null
  /** `--keep-git-dir` and `--unpack`; null when not given. */
  readonly keepGitDir: boolean | null
  readonly unpack: boolean | null
  readonly link: boolean
  readonly parents: boolean
}

export interface WorkdirStep extends StepCommon {
  readonly kind: 'workdir'
  /** Absolute and cleaned; null when it depends on an unknown value. */
  readonly path: string | null
}

/** No step: ENV, ARG, USER, SHELL, LABEL, CMD, … and a WORKDIR that resolves to `/`. */
export interface Setting extends Common {
  readonly kind: 'setting'
  /** What ARG and ENV assign here; a null value means declared without one. */
  readonly assigns: readonly Variable[]
}

export type Source =
  | { readonly kind: 'context' }
  | { readonly kind: 'stage'; readonly stage: Stage }
  | { readonly kind: 'image'; readonly ref: string }
  | { readonly kind: 'named-context'; readonly name: string }

export interface Mount {
  readonly type: 'bind' | 'cache' | 'tmpfs' | 'secret' | 'ssh'
  /** As written, variables expanded; null when not given. */
  readonly target: string | null
  readonly from: Source
  /** Path in `from`; null when not given, which means its root. */
  readonly source: string | null
  readonly id: string | null
  readonly sharing: 'shared' | 'private' | 'locked' | null
  readonly readonly: boolean
  /** All options in the order written, values expanded: `uid`, `gid`, `mode`, `required`, `env`, `size`, … */
  readonly options: ReadonlyMap<string, string>
  readonly span: Span
}

export interface Flag { readonly name: string; readonly value: string | null; readonly span: Span }

export interface Heredoc {
  readonly name: string
  /** The file descriptor it feeds; 0 when none is written. */
  readonly descriptor: number
  /** Written `<<-`. */
  readonly chomps: boolean
  /** Tabs stripped for `<<-`; line ends as in the file. */
  readonly body: string
  /** Whether the delimiter is unquoted, so that COPY and ADD expand the body. */
  readonly expands: boolean
  readonly bodySpan: Span
}

/** Text the shell gets, and where each character of it stands in the file. */
export interface Script { readonly text: string; offset(at: number): number }

export interface Variable {
  readonly name: string
  /** null: declared without a value and not passed, so not in the environment. */
  readonly value: string | null
  readonly kind: 'arg' | 'env' | 'base'
  /** Where it was last assigned; null for what the base image or the builder sets. */
  readonly span: Span | null
}
export interface Environment {
  get(name: string): Variable | undefined
  /** In the order the engine lists them: that of the last assignment. Includes those without a value. */
  entries(): readonly Variable[]
}

/** `variable`: in a RUN's environment, or expanded in the instruction. `files`: patterns in the build context. */
export type CacheInput =
  | { readonly kind: 'instruction' } | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'files'; readonly patterns: readonly string[] }
  | { readonly kind: 'stage'; readonly stage: Stage } | { readonly kind: 'image'; readonly ref: string }
  | { readonly kind: 'remote'; readonly url: string }

/** The context after ignoring; 'unknown' when no files were given. Paths are relative, with `/` and no leading `./`. */
export interface Context {
  /** The folder it was taken from, as the user would write it; null when that is the Dockerfile's own folder or unknown. */
  readonly folder: string | null
  readonly ignoreFile: IgnoreFile | null
  has(path: string): boolean | 'unknown'
  /** Files and links, folders left out. */
  files(): readonly FileEntry[] | 'unknown'
  read(path: string): string | null | 'unknown'
  /** Whether the ignore file keeps this path out of the build. */
  ignores(path: string): boolean
  /** The lines of the ignore file, in order; of a malformed file, which fails the build, none. */
  ignorePatterns(): readonly ContextPattern[]
  /** The same files under another ignore file. */
  ignoring(text: string): Context
  /** The same files before ignoring; null when unknown. */
  readonly source: ContextFiles | null
  /** The repository around it; null when unknown. */
  readonly repository: Repository | null
}

/** One line of the ignore file. */
export interface ContextPattern {
  /** As the engine reads it: clean, relative, without its `!`. */
  readonly pattern: string
  readonly isException: boolean
  /** The line without blanks around it. */
  readonly span: Span
  /** Whether it alone, without its `!`, matches this path or a folder above. */
  matches(path: string): boolean
}
export interface IgnoreFile { readonly path: string; readonly text: string }
/** The build context before ignoring; absent when unknown. Injected and lazy: nothing is listed or read before a rule asks. */
export interface ContextFiles {
  /** The folder as the user would write it, when it is not the Dockerfile's own. */
  readonly folder?: string
  /** Nothing below the folders that `skip` names is wanted; what lies there may be left out. Folders themselves are not listed. */
  list(skip?: (folder: string) => boolean): readonly FileEntry[]
  /** What lies at a path, without listing anything; absent: only the list tells. Behind a link lies nothing. */
  find?(path: string): 'file' | 'folder' | 'link' | null
  read(path: string): string | null
}
/** The git work tree that the Dockerfile and its context lie in. Nobody lists it whole: it can be many times the context. */
export interface Repository {
  readonly files: ContextFiles
  /** Folders in it, '' for its top; the Dockerfile's own and that of the context, null when unknown. */
  readonly ownFolder: string
  readonly contextFolder: string | null
}
/** `mode` holds the permission bits; `link` the target of a symbolic link. */
export interface FileEntry { readonly path: string; readonly size: number; readonly mode: number; readonly link?: string }
