// `cachemiss why`: which steps would run again if these paths changed, and why. Reads the real context; runs nothing but git.
import { statSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { explainChange, parseBuild, UsageError, visible, type FileChange, type StepVerdict } from '../index.ts'
import { changesIn, textIn, treeTop, type TreeChanges } from './changes.ts'
import { contextChooser, type ContextChooser } from './choose-context.ts'
import { readOptions } from './command-options.ts'
import { openFolder } from './context.ts'
import { discover, type FoundFile } from './discover.ts'
import { foreignKind } from './foreign-files.ts'
import { complain, lookOf, sentence, type Io } from './io.ts'
import { version } from './package.ts'
import { shownPath, slashed } from './paths.ts'
import { readDockerfile } from './read-dockerfile.ts'
import { whyJson, whyText, type WhyResult } from './why-report.ts'

const OPTIONS = {
  file: { type: 'string', multiple: true },
  'build-arg': { type: 'string', multiple: true },
  'base-updated': { type: 'boolean' },
  since: { type: 'string' },
  target: { type: 'string' },
  context: { type: 'string' },
  format: { type: 'string' },
  'no-color': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

export const WHY_HELP = `Usage: cachemiss why [changed-path…]

Says for each step whether the next build takes it from the cache, and why not, if these
paths changed; without any, what git says has changed since the last commit.

  --file DOCKERFILE        the Dockerfile (repeatable; default: every one found here)
  --build-arg NAME[=VALUE] a build argument gets this value, or any other one
  --base-updated           the base images were rebuilt
  --since REV              compare with this commit, branch or tag
  --target STAGE           build this stage (default: the last)
  --context DIR            the build context (default: found by the sources of COPY)
  --format text|json       default: text
  --no-color               plain text
`

/** What one run is asked. */
interface Question {
  readonly io: Io
  readonly chooser: ContextChooser
  readonly paths: readonly string[]
  readonly buildArgs: ReadonlyMap<string, string | null>
  readonly isBaseUpdated: boolean
  readonly since: string | null
  readonly target: string | undefined
  readonly context: string | undefined
}
type Values = ReturnType<typeof readOptions<typeof OPTIONS>>['values']

/** 0 when it ran, 2 when some Dockerfile could not be looked at. UsageError for wrong arguments. */
export async function why(args: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = readOptions('why', OPTIONS, args)
  if (values.help) {
    io.stdout.write(WHY_HELP)
    return 0
  }
  const format = values.format ?? 'text'
  if (format !== 'text' && format !== 'json') throw new UsageError(`why has no format "${format}"`, 'It has text and json.')
  const { files, problems } = await discover(values.file ?? [], { cwd: io.cwd })
  const question = questionOf(values, positionals, io)
  const failures = problems.map(problem => `${problem.path}: ${problem.message}`)
  const results: WhyResult[] = []
  for (const file of files) {
    try {
      results.push(await answer(question, file))
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      const isNamed = (values.file ?? []).some(path => resolve(io.cwd, path) === file.file)
      const read = readDockerfile(file.file)
      if (!isNamed && 'text' in read && foreignKind(file.path, read.text)) continue
      // The model calls the Dockerfile by its place in the context, which it need not have.
      failures.push(sentence(error).replace(/^\.\.\/Dockerfile/, file.path))
    }
  }
  if (files.length === 0 && problems.length === 0) throw new UsageError('no Dockerfile found here', 'Name one with --file.')
  if (results.length > 0) io.stdout.write(format === 'json' ? whyJson(results, version) : whyText(results, lookOf(io.stdout, io.env, values['no-color'] ?? false).color))
  for (const failure of new Set(failures)) complain(io, visible(failure))
  return failures.length > 0 ? 2 : 0
}

function questionOf(values: Values, paths: readonly string[], io: Io): Question {
  const buildArgs = new Map((values['build-arg'] ?? []).map(text => {
    const at = text.indexOf('=')
    return at === -1 ? [text, null] as const : [text.slice(0, at), text.slice(at + 1)] as const
  }))
  return {
    io, paths, buildArgs, chooser: contextChooser(),
    isBaseUpdated: values['base-updated'] ?? false, since: values.since ?? null, target: values.target, context: values.context,
  }
}

/** Without paths, build arguments or a base to ask about, what git says counts. */
const asksGit = (question: Question): boolean =>
  question.paths.length === 0 && (question.since !== null || (question.buildArgs.size === 0 && !question.isBaseUpdated))

async function answer(question: Question, file: FoundFile): Promise<WhyResult> {
  const { io, chooser } = question
  const text = readText(file)
  const chosen = question.context === undefined ? chooser.choose(file.file, () => parseBuild(text, file.path)) : folderOf(io, question.context)
  const folder = chosen ?? dirname(file.file)
  const tree = asksGit(question) ? await treeChanges(question, folder) : null
  const ignore = chooser.ignoreFile(file.file, folder)
  const changes = tree ? changesBelow(tree, folder) : namedChanges(question, folder)
  const earlier = async (path: string, now: string | null): Promise<string | null> => (tree ? await textBefore(tree, path, now) : now)
  const entries = openFolder(folder).list()
  const verdicts = explainChange({
    dockerfile: { before: await earlier(file.file, text), after: text },
    ignore: ignore ? { before: await earlier(ignore.file, ignore.text), after: ignore.text } : await missingIgnore(tree, file.file, folder),
    entries, changes, buildArgs: question.buildArgs, isBaseUpdated: question.isBaseUpdated,
    ...(question.target === undefined ? {} : { target: question.target }),
  })
  return {
    path: file.path, context: shownPath(io.cwd, folder), isContextSure: chosen !== null, verdicts: verdicts as readonly StepVerdict[],
    changes: describe(question, changes, tree, file),
  }
}

function readText({ file, path }: FoundFile): string {
  const read = readDockerfile(file)
  if ('text' in read) return read.text
  throw new UsageError(`${path}: ${read.reason}`)
}

function folderOf(io: Io, path: string): string {
  const folder = resolve(io.cwd, path)
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return folder
  throw new UsageError(`the context "${path}" is no folder`)
}


async function treeChanges({ since }: Question, folder: string): Promise<TreeChanges> {
  const top = await treeTop(folder)
  if (top === null) throw new UsageError('this is no git work tree, so nobody can tell what changed', 'Name the changed paths: cachemiss why src/main.c')
  return changesIn(top, since)
}

/** Relative to the context; what lies outside of it does not count. */
function changesBelow(tree: TreeChanges, folder: string): readonly FileChange[] {
  const prefix = slashed(relative(tree.top, folder))
  if (prefix.startsWith('..')) return []
  const inside = prefix === '' ? '' : `${prefix}/`
  return tree.changes.filter(({ path }) => path.startsWith(inside)).map(({ path, kind }) => ({ path: path.slice(inside.length), kind }))
}

/** A named folder stands for all files in it, a path that is not there for a new file. */
function namedChanges({ io, paths }: Question, folder: string): readonly FileChange[] {
  return paths.flatMap((path): readonly FileChange[] => {
    const file = resolve(io.cwd, path)
    const inside = slashed(relative(folder, file))
    if (inside.startsWith('../') || inside === '..') return []
    const stats = statSync(file, { throwIfNoEntry: false })
    if (stats?.isDirectory()) return openFolder(file).list().map(entry => ({ path: inside === '' ? entry.path : `${inside}/${entry.path}`, kind: 'modified' }))
    return [{ path: inside, kind: stats ? 'modified' : 'added' }]
  })
}

async function textBefore(tree: TreeChanges, file: string, now: string | null): Promise<string | null> {
  const path = slashed(relative(tree.top, file))
  const change = tree.changes.find(entry => entry.path === path)
  if (!change) return now
  return change.kind === 'added' || tree.commit === null ? null : textIn(tree.top, tree.commit, path)
}

/** An ignore file that was there in the commit and is gone now. */
async function missingIgnore(tree: TreeChanges | null, dockerfile: string, folder: string): Promise<{ before: string | null; after: null }> {
  for (const file of [`${dockerfile}.dockerignore`, join(folder, '.dockerignore')]) {
    const path = tree ? slashed(relative(tree.top, file)) : ''
    if (tree?.commit && tree.changes.some(change => change.path === path && change.kind === 'deleted')) return { before: await textIn(tree.top, tree.commit, path), after: null }
  }
  return { before: null, after: null }
}

/** What is taken as changed, for the first line of the answer. */
function describe(question: Question, changes: readonly FileChange[], tree: TreeChanges | null, file: FoundFile): readonly string[] {
  const own = tree?.changes.some(change => join(tree.top, change.path) === file.file) ? [basename(file.file)] : []
  return [
    ...new Set([...own, ...changes.map(change => change.path)]),
    ...[...question.buildArgs].map(([name, value]) => (value === null ? `another ${name}` : `${name}=${value}`)),
    ...(question.isBaseUpdated ? ['the base images'] : []),
  ]
}
