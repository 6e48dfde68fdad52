// Scripts that an image starts, read from the build context by their names: where a COPY puts them does not matter here.
import type { Build } from '../model/build.ts'
import type { StartedCommand } from './image-command.ts'
import { baseName } from './image-paths.ts'

const shells = /^(?:ba|da|z|k)?sh$/
const isScript = (name: string): boolean => /\.(?:ba)?sh$|entrypoint|^(?:start|run|boot|init|launch)(?:[-_]\w+)*$/.test(name)

/** The texts behind a started command, none for a program; 'unknown' when one cannot be found, or a shell waits for input. */
export function scriptTexts(build: Build, { program, arguments: values }: StartedCommand): readonly string[] | 'unknown' {
  const isShell = shells.test(baseName(program))
  const named = isShell ? values.find(value => !value.startsWith('-')) : [program, ...values].find(word => isScript(baseName(word)))
  if (named === undefined) return isShell ? 'unknown' : []
  // The images of Docker's library bring one of this name.
  if (baseName(named) === 'docker-entrypoint.sh' && copiesOf(build, named).length === 0) return []
  const texts = copiesOf(build, named)
  return texts.length > 0 ? texts : 'unknown'
}

function copiesOf(build: Build, path: string): readonly string[] {
  const files = build.context.files()
  const here = build.stages.flatMap(({ steps }) => steps).flatMap(step => (step.kind === 'copy' && step.heredocs.length > 0 && baseName(step.target ?? '') === baseName(path) ? step.heredocs.map(({ body }) => body) : []))
  const found = files === 'unknown' ? [] : files.filter(file => baseName(file.path) === baseName(path)).map(file => build.context.read(file.path))
  return [...here, ...found.filter(text => typeof text === 'string')]
}
