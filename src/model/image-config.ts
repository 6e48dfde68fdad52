// What a base image's configuration brings into a stage: variables, user, working directory, shell, triggers.
import { workingDirectories } from '../data/working-directories.ts'
import { parse, type InstructionNode } from '../syntax/parse.ts'
import { expand } from '../syntax/words.ts'
import { anyPlatform, parseImageReference } from './image-reference.ts'
import type { Variable } from './build.ts'

export interface ImageState {
  readonly variables: Map<string, Variable>
  readonly user: string | null
  readonly workdir: string | null
  readonly shell: readonly string[]
  readonly onbuild: readonly InstructionNode[]
}

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
export const DEFAULT_SHELL = ['/bin/sh', '-c']
const WINDOWS_SHELL = ['cmd', '/S', '/C']

/** Images whose name says that they run Windows. */
export const isWindowsImage = (ref: string): boolean => /windows|nanoserver|servercore|(^|[/:-])ltsc20\d\d/i.test(ref)

/** An image nobody described. `known`: its configuration counts as empty, but for the default PATH the builder adds. */
export function imageDefaults(known: boolean, ref: string): ImageState {
  const windows = isWindowsImage(ref)
  const variables = new Map<string, Variable>()
  if (!windows) addPath(variables, known ? DEFAULT_PATH : null)
  return { variables, user: null, workdir: known ? '/' : windows ? null : workingDirectory(ref), shell: windows ? WINDOWS_SHELL : DEFAULT_SHELL, onbuild: [] }
}

/** null where no table knows the image. */
function workingDirectory(ref: string): string | null {
  const reference = parseImageReference(ref)
  const name = anyPlatform(reference?.name ?? '')
  return workingDirectories.find(({ images, when }) => images.includes(name) && (!when || when.test(reference?.tag ?? '')))?.path ?? null
}

const addPath = (variables: Map<string, Variable>, value: string | null): void => {
  if (!variables.has('PATH')) variables.set('PATH', { name: 'PATH', value, kind: 'base', span: null })
}

/** Reads a configuration written as Dockerfile lines: ENV, USER, WORKDIR, SHELL, ONBUILD; others have no effect on a build. */
export function readImageConfig(lines: readonly string[]): ImageState {
  const variables = new Map<string, Variable>()
  const onbuild: InstructionNode[] = []
  let user: string | null = null
  let workdir = '/'
  let shell: readonly string[] = DEFAULT_SHELL
  for (const node of parse(['FROM scratch', ...lines].join('\n')).instructions) {
    const value = expand(node.rest.text, () => undefined).value ?? ''
    if (node.keyword === 'ENV') for (const [name, text] of assignmentsOf(node)) variables.set(name, { name, value: expand(text, () => undefined).value, kind: 'base', span: null })
    else if (node.keyword === 'USER') user = value
    else if (node.keyword === 'WORKDIR') workdir = value
    else if (node.keyword === 'SHELL' && node.json) shell = node.json.map(entry => entry.value)
    else if (node.trigger) onbuild.push(node.trigger)
  }
  addPath(variables, DEFAULT_PATH)
  return { variables, user, workdir, shell, onbuild }
}

/** Names and undecoded values of ENV or LABEL, in the `name=value` form and in the old `name value` one. */
export function assignmentsOf(node: InstructionNode): readonly (readonly [string, string])[] {
  if (node.words[0]?.text.includes('=')) {
    return node.words.map(({ text }) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)])
  }
  const old = /^([^\t\v\f\r ]+)[\t\v\f\r ]+([^]*)$/.exec(node.rest.text)
  return old ? [[old[1]!, old[2]!]] : []
}
