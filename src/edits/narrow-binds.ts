// Binds single files of the context where a folder of it was bound.
import type { BroadBind } from '../facts/broad-binds.ts'
import { installsOf } from '../facts/installs.ts'
import type { Build } from '../model/build.ts'
import { insideRoot } from '../model/paths.ts'
import type { TextEdit } from '../text.ts'
import { indentOf, lineEndAt } from './instructions.ts'
import { OPAQUE_MOUNT } from './mounts.ts'

/** The edits, or a clause that says why there are none. */
export type Narrowed = { readonly edits: readonly TextEdit[] } | { readonly reason: string }

/** Longer lists belong into a COPY. */
const MOST_FILES = 8

export function narrowed(build: Build, { step, mount, needs, files }: BroadBind): Narrowed {
  const fields = /^--mount=(\S+)$/i.exec(build.text.slice(mount.span.start, mount.span.end))?.[1]?.split(',')
  if (files === null) return { reason: 'the build context is not known' }
  if (!mount.readonly) return { reason: 'the RUN may write into the folder that is bound' }
  if (installsOf(step).some(({ row, from }) => row.ecosystem === 'javascript' && from.includes('manifests'))) return { reason: 'the install writes beside the files that are bound' }
  if (!fields || fields.some(field => /["'\\$`]/.test(field))) return { reason: OPAQUE_MOUNT }
  if (needs.length > MOST_FILES || needs.some(path => !/^[\w.@+/-]+$/.test(path))) return { reason: `${needs.length} files would have to be bound one by one` }
  const folder = insideRoot(mount.source ?? '')
  const target = mount.target!.replace(/\/+$/, '')
  const flags = needs.map(path => `--mount=${withPaths(fields, path, placed(target, folder === '' ? path : path.slice(folder.length + 1)))}`)
  return { edits: [edit(build, step, mount.span, flags)] }
}

/** Below `.` a path stands for itself. */
const placed = (target: string, path: string): string => (/^\.?$/.test(target) ? target === '' ? `/${path}` : path : `${target}/${path}`)

/** Source and target stand where the target stood. */
function withPaths(fields: readonly string[], source: string, target: string): string {
  const nameOf = (field: string): string => field.split('=')[0]!.trim().toLowerCase()
  return fields.flatMap(field => (/^(?:source|src)$/.test(nameOf(field)) ? [] : /^(?:target|dst|destination)$/.test(nameOf(field)) ? [`source=${source}`, `${field.split('=')[0]!}=${target}`] : [field])).join(',')
}

/** One file stays on its line; several get one each, and what follows the next. */
function edit({ text, escape, ...build }: Build, step: BroadBind['step'], { start, end }: { readonly start: number; readonly end: number }, flags: readonly string[]): TextEdit {
  if (flags.length === 1) return { span: { start, end }, text: flags[0]! }
  const line = text.lastIndexOf('\n', start - 1) + 1
  const own = /^[ \t]*$/.test(text.slice(line, start)) ? text.slice(line, start) : `${indentOf({ ...build, text, escape }, step)}    `
  const gap = ` ${escape}${lineEndAt(text, start)}${own}`
  const blanks = /^[ \t]+(?![ \t\\`\r\n])/.exec(text.slice(end))?.[0].length ?? 0
  return { span: { start, end: end + blanks }, text: flags.join(gap) + (blanks > 0 ? gap : '') }
}
