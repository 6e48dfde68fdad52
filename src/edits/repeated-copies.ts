// The fix that deletes copies whose files another copy brings as well.
import { commentAbove } from '../facts/comments.ts'
import { destinationOf } from '../facts/image-paths.ts'
import { listed, quoted } from '../facts/instruction-text.ts'
import { lineOf } from '../facts/lines.ts'
import { isManifestName } from '../facts/manifest-names.ts'
import type { RepeatedCopy } from '../facts/repeated-copies.ts'
import { cleanPath, insideRoot } from '../model/paths.ts'
import type { Build, CopyStep, Instruction } from '../model/build.ts'
import type { Report } from '../rule.ts'
import { withoutInstructions } from './removals.ts'

/** Safe where the instructions themselves say that the other copy brings all of it, whatever the context holds. */
export function withoutCopies(build: Build, { copies, by }: RepeatedCopy): Pick<Report, 'fix' | 'noFix'> {
  const folder = copies.flatMap(copy => between(copy, by).filter(each => each.kind === 'workdir' && each.user !== null))[0]
  if (folder) return { noFix: `line ${lineOf(build, folder.span)} may make the folder first then, as another user` }
  const meant = copies.find(copy => MEANT.test(commentAbove(build, copy)))
  if (meant) return { noFix: `the comment above "${quoted(meant, 40)}" gives a reason for it` }
  const title = copies.length === 1 ? `Delete "${quoted(copies[0]!, 40)}"` : `Delete the ${copies.length} needless COPY instructions`
  const edits = withoutInstructions(build, copies)
  // Manifests ahead of the rest: perhaps the install is what is wrong.
  const isAhead = copies.some(({ span, sources }) => span.start < by.span.start && sources.some(isManifestName))
  const unsure = copies.filter(copy => !copy.sources.every(source => isWithinText(copy, by, source)))
  if (!isAhead && unsure.length === 0) return { fix: { title, safety: 'safe', edits } }
  const assumes = isAhead ? `no install is to come between them and "${quoted(by, 40)}"` : `"${quoted(by, 40)}" goes on to bring ${listed(unsure.flatMap(({ sources }) => sources))}`
  return { fix: { title, safety: 'suggested', assumes, edits } }
}

const MEANT = /\b(?:identical|in sync|keep|cach(?:e|es|ed|ing)|layers?|on purpose|intentional(?:ly)?|deliberate(?:ly)?)\b/i

function between(copy: CopyStep, by: CopyStep): readonly Instruction[] {
  if (copy.stage !== by.stage) return [...by.stage.instructions, ...copy.stage.instructions]
  const at = [copy, by].map(each => copy.stage.instructions.indexOf(each)).sort((a, b) => a - b)
  return copy.stage.instructions.slice(at[0]!, at[1])
}

/** Whether the words alone say that a source, file or folder, comes to the same place with the other copy. */
function isWithinText(copy: CopyStep, by: CopyStep, source: string): boolean {
  const [place, other] = [destinationOf(copy), destinationOf(by)]
  const [whole] = by.sources
  if (place === null || other === null || whole === undefined || by.sources.length > 1 || /[*?[]/.test(whole) || by.exclude.length > 0) return false
  const [path, root] = [insideRoot(source), insideRoot(whole)]
  const rest = root === '' ? path : path.startsWith(`${root}/`) ? path.slice(root.length + 1) : null
  if (rest === null || rest === '') return path === root && place === other
  const name = rest.slice(rest.lastIndexOf('/') + 1)
  const isNamedFile = isManifestName(name) || /[^/.*?]\.\w+$/.test(name)
  const folder = cleanPath(`${other}/${rest}`)
  if (!/[*?[]/.test(rest) && place === folder && copy.sources.length === 1) return true
  return isNamedFile && place === cleanPath(`${folder}/..`) && !/[*?[]/.test(rest.slice(0, -name.length))
}
