// A COPY that keeps the folders of its sources.
import type { Build, CopyStep } from '../model/build.ts'
import { insideRoot } from '../model/paths.ts'
import { frontend, strayDirective } from '../facts/frontend.ts'
import type { TextEdit } from '../text.ts'
import { lineEndAt, withFlags } from './instructions.ts'

/** The edits, or a clause that says why there are none. */
export type Parents = { readonly edits: readonly TextEdit[] } | { readonly reason: string }

/** `COPY --parents`, with a destination that puts the folders where they were meant to be, and a frontend that knows it. */
export function withParents(build: Build, copy: CopyStep): Parents {
  const { text: file } = build
  const written = copy.sourceSpans.map(({ start, end }) => file.slice(start, end))
  const target = /\s(\S+)$/.exec(file.slice(copy.span.start, copy.span.end))?.[1]
  if (copy.onbuild || copy.hasUnknownSource || target !== copy.target || written.some((word, at) => word !== copy.sources[at])) return { reason: 'the copy is not written out' }
  const plan = destinationOf(copy.sources.map(insideRoot), target)
  const directive = directiveFor(build, plan.pivot !== '')
  if (directive === null) return { reason: 'the frontend that "# syntax=" asks for may not know "--parents"' }
  const start = copy.span.end - target.length
  const pivots = plan.pivot === '' ? [] : copy.sourceSpans.map(({ start: at, end }, index) => ({ span: { start: at, end }, text: pivoted(copy.sources[index]!, plan.pivot) }))
  return { edits: [...directive, withFlags(build, copy, ['--parents']), ...pivots, ...plan.target === target ? [] : [{ span: { start, end: copy.span.end }, text: plan.target }]] }
}

/** What the destination repeats of the folders must not come twice; what stands before that in the context stays out, behind `/./`. */
function destinationOf(sources: readonly string[], target: string): { readonly target: string; readonly pivot: string } {
  const folders = sources.map(source => source.split('/').slice(0, -1))
  const wild = folders.map(parts => parts.findIndex(part => /[*?[]/.test(part)))
  const fixed = folders.map((parts, at) => (wild[at] === -1 ? parts : parts.slice(0, wild[at])))
  const shared = fixed.reduce((common, parts) => common.slice(0, parts.findIndex((part, at) => part !== common[at]) === -1 ? Math.min(parts.length, common.length) : parts.findIndex((part, at) => part !== common[at])))
  const isWild = /\*/.test(target)
  const places = target.replace(/\/+$/, '').split('/').filter((part, at) => !(isWild && /\*/.test(part)) && !(part === '.' && at > 0))
  let repeated = Math.min(shared.length, places.length)
  while (repeated > 0 && shared.slice(-repeated).join('/') !== places.slice(-repeated).join('/')) repeated--
  const rest = places.slice(0, places.length - repeated).join('/')
  const place = rest === '' ? (target.startsWith('/') ? '/' : './') : `${rest}/`
  return { target: repeated === 0 && !isWild && /(?:\/|^\.)$/.test(target) ? (target === '.' ? './' : target) : place, pivot: repeated === 0 ? '' : shared.slice(0, -repeated).join('/') }
}

const pivoted = (source: string, pivot: string): string => {
  const clean = insideRoot(source)
  return `${source.slice(0, source.length - clean.length)}${pivot}/./${clean.slice(pivot.length + 1)}`
}

/** A directive that asks for a frontend with `--parents`, where none does yet. */
function directiveFor(build: Build, isPivoted: boolean): readonly TextEdit[] | null {
  const { text } = build
  const found = frontend(build)
  if (found === 'other' || strayDirective(build)) return null
  if (found === null) {
    const at = text.startsWith('\uFEFF') ? 1 : 0
    return /^\uFEFF?#!/.test(text) ? null : [{ span: { start: at, end: at }, text: `# syntax=docker/dockerfile:1.20${lineEndAt(text, 0)}` }]
  }
  if (found.minor === null) return null
  if (found.minor >= 20 || !isPivoted && found.channel !== 'stable' && found.minor >= 7) return []
  const line = text.slice(found.span.start, found.span.end)
  const changed = line.replace(/:1\.\d+(?:\.\d+)?(?=\s*$)/, ':1.20')
  return changed === line ? null : [{ span: found.span, text: changed }]
}
