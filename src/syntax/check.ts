// What the engine refuses before it builds anything. Only what is certain: a wrong alarm here would hide all other findings.
// Follows BuildKit's frontend/dockerfile/instructions/parse.go and bflag.go.
import type { Span } from '../text.ts'
import type { InstructionNode, Problem, Syntax } from './parse.ts'
import { readJsonArray } from './segment.ts'
import { expand } from './words.ts'

const FLAGS: Readonly<Record<string, readonly string[]>> = {
  ADD: ['checksum', 'chmod', 'chown', 'exclude', 'keep-git-dir', 'link', 'unpack'],
  ARG: [], CMD: [], ENTRYPOINT: [], ENV: [], EXPOSE: [], LABEL: [], MAINTAINER: [], ONBUILD: [], SHELL: [], STOPSIGNAL: [], USER: [], VOLUME: [], WORKDIR: [],
  COPY: ['chmod', 'chown', 'exclude', 'from', 'link', 'parents'],
  FROM: ['platform'],
  HEALTHCHECK: ['interval', 'retries', 'start-interval', 'start-period', 'timeout'],
  RUN: ['device', 'mount', 'network', 'security'],
}
const NEEDS_ARGUMENT = new Set(['ARG', 'ENV', 'EXPOSE', 'LABEL', 'MAINTAINER', 'ONBUILD', 'STOPSIGNAL', 'USER', 'VOLUME', 'WORKDIR'])
/** Whose words the engine expands while building; FROM is left out: it sees global ARGs only and is checked with them. */
const EXPANDED = new Set(['ADD', 'ARG', 'COPY', 'ENV', 'EXPOSE', 'LABEL', 'STOPSIGNAL', 'USER', 'VOLUME', 'WORKDIR', 'FROM'])

/** The first thing in the file that the engine would refuse, as a list of none or one: after it the rest means nothing. */
export function problemsOf(syntax: Omit<Syntax, 'problems'>): readonly Problem[] {
  const custom = hasForeignFrontend(syntax)
  let stages = 0
  for (const node of syntax.instructions) {
    const message = problemOf(node, syntax.escape, custom) ?? (stages === 0 && node.keyword !== 'FROM' && node.keyword !== 'ARG' ? `${quote(node.keyword)} stands before the first FROM: there is no stage yet.` : null)
    if (message) return [{ span: firstLine(node, syntax.text), message }]
    if (node.keyword === 'FROM') stages++
  }
  const last = syntax.instructions.at(-1)
  return stages === 0 && last ? [{ span: firstLine(last, syntax.text), message: 'The file has no FROM, so there is no stage to build.' }] : []
}

/** Another frontend may know more instructions and flags. */
function hasForeignFrontend(syntax: Omit<Syntax, 'problems'>): boolean {
  const frontend = syntax.directives.find(directive => directive.name === 'syntax')?.value
  return frontend !== undefined && !/^(docker\.io\/)?docker\/dockerfile(:1(\.\d+)*)?(@|\s|$)/.test(frontend)
}

function firstLine(node: InstructionNode, text: string): Span {
  const end = text.indexOf('\n', node.span.start)
  const line = end === -1 || end > node.span.end ? node.span.end : end
  return { start: node.span.start, end: text[line - 1] === '\r' ? line - 1 : line }
}

const quote = (text: string): string => `"${text.length > 40 ? text.slice(0, 40) + '…' : text}"`

function problemOf(node: InstructionNode, escape: string, custom: boolean): string | null {
  const known = FLAGS[node.keyword]
  if (!known) return custom ? null : `Unknown instruction ${quote(node.keyword)}.`
  const flag = custom ? undefined : node.flags.find(entry => !known.includes(entry.name))
  if (flag) return `${node.keyword} has no flag ${quote('--' + flag.name)}.`
  if (NEEDS_ARGUMENT.has(node.keyword) && node.rest.text === '') return `${node.keyword} needs an argument.`
  return shapeProblem(node) ?? substitutionProblem(node, escape) ?? (node.trigger ? triggerProblem(node.trigger, escape, custom) : null)
}

function triggerProblem(trigger: InstructionNode, escape: string, custom: boolean): string | null {
  if (['ONBUILD', 'FROM', 'MAINTAINER'].includes(trigger.keyword)) return `${trigger.keyword} is not allowed as an ONBUILD trigger.`
  return problemOf(trigger, escape, custom)
}

function shapeProblem(node: InstructionNode): string | null {
  const count = node.json ? node.json.length : node.words.length
  switch (node.keyword) {
    case 'FROM':
      return fromProblem(node)
    case 'ADD':
    case 'COPY':
      return count < 2 ? `${node.keyword} needs a source and a destination.` : notStrings(node)
    case 'ENV':
    case 'LABEL':
      return assignmentProblem(node)
    case 'SHELL':
      return node.json === null || node.json.length === 0 ? 'SHELL needs its arguments in JSON form.' : null
    case 'HEALTHCHECK':
      return /^(NONE|CMD)$/i.test(node.words[0]?.text ?? '') ? null : `HEALTHCHECK takes CMD or NONE, not ${quote(node.words[0]?.text ?? '')}.`
    case 'RUN':
    case 'CMD':
    case 'ENTRYPOINT':
    case 'VOLUME':
      return notStrings(node)
    default:
      return null
  }
}

/** A JSON array that holds anything but strings is refused; text that is no JSON is shell form. */
function notStrings(node: InstructionNode): string | null {
  if (node.json || !node.rest.text.startsWith('[')) return null
  return readJsonArray(node.rest.text) ? `The JSON array of ${node.keyword} may hold strings only.` : null
}

function fromProblem(node: InstructionNode): string | null {
  const [, as, name] = node.words
  if (node.words.length === 1) return null
  if (node.words.length !== 3 || as?.text.toLowerCase() !== 'as') return 'FROM takes an image, or an image, "AS" and a name.'
  return /^[a-z][a-z0-9-_.]*$/.test(name!.text.toLowerCase()) ? null : `${quote(name!.text)} is no name for a stage: it starts with a letter and holds letters, digits, "-", "_" and ".".`
}

function assignmentProblem(node: InstructionNode): string | null {
  const first = node.words[0]
  if (!first) return null
  if (!first.text.includes('=')) return node.words.length < 2 && !/[\t\v\f\r ]/.test(node.rest.text) ? `${node.keyword} ${quote(first.text)} has no value.` : null
  const without = node.words.find(word => !word.text.includes('='))
  if (without) return `${quote(without.text)} has no "=": ${node.keyword} takes name=value.`
  return node.words.some(word => word.text.startsWith('=')) ? `${node.keyword} has a blank name.` : null
}

/** Only what is wrong whatever the variables hold. */
function substitutionProblem(node: InstructionNode, escape: string): string | null {
  if (!EXPANDED.has(node.keyword) || !node.text.includes('$')) return null
  for (const word of wordsToExpand(node)) {
    const { error } = expand(word, () => null, escape)
    if (error && error.includes('substitution')) return `${quote(word)}: ${error}.`
    if (error?.startsWith('syntax error')) return `${quote(word)}: ${error}.`
  }
  return null
}

function wordsToExpand(node: InstructionNode): readonly string[] {
  if (node.json) return node.json.map(entry => entry.value)
  if (['USER', 'STOPSIGNAL', 'WORKDIR'].includes(node.keyword)) return [node.rest.text]
  return node.words.map(word => word.text)
}
