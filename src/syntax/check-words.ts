// Words that BuildKit cannot expand, whatever the variables hold: an open quote, an open brace, an empty name.
// Follows the Expand methods of frontend/dockerfile/instructions/commands.go. ARG is left out: a passed value replaces its default.
import type { Token } from './line.ts'
import type { InstructionNode } from './parse.ts'
import { quote, type Refusal } from './refusal.ts'
import { readHeredocWord } from './segment.ts'
import { expand, type LexOptions } from './words.ts'

const EXPANDED_FLAGS: Readonly<Record<string, readonly string[]>> = { ADD: ['checksum', 'chmod', 'chown'], COPY: ['chmod', 'chown'], FROM: ['platform'] }
const WHOLE = new Set(['STOPSIGNAL', 'USER', 'WORKDIR'])

export function expansionRefusal(node: InstructionNode, escape: string): Refusal | null {
  for (const { text, span } of wordsToExpand(node)) {
    const reason = whyNot(text, escape)
    if (reason) return { message: `${quote(text)} cannot be expanded: ${reason}.`, span }
  }
  if (node.keyword !== 'ADD' && node.keyword !== 'COPY') return null
  for (const { name, body, bodySpan, expands } of node.heredocs) {
    // BuildKit: dockerfile2llb/convert.go, dispatch. Here the escape character is always a backslash.
    const reason = expands ? whyNot(body, '\\', { ignoreQuotes: true }) : null
    if (reason) return { message: `The here-document ${quote(name)} cannot be expanded: ${reason}.`, span: bodySpan }
  }
  return null
}

/** Why the text cannot be expanded, whatever its variables hold. */
export function whyNot(text: string, escape: string, options: LexOptions = {}): string | null {
  const { error, malformed } = expand(text, () => null, escape, options)
  return malformed ? reasonOf(error!) : null
}

/** The engine's words, made a little plainer. */
function reasonOf(error: string): string {
  if (error.endsWith('single-quote')) return "a single quote (') is not closed"
  if (error.endsWith('double-quote')) return 'a double quote (") is not closed'
  if (error.endsWith("'}'")) return 'a "${" is not closed'
  const character = /\(([^]+)\)/.exec(error)?.[1]
  if (character === undefined) return 'it has no variable name after "${"'
  return `the variable name after "\${" cannot hold ${character.trim() === '' ? 'a blank' : quote(character)}`
}

function wordsToExpand(node: InstructionNode): readonly Token[] {
  const { keyword, rest, json, words } = node
  if (WHOLE.has(keyword)) return [{ text: rest.text, span: node.span }]
  switch (keyword) {
    case 'ENV':
    case 'LABEL':
      return assignedWords(node)
    case 'EXPOSE':
    case 'VOLUME':
      return json ? json.map(asToken) : words
    case 'FROM':
      return [...words.slice(0, 1), ...flagWords(node)]
    case 'ADD':
    case 'COPY':
      return [...flagWords(node), ...(json ? json.map(asToken) : words).filter(word => !readHeredocWord(word.text))]
    default:
      return []
  }
}

const asToken = ({ value, span }: { readonly value: string; readonly span: Token['span'] }): Token => ({ text: value, span })

const flagWords = ({ keyword, flags }: InstructionNode): readonly Token[] =>
  flags.filter(flag => EXPANDED_FLAGS[keyword]!.includes(flag.name)).map(({ value, span }) => ({ text: value ?? '', span }))

/** Names and values are expanded each for itself. BuildKit: parser/line_parsers.go, parseNameVal. */
function assignedWords({ words, rest, span }: InstructionNode): readonly Token[] {
  if (words[0]?.text.includes('=')) {
    return words.flatMap(({ text, span: place }) => {
      const equals = text.indexOf('=')
      return [{ text: text.slice(0, equals), span: place }, { text: text.slice(equals + 1), span: place }]
    })
  }
  const old = /^([^\t\v\f\r ]+)[\t\v\f\r ]+([^]*)$/.exec(rest.text)
  return old ? [{ text: old[1]!, span }, { text: old[2]!, span }] : []
}
