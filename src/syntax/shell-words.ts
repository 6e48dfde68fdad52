// What a word of a shell script comes to, and the text of a word that is itself a script.
// Wildcards and braces stay as written; anything that depends on something unknown is null.
import type { Script } from '../model/build.ts'
import type { Scope } from './shell-scope.ts'
import type { HereDocNode, WordNode, WordPartNode } from './shell.ts'

export interface Expansion {
  /** Several when an unquoted variable holds several words, none when it is empty; null stands for any number of words. */
  readonly values: readonly (string | null)[]
  /** Holds a wildcard or braces outside quotes. */
  readonly glob: boolean
}

/** A list longer than this is no list of arguments anybody wrote. */
const MOST_FIELDS = 1000
const UNKNOWN: Expansion = { values: [null], glob: false }

export function expandWord(word: WordNode, scope: Scope): Expansion {
  if (!word.parts) return { values: [word.value], glob: false }
  const fields: string[] = []
  let current: string | null = null
  let glob = false
  for (const part of word.parts) {
    if (part.type === 'Glob' || part.type === 'ExtendedGlob' || part.type === 'BraceExpansion') {
      if (/[$`'"]/.test(part.text)) return UNKNOWN
      glob = true
    }
    const text = textOf(part, scope)
    if (text === null) return UNKNOWN
    if (!isVariable(part)) {
      current = (current ?? '') + text
      continue
    }
    // A word list in a variable falls apart at blanks; IFS is followed only as far as nobody changes it.
    if (scope.assigned('IFS')) return UNKNOWN
    if (/[*?[]/.test(text)) glob = true
    const pieces = text.split(/[ \t\n]+/)
    if (pieces.length + fields.length > MOST_FIELDS) return UNKNOWN
    pieces.forEach((piece, index) => {
      if (index > 0 && current !== null) {
        fields.push(current)
        current = null
      }
      if (piece !== '') current = (current ?? '') + piece
    })
  }
  if (current !== null) fields.push(current)
  return { values: fields, glob }
}

/** As in an assignment or a redirection, where nothing is split. */
export function expandWhole(word: WordNode, scope: Scope): string | null {
  if (!word.parts) return word.value
  let whole = ''
  for (const part of word.parts) {
    const text = textOf(part, scope)
    if (text === null) return null
    whole += text
  }
  return whole
}

const isVariable = (part: WordPartNode): boolean => part.type === 'SimpleExpansion' || part.type === 'ParameterExpansion'

function textOf(part: WordPartNode, scope: Scope): string | null {
  switch (part.type) {
    case 'Literal': case 'SingleQuoted': case 'AnsiCQuoted': return part.value
    case 'Glob': case 'ExtendedGlob': case 'BraceExpansion': return part.text
    case 'DoubleQuoted': case 'LocaleString': {
      let whole = ''
      for (const child of part.parts) {
        const text = textOf(child, scope)
        if (text === null) return null
        whole += text
      }
      return whole
    }
    case 'SimpleExpansion': return /^\$[A-Za-z_]\w*$/.test(part.text) ? scope.get(part.text.slice(1)) : null
    case 'ParameterExpansion': return parameterValue(part, scope)
    default: return null
  }
}

function parameterValue(part: WordPartNode & { readonly type: 'ParameterExpansion' }, scope: Scope): string | null {
  if (part.prefix || part.index || !/^[A-Za-z_]\w*$/.test(part.parameter)) return null
  const value = scope.get(part.parameter)
  if (value === null || !part.operation) return value
  if (part.operation.type !== 'Default') return null
  const { operator, operand } = part.operation
  const isEmpty = operator.startsWith(':') && value === ''
  if (operator.endsWith('?')) return isEmpty ? null : value
  const takesOperand = operator.endsWith('+') ? !isEmpty : isEmpty
  if (takesOperand) return expandWhole(operand, scope)
  return operator.endsWith('+') ? '' : value
}

type Quoting = 'none' | 'double' | 'heredoc'
const ESCAPED: Readonly<Record<Quoting, RegExp>> = { none: /[^]/, double: /[$`"\\\n]/, heredoc: /[$`\\\n]/ }

/** Text under construction, with the place of each character in the text around it. */
interface Draft { text: string; readonly at: number[] }

/** Adds text that stands at `position` as the shell reads it under this quoting. */
function addDecoded(draft: Draft, text: string, position: number, quoting: Quoting): void {
  const pieces: string[] = []
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\' && at + 1 < text.length && ESCAPED[quoting].test(text[at + 1]!)) {
      at++
      if (text[at] === '\n') continue
    }
    pieces.push(text[at]!)
    draft.at.push(position + at)
  }
  draft.text += pieces.join('')
}

function addRaw(draft: Draft, text: string, position: number): void {
  draft.text += text
  for (let at = 0; at < text.length; at++) draft.at.push(position + at)
}

/** Text that stands for what is written from `start` to `end`. */
function addAt(draft: Draft, text: string, start: number, end: number): void {
  draft.text += text
  for (let at = 0; at < text.length; at++) draft.at.push(at > 0 && at === text.length - 1 ? end - 1 : start)
}

function addPart(draft: Draft, part: WordPartNode, scope: Scope, quoting: Quoting): void {
  switch (part.type) {
    case 'Literal': return addDecoded(draft, part.text, part.pos, quoting)
    case 'SingleQuoted': return addRaw(draft, part.value, part.pos + 1)
    case 'AnsiCQuoted': return part.text.slice(2, -1) === part.value ? addRaw(draft, part.value, part.pos + 2) : addAt(draft, part.value, part.pos, part.end)
    case 'DoubleQuoted': case 'LocaleString': return part.parts.forEach(child => addPart(draft, child, scope, 'double'))
    default: {
      const value = isVariable(part) ? textOf(part, scope) : null
      // An unknown part stays as written: inside, it is unknown again.
      if (value === null) addRaw(draft, part.text, part.pos)
      else addAt(draft, value, part.pos, part.end)
    }
  }
}

/** Words as one text, joined by blanks: the argument of `sh -c`, or all those of eval. */
export function scriptOfWords(words: readonly WordNode[], outer: Script, scope: Scope): Script {
  const draft: Draft = { text: '', at: [] }
  for (const word of words) {
    if (draft.text !== '') addAt(draft, ' ', word.pos, word.end)
    if (!word.parts) addDecoded(draft, word.text, word.pos, 'none')
    else for (const part of word.parts) addPart(draft, part, scope, 'none')
  }
  return toScript(draft, outer)
}

export function scriptOfHeredoc(heredoc: HereDocNode, outer: Script, scope: Scope): Script {
  const draft: Draft = { text: '', at: [] }
  const { body, delimiter } = heredoc
  if (delimiter?.quoted) addRaw(draft, body.text, body.pos)
  else if (!body.parts) addDecoded(draft, body.text, body.pos, 'heredoc')
  else for (const part of body.parts) addPart(draft, part, scope, 'heredoc')
  return toScript(heredoc.operator === '<<-' ? withoutTabs(draft) : draft, outer)
}

function withoutTabs(draft: Draft): Draft {
  const at: number[] = []
  let text = ''
  for (const match of draft.text.matchAll(/(^|\n)\t*([^\n]*)/g)) {
    const start = match.index
    const rest = start + match[0].length - match[2]!.length
    text += match[1]! + match[2]!
    for (let index = start; index < start + match[1]!.length; index++) at.push(draft.at[index]!)
    for (let index = rest; index < rest + match[2]!.length; index++) at.push(draft.at[index]!)
  }
  return { text, at }
}

const toScript = ({ text, at }: Draft, outer: Script): Script => ({
  text,
  offset: position => outer.offset(at[position] ?? (at.at(-1) ?? 0) + 1),
})
