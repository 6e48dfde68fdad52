// Ranges inside an instruction: the parts of FROM's image, its stage name, the properties of ARG, ENV and LABEL.
// They come from dockerfile-ast, which nothing else uses. It is asked when a file first needs them, sees a copy of the text
// without what misleads it, and never has the last word: boundaries and words are those of parse.ts.
import type { From, Instruction, Onbuild, PropertyInstruction } from 'dockerfile-ast'
import { lineMap, type Span } from '../text.ts'
import * as wrapper from './dockerfile-ast.cts'
import { masked } from './mask.ts'
import type { InstructionNode, Syntax } from './parse.ts'
import { spanOf } from './script.ts'

export interface Nodes {
  readonly image?: ImageSpans
  /** The name after AS. */
  readonly stageName?: Span
  /** In the order written. `ENV name value` is one property whose value is all the rest. */
  readonly properties?: readonly PropertySpans[]
}
/** Parts of an image reference, as far as they are written; a variable belongs to the part it stands in. */
export interface ImageSpans { readonly span: Span; readonly name: Span; readonly tag: Span | null; readonly digest: Span | null }
/** `value`: quotes included; null when there is no `=`. */
export interface PropertySpans { readonly name: Span; readonly value: Span | null }

const { load } = wrapper as unknown as { load(): typeof import('dockerfile-ast') }
type Range = ReturnType<Instruction['getRange']>
/** Offsets of a range of lines and characters. */
type Place = (range: Range) => Span

const known = new WeakMap<Syntax, readonly Nodes[]>()

/** One entry for each instruction; those of an ONBUILD are its trigger's. */
export function nodesOf(syntax: Syntax): readonly Nodes[] {
  const nodes = known.get(syntax) ?? readNodes(syntax)
  known.set(syntax, nodes)
  return nodes
}

function readNodes(syntax: Syntax): readonly Nodes[] {
  const { starts } = lineMap(syntax.text)
  const place: Place = ({ start, end }) => ({ start: starts[start.line]! + start.character, end: starts[end.line]! + end.character })
  const found = load().DockerfileParser.parse(masked(syntax)).getInstructions()
  const byStart = new Map(found.map(instruction => [place(instruction.getRange()).start, instruction]))
  return syntax.instructions.map(node => {
    const instruction = byStart.get(node.span.start)
    if (instruction?.getKeyword() !== node.keyword) return {}
    if (!node.trigger) return nodesIn(node, instruction, syntax.text, place)
    const trigger = (instruction as Onbuild).getTriggerInstruction()
    return trigger?.getKeyword() === node.trigger.keyword ? nodesIn(node.trigger, trigger, syntax.text, place) : {}
  })
}

function nodesIn(node: InstructionNode, instruction: Instruction, text: string, place: Place): Nodes {
  switch (node.keyword) {
    case 'FROM': {
      const image = imageSpans(node, instruction as From, place)
      const stageName = confirmed(node.words[2]?.span, (instruction as From).getBuildStageRange(), place)
      return { ...(image && { image }), ...(stageName && { stageName }) }
    }
    case 'ARG':
    case 'ENV':
    case 'LABEL': {
      const properties = propertySpans(node, instruction as PropertyInstruction, text, place)
      return properties ? { properties } : {}
    }
    default:
      return {}
  }
}

/** A range of theirs, when it is that of our word. */
function confirmed(word: Span | undefined, range: Range | null, place: Place): Span | null {
  const span = range && place(range)
  return span && word && span.start === word.start && span.end === word.end ? span : null
}

/** Their tag and name are wrong where a registry has a port or a digest follows, so only the whole is taken from there. */
function imageSpans({ words, rest }: InstructionNode, from: From, place: Place): ImageSpans | null {
  const span = confirmed(words[0]?.span, from.getImageRange(), place)
  if (!span || /["'\\`]/.test(words[0]!.text)) return null
  const { length } = words[0]!.text
  const { colon, at } = separators(words[0]!.text)
  const nameEnd = colon ?? at ?? length
  return {
    span,
    name: spanOf(rest, 0, nameEnd),
    tag: colon === null ? null : spanOf(rest, colon + 1, at ?? length),
    digest: at === null ? null : spanOf(rest, at + 1, length),
  }
}

/** Where tag and digest begin. A colon before a slash belongs to the port of the registry, one in braces to a variable. */
function separators(reference: string): { colon: number | null; at: number | null } {
  let colon: number | null = null
  let depth = 0
  for (let index = 0; index < reference.length; index++) {
    const character = reference[index]!
    if (character === '{' && reference[index - 1] === '$') depth++
    else if (character === '}' && depth > 0) depth--
    else if (depth > 0) continue
    else if (character === '/') colon = null
    else if (character === ':') colon = index
    else if (character === '@') return { colon, at: index }
  }
  return { colon, at: null }
}

/** Theirs, unless they split the words differently: `ARG A B=2` is one property to them. */
function propertySpans(node: InstructionNode, instruction: PropertyInstruction, text: string, place: Place): readonly PropertySpans[] | null {
  const ours = assignedWords(node)
  const theirs = instruction.getProperties().map((property): PropertySpans => {
    const value = property.getValueRange()
    return { name: place(property.getNameRange()), value: value && place(value) }
  })
  const agrees = theirs.length === ours.length && ours.every(({ start, end, name }, index) => {
    const their = theirs[index]!
    return their.name.start === start && text.slice(start, their.name.end) === name && (their.value ?? their.name).end === end && (their.value?.start ?? end) >= their.name.end
  })
  return agrees ? theirs : ownSpans(ours, text)
}

interface AssignedWord extends Span { readonly name: string; readonly separator: RegExp }

/** Each word, or in the old form, `ENV name value`, all of them as one. */
function assignedWords({ keyword, words }: InstructionNode): readonly AssignedWord[] {
  if (keyword !== 'ARG' && words.length > 1 && !words[0]!.text.includes('=')) return [{ name: words[0]!.text, separator: /\s/, start: words[0]!.span.start, end: words.at(-1)!.span.end }]
  return words.map(({ text, span }) => ({ name: text.split('=', 1)[0]!, separator: /=/, start: span.start, end: span.end }))
}

/** null where a name is broken over lines. */
function ownSpans(words: readonly AssignedWord[], text: string): readonly PropertySpans[] | null {
  const spans: PropertySpans[] = []
  for (const { name, separator, start, end } of words) {
    const nameEnd = start + name.length
    if (text.slice(start, nameEnd) !== name) return null
    if (nameEnd === end) spans.push({ name: { start, end }, value: null })
    else if (separator.test(text[nameEnd]!)) spans.push({ name: { start, end: nameEnd }, value: { start: nameEnd + 1, end } })
    else return null
  }
  return spans
}
