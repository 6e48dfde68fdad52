// Scripts that an image starts, read from the build context: by where a COPY puts them, else by their names.
import type { Build, CopyStep } from '../model/build.ts'
import type { StartedCommand } from './image-command.ts'
import { baseName } from './image-paths.ts'

const shells = /^(?:ba|da|z|k)?sh$/
const looksLikeScript = (name: string): boolean => /\.(?:ba)?sh$|entrypoint/.test(name)

/** The texts behind a started command, none for a program; 'unknown' when one cannot be found, or a shell waits for input. */
export function scriptTexts(build: Build, { program, arguments: values }: StartedCommand): readonly string[] | 'unknown' {
  const isShell = shells.test(baseName(program))
  const script = isShell ? values.find(value => !value.startsWith('-')) : values.find(value => looksLikeScript(baseName(value)))
  if (isShell && script === undefined) return 'unknown'
  const named = isShell ? [script!] : [program, ...(script === undefined ? [] : [script])]
  const texts = named.map(path => textsAt(build, path, isShell))
  return texts.includes('unknown') ? 'unknown' : texts.flatMap(found => (found === 'unknown' ? [] : found))
}

/** Whether the copy names the file: as its source, or as its destination unless that is where a whole folder goes. */
export const bringsFile = ({ target, sources, heredocs }: CopyStep, name: string): boolean =>
  sources.some(source => baseName(source) === name) || (baseName(target ?? '') === name && (heredocs.length > 0 || !/(?:^|\/)\.?\/?$/.test(sources[0] ?? '')))

/** None for a program that this file does not bring. */
function textsAt(build: Build, path: string, isScript: boolean): readonly string[] | 'unknown' {
  const name = baseName(path)
  const steps = build.stages.flatMap(stage => stage.steps).filter((step): step is CopyStep => step.kind === 'copy' || step.kind === 'add')
  const placed = steps.filter(step => bringsFile(step, name))
  const here = placed.flatMap(({ heredocs }) => heredocs.map(({ body }) => body))
  const names = new Set([name, ...placed.filter(({ from, sources }) => from.kind === 'context' && sources.length === 1).flatMap(({ sources }) => sources.map(baseName))])
  const files = build.context.files()
  const found = files === 'unknown' ? [] : files.filter(file => names.has(baseName(file.path))).map(file => build.context.read(file.path))
  const texts = [...here, ...found.filter(text => typeof text === 'string')]
  if (texts.length > 0) return texts
  // The images of Docker's library bring one of this name.
  const isOwn = placed.length > 0 || isScript || looksLikeScript(name) || /^\.{1,2}\//.test(path)
  return isOwn && !(name === 'docker-entrypoint.sh' && placed.length === 0) ? 'unknown' : []
}
