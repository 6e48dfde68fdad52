// One file more in a COPY that names files.
import { baseName } from '../facts/image-paths.ts'
import type { Build, CopyStep } from '../model/build.ts'
import { insideRoot } from '../model/paths.ts'
import type { TextEdit } from '../text.ts'

/** The edits, or a clause that says why there are none. */
export type AddedSource = { readonly edits: readonly TextEdit[] } | { readonly reason: string }

/** Brings `path`, of the folder that `beside` lies in, to where that comes to lie. */
export function withSource(build: Build, copy: CopyStep, beside: string, path: string): AddedSource {
  const { text: file } = build
  const at = copy.sources.findIndex(source => bringsAlone(source, beside))
  const span = copy.sourceSpans[at]
  if (copy.onbuild || !span || copy.hasUnknownSource || copy.heredocs.length > 0 || copy.target === null || copy.parents) return { reason: `the copy does not name ${baseName(beside)} alone` }
  const written = file.slice(span.start, span.end)
  const quote = /^["']/.exec(written)?.[0] ?? ''
  const folder = /^(?:.*\/)?/.exec(written.slice(quote.length))![0]
  const target = targetEdit(file, copy, span.end, baseName(beside))
  if (target === null || !/^[\w.@+-]+$/.test(baseName(path))) return { reason: `how "${copy.keyword}" is written leaves no room for another file` }
  return { edits: [{ span: { start: span.end, end: span.end }, text: `${quote === '"' ? ',' : ''} ${quote}${folder}${baseName(path)}${quote}` }, ...target] }
}

/** By its name, or by a wildcard for it. */
const bringsAlone = (source: string, path: string): boolean => {
  const clean = insideRoot(source)
  return clean === path || /[*?]/.test(baseName(clean)) && clean.slice(0, clean.lastIndexOf('/') + 1) === path.slice(0, path.lastIndexOf('/') + 1)
}

/** Several files need a folder, with its slash, as the destination. */
function targetEdit(file: string, { span, target, sources }: CopyStep, from: number, name: string): readonly TextEdit[] | null {
  const written = /[^\s"',[\]]+(?=["']?\s*\]?\s*$)/.exec(file.slice(from, span.end))
  if (!written) return null
  const [word] = written
  const start = from + written.index
  const place = { start, end: start + word.length }
  if (/(?:^|\/)\.?$/.test(word) || word === '..') return []
  if (sources.length > 1) return null
  // A file under its own name, or a folder without its slash.
  if (baseName(word) === name) return [{ span: place, text: word === name ? './' : word.slice(0, -name.length) }]
  return word.startsWith('$') || /\.\w+$/.test(target!) ? null : [{ span: { start: place.end, end: place.end }, text: '/' }]
}
