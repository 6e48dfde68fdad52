// Folders of the image that are there before a step, whatever the base image is, and sources that are no folders.
import { contextFilesOf } from '../cache/context-reads.ts'
import type { Build, CopyStep, Step } from '../model/build.ts'
import { absolutePath, destinationOf, isWithin, pathsOf } from './image-paths.ts'
import { certainCommands } from './writes.ts'
import { argumentWords, parseWords } from './operands.ts'
import { shippedSteps } from './shipped-steps.ts'

/** Of every Linux system image that is more than a single program. */
const USUAL = /^\/(?:(?:bin|sbin|lib|etc|opt|home|root|tmp|var|srv|run|usr(?:\/(?:bin|sbin|lib|share|src|local(?:\/(?:bin|sbin|lib|share|etc))?))?|var\/(?:lib|log|cache|tmp|spool|run)|etc\/(?:init\.d|cron\.d|profile\.d|ssl))?)$/

/** Whether the folder that a copy puts its files into exists by then, so that the copy does not make it. */
export function folderIsThere(build: Build, copy: CopyStep): boolean {
  const target = destinationOf(copy)
  if (target === null) return false
  const isFolder = /(?:^|\/)\.{0,2}$/.test(copy.target ?? '') || copy.sources.length + copy.remotes.length > 1
  return isSureFolder(build, copy, isFolder ? target : parentOf(target))
}

export const parentOf = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf('/')))

/** Whether the folder is there before this step. */
export function isSureFolder(build: Build, step: Step, folder: string): boolean {
  if (USUAL.test(folder)) return true
  const steps = shippedSteps(build)
  return steps.slice(0, steps.indexOf(step)).some(before => {
    if (before.kind === 'workdir') return before.path !== null && isWithin(before.path, folder)
    if (before.kind === 'run') return certainCommands(before).some(command => command.program === 'mkdir' && parseWords(argumentWords(command), { short: 'mZ', long: ['--mode'] }).operands.some(word => pathsOf(command, word).some(path => path === folder)))
    const other = destinationOf(before)
    return other !== null && isWithin(other, folder) && (before.target!.endsWith('/') || other !== folder)
  })
}

/** Whether a source of a copy is a file: by the context where that is known, by its name elsewhere. */
export function isFileSource(build: Build, copy: CopyStep, source: string): boolean {
  const files = copy.from.kind === 'context' ? contextFilesOf(build, copy) : 'unknown'
  return files === 'unknown' ? /[^/]\.\w+$/.test(source) : files.has(absolutePath('/', source)!.slice(1))
}
