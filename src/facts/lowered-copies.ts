// Whether copies can stand below steps that need nothing of them: what a copy itself depends on, and who else puts files there.
import type { Build, CopyStep, Instruction, RunStep } from '../model/build.ts'
import { copiedFiles } from './copied-files.ts'
import { destinationOf, isWithin } from './image-paths.ts'
import { installsOf } from './installs.ts'
import { quoted } from './instruction-text.ts'
import { lineOf } from './lines.ts'
import { isManifestName } from './manifest-names.ts'

/** Folders that installs fill themselves. */
const FILLED = /(?:^|\/)(?:node_modules|vendor|\.venv|venv|bower_components|target|\.bundle|\.cache)(?:\/|$)/

/** Why copies of the stage cannot stand below a step of it; null where they can. That no step between reads them is taken as settled. */
export function obstacleBelow(build: Build, copies: readonly CopyStep[], last: RunStep): string | null {
  const { instructions } = last.stage
  for (const copy of copies) {
    const between = instructions.slice(instructions.indexOf(copy) + 1, instructions.indexOf(last) + 1)
    const name = `"${quoted(copy, 40)}"`
    if (copy.onbuild || between.some(({ onbuild }) => onbuild)) return `${name} comes from an ONBUILD of the base image, or passes one`
    const place = destinationOf(copy)
    if (place === null) return `the destination of ${name} is not known`
    if (!copy.target!.startsWith('/') && copy.workdir !== last.workdir) return `${name} would copy into another folder`
    const folder = between.find(other => other.kind === 'workdir' && (other.path === null || isWithin(other.path, place)))
    if (folder && last.user !== null) return `${name} makes the folder that line ${lineOf(build, folder.span)} names`
    const changed = copy.inputs.find(input => input.kind === 'variable' && between.some(other => other.kind === 'setting' && other.assigns.some(variable => variable.name === input.name)))
    if (changed?.kind === 'variable') return `${name} uses ${changed.name}, which is set again in between`
    const filler = between.find(other => other.kind === 'run' && installsOf(other).some(({ directory }) => directory !== null && isWithin(place, directory) && FILLED.test(place.slice(directory.length))))
    if (filler) return `"${quoted(filler, 40)}" writes to ${place} as well`
    const other = between.find(each => isCopy(each) && !copies.includes(each) && overlaps(build, copy, each))
    if (other) return `"${quoted(other, 40)}" (line ${lineOf(build, other.span)}) may bring the same files as ${name}`
  }
  return null
}

const isCopy = (instruction: Instruction): instruction is CopyStep => instruction.kind === 'copy' || instruction.kind === 'add'

/** Whether two copies may bring a file to the same place. */
function overlaps(build: Build, one: CopyStep, other: CopyStep): boolean {
  const [place, otherPlace] = [destinationOf(one), destinationOf(other)]
  if (place === null || otherPlace === null) return true
  const [files, others] = [copiedFiles(build, one), copiedFiles(build, other)]
  if (files !== 'unknown' && others !== 'unknown') {
    const paths = new Set(files.map(({ path }) => path))
    return others.some(({ path }) => paths.has(path))
  }
  // Manifests lie right in the folder they are copied to.
  if (other.sources.every(isManifestName) && place !== otherPlace && !isWithin(otherPlace, place)) return false
  return isWithin(place, otherPlace) || isWithin(otherPlace, place)
}
