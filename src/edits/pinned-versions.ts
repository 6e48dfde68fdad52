// The version in place of a moving tag.
import { figuresMade, figureSources } from '../data/base-images.ts'
import { droppedTool } from '../facts/dropped-tools.ts'
import { quotedText } from '../facts/instruction-text.ts'
import type { MovingTag } from '../facts/moving-tags.ts'
import { otherVersion, type NamedVersion } from '../facts/named-versions.ts'
import type { Build, Stage } from '../model/build.ts'
import type { Report } from '../rule.ts'

/** The month the tables are of. */
export const madeIn = (): string => (figureSources()['official-images']?.asOf ?? figuresMade).slice(0, 7)

/** `node:22-alpine` for `node:lts-alpine`. */
export const pinned = (ref: string, version: string): string => `${ref.slice(0, ref.lastIndexOf(':'))}:${version}`

/** What the repository says where it is not this version. */
export const namedElsewhere = (build: Build, ref: string, version: string): NamedVersion | null => otherVersion(build, ref, /^[\d.]*/.exec(version)![0])

/** At the FROM of each of these stages, or why not. */
export function pinnedTo(build: Build, stages: readonly Stage[], { ref, version }: MovingTag): Pick<Report, 'fix' | 'noFix'> {
  if (version === null) return { noFix: `no table says which version \`${ref}\` stands for` }
  const bases = stages.flatMap(({ base }) => (base.kind === 'image' ? [base] : []))
  const named = bases.find(base => base.text !== base.ref)
  if (named) return { noFix: `\`${named.text}\` is put together from an argument` }
  const overridden = overriding(build, stages)
  if (overridden !== null) return { noFix: `"${quotedText(overridden, 60)}" says that another version is installed` }
  const other = namedElsewhere(build, ref, version)
  const tag = other === null ? version : tagLike(version, other.version)
  if (tag === null) return { noFix: `${other!.says}, not ${/^[\d.]*/.exec(version)![0]}` }
  const text = pinned(ref, tag)
  const dropped = droppedTool(build, stages, text)
  if (dropped) return { noFix: `\`${text}\`, which the tag stands for, has no ${dropped.tool}, and "${quotedText(build.text.slice(dropped.by.start, dropped.by.end), 40)}" calls it` }
  return { fix: { title: `Name the version: ${text}`, safety: 'suggested', assumes: other === null ? `\`${text}\`, which \`${ref}\` stood for in ${madeIn()}, is the release that is wanted` : `\`${text}\` is the release that is wanted, as ${other.says}`, edits: bases.map(({ span }) => ({ span, text })) } }
}

/** A comment near the FROM that says so. */
function overriding({ text, comments }: Build, stages: readonly Stage[]): string | null {
  const reach = stages.map(({ span }) => ({ start: span.start - 400, end: span.end + 600 }))
  const found = comments.map(({ span }) => ({ span, line: text.slice(span.start, span.end).replace(/^#\s*/, '') }))
    .find(({ span, line }) => /\bversion\b.*\boverrid|\boverrid\w+\b.*\bversion\b/i.test(line) && reach.some(({ start, end }) => start <= span.start && span.end <= end))
  return found?.line ?? null
}

/** Variants that every release has. */
const EVERYWHERE = /^(?:|-alpine|-slim)$/

/** The tag with this version instead, as precise as it is now; null where nobody knows whether there is one. */
function tagLike(tag: string, version: string | null): string | null {
  const [, number = '', variant = ''] = /^([\d.]*)(.*)$/.exec(tag)!
  const parts = version?.split('.') ?? []
  const count = number.split('.').length
  const isOlder = parts.map((part, at) => Number(part) - Number(number.split('.')[at] ?? 0)).find(difference => difference !== 0)! < 0
  return EVERYWHERE.test(variant) && parts.length >= count && isOlder ? parts.slice(0, count).join('.') + variant : null
}
