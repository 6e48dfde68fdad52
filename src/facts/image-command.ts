// What a container of the image starts: ENTRYPOINT, CMD and HEALTHCHECK as they hold at the end of the target, in words.
// The shell form is cut at blanks and operators, which is enough to find the programs in it.
import type { Build, Instruction, Setting } from '../model/build.ts'
import { fact } from './fact.ts'
import { baseName } from './image-paths.ts'
import { shippedStages } from './stages.ts'

export interface ImageCommand {
  readonly setting: Setting
  readonly form: 'exec' | 'shell'
  /** Without quotes; operators of the shell are words of their own. */
  readonly words: readonly string[]
}
export interface ImageCommands {
  /** null where the file sets none: that of the base image holds. */
  readonly entrypoint: ImageCommand | null
  readonly command: ImageCommand | null
  readonly healthcheck: ImageCommand | null
}

/** A later one wins; an ENTRYPOINT drops the CMD of the stages below. */
export const imageCommands = fact((build: Build): ImageCommands => {
  let found: ImageCommands = { entrypoint: null, command: null, healthcheck: null }
  for (const stage of [...shippedStages(build)].reverse()) {
    let hasOwn = false
    for (const instruction of stage.instructions) {
      if (!isSetting(instruction) || instruction.onbuild) continue
      const { keyword } = instruction
      if (keyword === 'CMD') found = { ...found, command: readCommand(instruction) }
      if (keyword === 'ENTRYPOINT') found = { ...found, entrypoint: readCommand(instruction), command: hasOwn ? found.command : null }
      if (keyword === 'HEALTHCHECK') found = { ...found, healthcheck: readCommand(instruction) }
      hasOwn ||= keyword === 'CMD'
    }
  }
  return found
})

const isSetting = (instruction: Instruction): instruction is Setting => instruction.kind === 'setting'

function readCommand(setting: Setting): ImageCommand | null {
  const text = setting.text.replace(/^\S+\s*/, '').replace(/^(?:--\S+\s+)*(?:CMD\s+)?/i, match => (setting.keyword === 'HEALTHCHECK' ? '' : match))
  const list = jsonWords(text)
  if (list?.length === 0 || (setting.keyword === 'HEALTHCHECK' && /^NONE\s*$/i.test(text))) return null
  return list ? { setting, form: 'exec', words: list } : { setting, form: 'shell', words: shellWords(text) }
}

/** The list in a JSON form; null for the shell form, which anything else is. */
function jsonWords(text: string): readonly string[] | null {
  if (!/^\[\s*(?:"(?:[^"\\]|\\.)*"\s*(?:,\s*(?=")|(?=\])))*\]\s*$/.test(text)) return null
  return (text.match(/"(?:[^"\\]|\\.)*"/g) ?? []).map(word => word.slice(1, -1).replace(/\\(.)/g, '$1'))
}

/** Redirections are left out. */
const shellWords = (text: string): readonly string[] => text.replace(/(^|[\s;|&])\d?(?:[<>]{1,2}&?|&>)\s*[^\s;|&<>()]+/g, '$1').match(/\$\([^()]*\)|&&|\|\||[;|&<>()]+|(?:"[^"]*"|'[^']*'|[^\s;|&<>()"'])+/g)?.map(word => word.replace(/["']/g, '')) ?? []

/** Programs that only start another one, with the number of their own arguments. */
const wrappers: Readonly<Record<string, number>> = { exec: 0, tini: 0, 'dumb-init': 0, env: 0, nohup: 0, time: 0, 'su-exec': 1, gosu: 1, setpriv: 0, catchsegv: 0 }
const shells = /^(?:ba|da|z|k)?sh$/

export interface StartedCommand { readonly program: string; readonly arguments: readonly string[] }

/** The commands in it, one after the other, wrappers and `sh -c` taken off. */
export const startedCommands = ({ words }: Pick<ImageCommand, 'words'>): readonly StartedCommand[] => {
  const found: StartedCommand[] = []
  let rest: string[] = []
  for (const word of [...words, ';']) {
    if (!/^(?:&&|\|\||[;|&<>()]+)$/.test(word)) rest.push(word)
    else {
      found.push(...commandsIn(rest))
      rest = []
    }
  }
  return found
}

function commandsIn(words: readonly string[]): readonly StartedCommand[] {
  let at = 0
  for (let word = words[at]; word !== undefined; word = words[at]) {
    const name = baseName(word)
    if (!/^[A-Za-z_]\w*=/.test(word) && !Object.hasOwn(wrappers, name)) break
    at++
    while (words[at]?.startsWith('-')) at++
    at += wrappers[name] ?? 0
  }
  const [program, ...own] = words.slice(at)
  if (program === undefined) return []
  const script = shells.test(baseName(program)) ? own.findIndex(word => /^-[a-z]*c$/.test(word)) : -1
  return script === -1 ? [{ program, arguments: own }] : startedCommands({ words: shellWords(own[script + 1] ?? '') })
}

/** It serves from sources and watches them: an image for the developer's own machine, whatever its name. */
export const startsDevelopment = (build: Build): boolean => {
  const { entrypoint, command } = imageCommands(build)
  const words = [entrypoint, command].flatMap(set => set?.words ?? []).join(' ')
  return /(?:^|[\s/])(?:nodemon|ts-node-dev|air|reflex|CompileDaemon|watchexec|cargo-watch|dlv|ng serve|dotnet watch)(?=\s|$)|\b(?:run|yarn|pnpm) (?:start:)?(?:dev|develop|watch)\b|--reload\b/.test(words)
}
