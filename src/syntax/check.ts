// What BuildKit refuses before it builds anything. Only what is certain, and what no later frontend can give a meaning to:
// a wrong alarm here would hide all other findings. Follows frontend/dockerfile/instructions/parse.go.
import { nearest } from '../nearest.ts'
import type { Span } from '../text.ts'
import { flagNames, flagRefusal } from './check-flags.ts'
import { expansionRefusal } from './check-words.ts'
import { readJsonArray } from './line.ts'
import type { InstructionNode, Problem, Syntax } from './parse.ts'
import { didYouMean, quote, type Refusal } from './refusal.ts'
import { readHeredocWord } from './segment.ts'
import { isSpace } from './words.ts'

type Source = Omit<Syntax, 'problems'>

const KEYWORDS = Object.keys(flagNames)
const NEEDS_ARGUMENT = new Set(['ARG', 'ENV', 'EXPOSE', 'HEALTHCHECK', 'LABEL', 'MAINTAINER', 'ONBUILD', 'STOPSIGNAL', 'USER', 'VOLUME', 'WORKDIR'])
const NOT_TRIGGERS = new Set(['ONBUILD', 'FROM', 'MAINTAINER'])

/** The first thing in the file that the engine would refuse, as a list of none or one: after it the rest means nothing. */
export function problemsOf(syntax: Source): readonly Problem[] {
  const isForeign = hasForeignFrontend(syntax)
  const bases = lastUses(syntax.instructions)
  let stage: InstructionNode | null = null
  for (const node of syntax.instructions) {
    const refusal = refusalOf(node, syntax.escape, isForeign) ?? triggerRefusal(node, stage, bases, syntax.escape) ?? (stage || node.keyword === 'ARG' ? null : placeRefusal(node))
    if (refusal) return [{ span: refusal.span ?? firstLine(node, syntax.text), message: refusal.message }]
    if (node.keyword === 'FROM') stage = node
  }
  const last = syntax.instructions.at(-1)
  return !stage && last ? [{ span: firstLine(last, syntax.text), message: 'The file has no FROM, so there is no stage to build.' }] : []
}

/** Another frontend may know more instructions and flags. BuildKit: parser/directives.go, DetectSyntax. */
function hasForeignFrontend({ text, directives }: Source): boolean {
  const stated = directives.find(directive => directive.name === 'syntax')?.value ?? /^\uFEFF?(?:#![^\n]*\n)?(?:#|\/\/)[\t ]*syntax[\t ]*=[\t ]*(\S+)/i.exec(text)?.[1]
  return stated !== undefined && !/^(docker\.io\/)?docker\/dockerfile(:1(\.\d+)*)?(@|\s|$)/.test(stated)
}

function firstLine(node: InstructionNode, text: string): Span {
  const end = text.indexOf('\n', node.span.start)
  const line = end === -1 || end > node.span.end ? node.span.end : end
  return { start: node.span.start, end: text[line - 1] === '\r' ? line - 1 : line }
}

function refusalOf(node: InstructionNode, escape: string, isForeign: boolean): Refusal | null {
  if (!KEYWORDS.includes(node.keyword)) return isForeign ? null : unknownRefusal(node)
  if (NEEDS_ARGUMENT.has(node.keyword) && node.rest.text === '') return { message: `${node.keyword} needs an argument.` }
  const refusal = formRefusal(node) ?? shapeRefusal(node)
  return refusal || isForeign ? refusal : flagRefusal(node, escape) ?? expansionRefusal(node, escape)
}

/** Flags come with every release; the last new instruction came in 2016. */
function unknownRefusal({ keyword, keywordSpan, text }: InstructionNode): Refusal {
  if (keyword === '') return { message: 'Nothing is continued here: an instruction is missing before the escape character.' }
  return { message: `Unknown instruction ${quote(text.slice(0, keyword.length))}${didYouMean(nearest(keyword, KEYWORDS))}.`, span: keywordSpan }
}

/** Above the first FROM. What another frontend knows may have its place there. */
const placeRefusal = ({ keyword }: InstructionNode): Refusal | null =>
  keyword !== 'FROM' && KEYWORDS.includes(keyword) ? { message: `${keyword} stands before the first FROM: there is no stage yet.` } : null

/** What the parser refuses already; the rest of a trigger it does not look at. BuildKit: parser/line_parsers.go. */
function formRefusal(node: InstructionNode): Refusal | null {
  switch (node.keyword) {
    case 'ENV':
    case 'LABEL':
      return assignmentRefusal(node)
    case 'ADD':
    case 'COPY':
    case 'RUN':
    case 'CMD':
    case 'ENTRYPOINT':
    case 'SHELL':
    case 'VOLUME':
      return arrayRefusal(node, node.rest.text)
    case 'HEALTHCHECK':
      return arrayRefusal(node, node.rest.text.slice(node.words[0]?.text.length))
    default:
      return null
  }
}

/** A JSON array that holds anything but strings is refused; text that is no JSON is shell form. */
function arrayRefusal({ keyword, json }: InstructionNode, text: string): Refusal | null {
  const values = json ? null : readJsonArray(text)
  return values && !values.every(value => typeof value === 'string') ? { message: `The JSON array of ${keyword} may hold strings only.` } : null
}

function assignmentRefusal({ keyword, words, rest }: InstructionNode): Refusal | null {
  const first = words[0]
  if (!first) return null
  if (!first.text.includes('=')) return /[\t\v\f\r ]/.test(rest.text) ? null : { message: `${keyword} ${quote(first.text)} has no value.` }
  const without = words.find(word => !word.text.includes('='))
  return without ? { message: `${quote(without.text)} has no "=": ${keyword} takes name=value.`, span: without.span } : null
}

function shapeRefusal(node: InstructionNode): Refusal | null {
  const { keyword, json, words } = node
  switch (keyword) {
    case 'FROM':
      return fromRefusal(node)
    case 'ADD':
    case 'COPY':
      return copyRefusal(node)
    case 'ARG':
    case 'ENV':
    case 'LABEL': {
      // In the old form, "ENV name value", a later word may start with anything.
      const nameless = keyword === 'ARG' || words[0]?.text.includes('=') ? words.find(word => word.text.startsWith('=')) : undefined
      if (nameless) return { message: `${keyword} needs a name before ${quote(nameless.text)}.`, span: nameless.span }
      return words.length === 0 ? { message: `${keyword} needs a name.` } : null
    }
    case 'SHELL':
      return json && json.length > 0 ? null : { message: 'SHELL needs its arguments as a JSON array, such as ["/bin/bash", "-c"].' }
    case 'HEALTHCHECK':
      return healthRefusal(node)
    case 'VOLUME':
      if (json?.length === 0) return { message: 'VOLUME needs a path.' }
      return json?.some(({ value }) => [...value].every(isSpace)) ? { message: 'VOLUME has an empty path.' } : null
    case 'ONBUILD':
      return NOT_TRIGGERS.has(node.trigger?.keyword ?? '') ? { message: `${node.trigger!.keyword} cannot be a trigger of ONBUILD.` } : node.trigger && formRefusal(node.trigger)
    default:
      return null
  }
}

function fromRefusal({ words }: InstructionNode): Refusal | null {
  const [, as, name] = words
  if (words.length === 1) return null
  if (words.length !== 3 || as?.text.toLowerCase() !== 'as') return { message: 'FROM takes an image, or an image, "AS" and a name.' }
  if (/^[a-z][a-z0-9-_.]*$/.test(name!.text.toLowerCase())) return null
  return { message: `${quote(name!.text)} is no name for a stage: it starts with a letter and holds letters, digits, "-", "_" and ".".`, span: name!.span }
}

function copyRefusal({ keyword, json, words, rest }: InstructionNode): Refusal | null {
  const all = json ? json.map(({ value }) => value) : words.map(({ text }) => text)
  if (all.length < 2) return { message: rest.text === '' ? `${keyword} needs a source and a destination.` : `${keyword} needs a destination after ${quote(all[0] ?? rest.text)}.` }
  return readHeredocWord(all.at(-1)!) ? { message: `${keyword} cannot write to the here-document ${quote(all.at(-1)!)}: it needs a destination.` } : null
}

function healthRefusal({ words, rest, keywordSpan }: InstructionNode): Refusal | null {
  const { text, span } = words[0] ?? { text: '', span: keywordSpan }
  const kind = text.toUpperCase()
  const after = rest.text.slice(text.length).trim()
  if (kind === 'NONE') return after === '' ? null : { message: `HEALTHCHECK NONE takes no arguments, but ${quote(after)} follows.` }
  if (kind === 'CMD') return after === '' || readJsonArray(after)?.length === 0 ? { message: 'HEALTHCHECK CMD needs a command.' } : null
  const meant = nearest(kind, ['CMD', 'NONE'])
  return /^[A-Z]+$/.test(text) && meant === null ? null : { message: `HEALTHCHECK takes CMD or NONE, not ${quote(text)}${didYouMean(meant)}.`, span }
}

/** Where a FROM last names each base; one with a variable may name any, and counts as `$`. */
function lastUses(instructions: readonly InstructionNode[]): ReadonlyMap<string, number> {
  const uses = new Map<string, number>()
  for (const { keyword, words, span } of instructions) {
    const base = keyword === 'FROM' ? words[0]?.text.toLowerCase() : undefined
    if (base !== undefined) uses.set(base.includes('$') ? '$' : base, span.start)
  }
  return uses
}

/** A trigger is read when a later stage starts from this one; until then nothing is wrong with it. BuildKit: convert.go, initOnBuildTriggers. */
function triggerRefusal({ trigger, span }: InstructionNode, stage: InstructionNode | null, bases: ReadonlyMap<string, number>, escape: string): Refusal | null {
  const name = stage?.words[2]?.text.toLowerCase()
  if (!trigger || name === undefined) return null
  // What may be triggered has arguments: the model counts on it.
  const isEmpty = (trigger.json ?? trigger.words).length === 0
  const lastUse = Math.max(bases.get(name) ?? 0, isEmpty ? bases.get('$') ?? 0 : 0)
  return lastUse > span.start ? refusalOf(trigger, escape, false) : null
}
