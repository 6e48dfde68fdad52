// The outermost list of a script: what stands between its commands, compound commands taken whole.
import type { RunStep } from '../model/build.ts'
import type { Span } from '../text.ts'

export interface Separator {
  readonly operator: '&&' | '||' | ';' | '&' | '|'
  /** In the file. */
  readonly offset: number
}
export interface TopLevel {
  /** In the order of the text; none behind the last command. */
  readonly separators: readonly Separator[]
  /** Whether a loop stands anywhere in it, or a `;` in a compound command. */
  readonly hasLists: boolean
  /** Whether it ends with a simple command. */
  readonly endsSimply: boolean
}

const TOKEN = /\0|;;|&&|\|\||[;&|(){}\n]|\b(?:if|fi|for|while|until|select|do|done|case|esac)\b/g
const OPENS: Readonly<Record<string, string>> = { if: 'fi', for: 'done', while: 'done', until: 'done', select: 'done', case: 'esac', '(': ')', '{': '}' }

/** null where the script cannot be read, or does not add up. */
export function topLevelOf(run: RunStep): TopLevel | null {
  const gaps = gapsOf(run)
  if (!gaps) return null
  const open: string[] = []
  const found: Separator[] = []
  let hasLists = false
  let last = ''
  for (const match of gaps.text.matchAll(TOKEN)) {
    const [token] = match
    const isInCase = open.at(-1) === 'esac'
    if (token === open.at(-1)) open.pop()
    else if (Object.hasOwn(OPENS, token) && !(isInCase && token === '(')) open.push(OPENS[token]!)
    else if (/^(?:&&|\|\||[;&|\n])$/.test(token)) {
      if (open.length === 0) found.push({ operator: token === '\n' ? ';' : token as Separator['operator'], offset: gaps.places[match.index]! })
      else if (token === ';' || token === '\n') hasLists ||= !/^\s*(?:then|do|fi|done|else|elif|esac|\})/.test(gaps.text.slice(match.index + 1))
    } else if (!isInCase && /^(?:fi|done|esac|[)}])$/.test(token)) return null
    hasLists ||= /^(?:for|while|until|select)$/.test(token)
    last = token
  }
  return open.length > 0 ? null : { separators: trimmed(found, gaps.lastCommand), hasLists, endsSimply: last === '\0' || /^[;\n]$/.test(last) && gaps.text.trimEnd().replace(/[;\s]+$/, '').endsWith('\0') }
}

const trimmed = (found: readonly Separator[], last: number): readonly Separator[] => (found.at(-1)?.operator === ';' && found.at(-1)!.offset >= last ? found.slice(0, -1) : found)

/** The script with one character for each outermost simple command, and where each character stands in the file. */
function gapsOf({ script, commands }: RunStep): { readonly text: string; readonly places: readonly number[]; readonly lastCommand: number } | null {
  if (script === null || commands === 'opaque' || commands.length === 0) return null
  const outer: Span[] = []
  for (const { span } of [...commands].sort((a, b) => a.span.start - b.span.start || b.span.end - a.span.end)) if (span.start >= (outer.at(-1)?.end ?? -1)) outer.push(span)
  const places: number[] = []
  let text = ''
  let next = 0
  for (let at = 0; at < script.text.length; at++) {
    const offset = script.offset(at)
    while (next < outer.length && offset >= outer[next]!.end) next++
    const span = outer[next]
    if (!span || offset < span.start) text += script.text[at]!
    else if (offset === span.start) text += '\0'
    else continue
    places.push(offset)
  }
  return { text, places, lastCommand: outer.at(-1)!.end }
}
