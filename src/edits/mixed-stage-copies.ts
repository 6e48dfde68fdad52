// The fix that makes two copies of one: first the tree of dependencies, then the rest.
import { frontendFeatures } from '../data/frontend-features.ts'
import { frontend, knows } from '../facts/frontend.ts'
import { quoted } from '../facts/instruction-text.ts'
import type { MixedStageCopy } from '../facts/mixed-stage-copies.ts'
import type { Build } from '../model/build.ts'
import type { Report } from '../rule.ts'
import { keywordLike, withFlags } from './instructions.ts'
import { attachedAbove } from './moves.ts'

/** A suggested fix where the file asks for a frontend that can leave a folder out; else why there is none. */
export function inTwoCopies(build: Build, { copy, tree }: MixedStageCopy): Pick<Report, 'fix' | 'noFix'> {
  const asked = frontend(build)
  // Without a directive the engine's own frontend reads the file, whatever its age.
  if (asked === null || asked === 'other' || !knows(asked, frontendFeatures['COPY --exclude']!)) return { noFix: '"COPY --exclude" needs "# syntax=docker/dockerfile:1" or 1.19 at the top of the file' }
  const [source] = copy.sources
  const [span] = copy.sourceSpans
  const written = span ? build.text.slice(span.start, span.end) : ''
  const folder = `/${source!.replace(/^\/+|\/*\.?$/g, '')}`
  const words = copy.text.trim().split(/\s+/)
  if (written !== source || /^\s*\[/.test(copy.text.replace(/^\S+\s+(?:--\S+\s+)*/, '')) || words.at(-1)!.includes('$') || !tree.startsWith(`${folder}/`)) return { noFix: `"${quoted(copy, 40)}" is written in a way that no edit fits` }
  const name = tree.slice(folder.length + 1)
  const target = words.at(-1)!.replace(/\/$/, '')
  const flags = copy.flags.map(flag => ` ${build.text.slice(flag.span.start, flag.span.end)}`).join('')
  const first = `${keywordLike(build, copy, 'COPY')}${flags} ${written.replace(/\/?\.?$/, '')}/${name} ${target}/${name}`
  return {
    fix: {
      title: `Copy "${tree}" in a step of its own`, safety: 'suggested', assumes: `the folder ${tree} itself may be root's, with mode 755`,
      edits: [...attachedAbove(build, [], copy, [{ at: copy.span.start, text: first }]), withFlags(build, copy, [`--exclude=${name}`])],
    },
  }
}
