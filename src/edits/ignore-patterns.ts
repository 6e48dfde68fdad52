// Edits of lines of the ignore file that do not do what they look like, where nothing shows that a build lives by what they do.
import { ignoreText } from '../facts/ignore-lines.ts'
import { bytecodeLines, ignoreMistakes, type IgnoreMistake } from '../facts/ignore-mistakes.ts'
import { needOf } from '../facts/ignore-needs.ts'
import { listed } from '../facts/instruction-text.ts'
import { isGitIgnored } from '../facts/git-ignores.ts'
import type { Build, Context } from '../model/build.ts'
import { baseName } from '../model/paths.ts'
import { applyEdits, type Span, type TextEdit } from '../text.ts'
import type { Fix } from '../rule.ts'
import { assuming } from './ignore-file.ts'
import { lineEndAt } from './instructions.ts'
import { lineAfter, lineStart } from './lines.ts'

/** A fix, or why there is none. */
export type Mended = { readonly fix: Fix } | { readonly noFix: string }

export function mended(build: Build, mistake: IgnoreMistake): Mended {
  const { text } = build.context.ignoreFile!
  const { span } = mistake.line
  const raw = text.slice(span.start, span.end)
  const shown = ignoreText(text, span)
  switch (mistake.kind) {
    case 'indented comment': return changed(build, `Begin the comment "${shown}" in the first column`, [{ span: { start: lineStart(text, span.start), end: span.start }, text: '' }], `no file is called "${shown}"`)
    case 'trailing comment': return meaning(build, 'Put the comment on a line of its own', mistake.meant, pattern => withCommentAbove(text, span, mistake.meant, pattern))
    case 'nothing': return without(build, raw, span)
    case 'quotes': return meaning(build, `Remove the quotes around ${mistake.meant}`, mistake.meant, pattern => ({ span, text: pattern }))
    case 'case': return inCase(build, mistake.path, raw, span)
    case 'order': return moved(build, mistake)
    case 'top only': return everywhere(build, mistake)
    case 'folder left': return hiding(build, `Ignore ${mistake.folder} itself`, [{ span, text: /^(?:\.?\/)?/.exec(raw)![0] + mistake.folder }], [], `the empty folder ${mistake.folder}`)
  }
}

const isComment = (text: string, start: number): boolean => text.startsWith('#', start)

const changed = (build: Build, title: string, ignoreEdits: readonly TextEdit[], clause: string, reruns: readonly string[] = []): Mended =>
  ({ fix: { title, safety: 'suggested', assumes: assuming(build, clause), edits: [], ignoreEdits, ...reruns.length > 0 && { reruns } } })

/** A change that lets the file hide more: files that are there, and what the line names. */
function hiding(build: Build, title: string, edits: readonly TextEdit[], named: readonly string[], what: string): Mended {
  const noFix = whyNotHidden(build, applyEdits(build.context.ignoreFile!.text, edits), named.filter(name => !/[*?[\\!]/.test(name)))
  return noFix === null ? changed(build, title, edits, `no build of this context needs ${what}`) : { noFix }
}

const MANIFESTS = ['pyproject.toml', 'setup.py', 'setup.cfg', 'MANIFEST.in', 'Cargo.toml', 'package.json', 'build.rs', 'mix.exs']
/** More files than somebody can have meant to hide all along. */
const MOST = 20

function whyNotHidden(build: Build, text: string, named: readonly string[]): string | null {
  const { context } = build
  const files = context.files()
  if (files === 'unknown') return 'the files of the build context are not known'
  const after = context.ignoring(text)
  const hidden = files.flatMap(({ path }) => (after.ignores(path) && !isGitIgnored(build, path) ? [path] : []))
  if (hidden.length > MOST) return `it would keep ${hidden.length} files out that every build has had, such as ${hidden[0]}`
  const paths = [...new Set([...named, ...hidden])]
  for (const name of MANIFESTS) {
    const manifest = context.read(name)
    const path = typeof manifest === 'string' ? paths.find(entry => manifest.includes(baseName(entry))) : undefined
    if (path !== undefined) return `${name} names ${baseName(path)}`
  }
  return needOf(build, text, paths)
}

/** The pattern that was meant; in every folder where it would mean only the top then, which is the next mistake. */
function meaning(build: Build, title: string, meant: string, edit: (pattern: string) => TextEdit): Mended {
  const after = (pattern: string): Build => ({ ...build, context: build.context.ignoring(applyEdits(build.context.ignoreFile!.text, [edit(pattern)])) })
  const pattern = [meant, `**/${meant}`].find(one => ignoreMistakes(after(one)).length < ignoreMistakes(build).length)
  return pattern === undefined ? { noFix: `"${meant}" would not do what it looks like either` } : hiding(build, title, [edit(pattern)], [meant], meant)
}

function withCommentAbove(text: string, span: Span, meant: string, pattern: string): TextEdit {
  const start = lineStart(text, span.start)
  const comment = text.slice(span.start + meant.length, span.end).trim()
  return { span: { start, end: span.end }, text: `${comment}${lineEndAt(text, span.start)}${text.slice(start, span.start)}${pattern}` }
}

function without(build: Build, raw: string, span: Span): Mended {
  const { text } = build.context.ignoreFile!
  const start = lineStart(text, span.start)
  if (raw === '.' || raw === './' || raw === '/.') return { noFix: 'it may be meant to ignore everything, which is "*"' }
  if (start > 0 && isComment(text, lineStart(text, start - 1))) return { noFix: 'the comment above it may speak of it' }
  return changed(build, `Remove "${raw}", which matches nothing`, [{ span: { start, end: lineAfter(text, span.end) }, text: '' }], `"${raw}" is not there as a reminder`)
}

function inCase(build: Build, path: string, raw: string, span: Span): Mended {
  const at = raw.toLowerCase().indexOf(path.toLowerCase())
  if (at === -1) return { noFix: `it is written in another way than ${path}` }
  return hiding(build, `Write ${path} as the file is called`, [{ span: { start: span.start + at, end: span.start + at + path.length }, text: path }], [path], path)
}

/** Below the line that ignores the path again, and below those `!` lines that stand there already; a comment that is about it alone comes along. */
function moved(build: Build, { line, by }: Extract<IgnoreMistake, { readonly kind: 'order' }>): Mended {
  const { text } = build.context.ignoreFile!
  const block = withComments(text, line.span)
  if (block === null) return { noFix: 'the comment above it may speak of the lines below as well' }
  let to = lineAfter(text, by.span.end)
  while (to < text.length && /^[ \t]*!/.test(text.slice(to, lineAfter(text, to)))) to = lineAfter(text, to)
  const written = text.slice(block.start, block.end).replace(/\r?\n$/, '')
  const lineEnd = lineEndAt(text, block.start)
  const isOpen = to === text.length && !text.endsWith('\n')
  const edits = [{ span: block, text: '' }, { span: { start: to, end: to }, text: isOpen ? lineEnd + written : written + lineEnd }]
  const after = build.context.ignoring(applyEdits(text, edits))
  if (after.ignores(line.pattern)) return { noFix: `${line.pattern} would still be ignored` }
  return changed(build, `Move "${ignoreText(text, line.span)}" below "${ignoreText(text, by.span)}"`, edits, `${line.pattern} is wanted in the build`, sentAnew(build, after))
}

/** Files that are let in from then on: a change of them re-runs what takes them, as somebody wanted. */
function sentAnew({ context }: Build, after: Context): readonly string[] {
  const files = after.files()
  return files === 'unknown' ? [] : files.flatMap(({ path }) => (context.ignores(path) ? [path] : []))
}

/** The whole line with the comments right above; null where these stand above further lines. */
function withComments(text: string, span: Span): Span | null {
  const end = lineAfter(text, span.end)
  let start = lineStart(text, span.start)
  if (start === 0 || !isComment(text, lineStart(text, start - 1))) return { start, end }
  if (end < text.length && !/^(?:\s*\n|#)/.test(text.slice(end))) return null
  while (start > 0 && isComment(text, lineStart(text, start - 1))) start = lineStart(text, start - 1)
  return { start, end }
}

/** All lines that mean the same kind of folder. */
function everywhere(build: Build, mistake: Extract<IgnoreMistake, { readonly kind: 'top only' }>): Mended {
  const { text } = build.context.ignoreFile!
  const lines = bytecodeLines(build, mistake.line)
  const edits = lines.map(({ span: { start } }) => ({ span: { start, end: start }, text: '**/' }))
  const after = build.context.ignoring(applyEdits(text, edits))
  const files = build.context.files()
  const kept = files === 'unknown' ? undefined : files.find(({ path }) => after.ignores(path) && !isGitIgnored(build, path))
  if (kept) return { noFix: `"**/${ignoreText(text, mistake.line.span)}" would also keep ${kept.path} out` }
  return hiding(build, `Ignore ${listed(lines.map(({ span }) => ignoreText(text, span)))} in every folder`, edits, [], `${mistake.reaches} of the host`)
}
