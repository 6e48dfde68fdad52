// The manifests of workspace members and referenced projects, above an install that has been given the first one alone.
import { contextFilesOf } from '../cache/context-reads.ts'
import { flattenedCopies } from '../facts/flattened-copies.ts'
import { quoted } from '../facts/instruction-text.ts'
import { javascriptFiles } from '../facts/javascript-files.ts'
import { demandsMore } from '../facts/manifest-demands.ts'
import type { MissingMembers } from '../facts/missing-members.ts'
import type { Build, CopyStep, Instruction } from '../model/build.ts'
import { insertedBelow } from './instructions.ts'
import { copiesAround } from './manifest-copies.ts'
import type { TextEdit } from '../text.ts'

/** The edits with the files they bring, or a clause that says why there are none. */
export type MemberCopies = { readonly edits: readonly TextEdit[]; readonly files: readonly string[] } | { readonly reason: string }

export function withMembers(build: Build, missing: MissingMembers): MemberCopies {
  const { install, manifest: { by, path }, members, others } = missing
  if (by.kind === 'run' || by.onbuild) return { reason: 'the manifest is not copied by an instruction of this file' }
  if (by.stage !== install.step.stage) return { reason: `the manifest is copied in stage "${by.stage.label}"` }
  const flat = flattenedCopies(build).find(({ copy, paths }) => copy.stage === install.step.stage && paths.some(each => members.includes(each)))
  if (flat) return { reason: `"${quoted(flat.copy, 40)}" is meant to bring them, each into its folder` }
  const reason = reasonOf(build, missing)
  if (reason !== null) return { reason }
  const files = [...others, ...members]
  const copies = copiesAround(build, by, path, files)
  return 'reason' in copies ? copies : { edits: [insertedBelow(build, lastCopy(by, install.step), copies.lines)], files }
}

/** What the install would do with the members that it has not done so far. */
function reasonOf(build: Build, { install, manifest: { path, by }, members }: MissingMembers): string | null {
  if (demandsMore(build, install, members)) return 'a manifest among them names scripts or packages that need the sources'
  if (install.row.ecosystem !== 'javascript') return null
  const copied = by.kind === 'run' ? 'unknown' : contextFilesOf(build, by)
  const found = javascriptFiles({
    build, copy: by as CopyStep, install, folder: path.slice(0, Math.max(0, path.lastIndexOf('/'))), needs: [path, ...members, ...copied === 'unknown' ? [] : copied],
    read: each => {
      const text = build.context.read(each)
      return text === 'unknown' ? '' : text ?? ''
    },
  })
  return 'reason' in found ? found.reason : null
}

/** Copies that stand together stay together. */
function lastCopy(copy: CopyStep, before: Instruction): Instruction {
  const { instructions } = copy.stage
  let at = instructions.indexOf(copy)
  while (instructions[at + 1] !== before && instructions[at + 1]?.kind === 'copy') at++
  return instructions[at]!
}
