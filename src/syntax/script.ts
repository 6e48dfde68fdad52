// Text whose characters stand apart in the file: logical lines, joined from several physical ones, and parts of them.
import type { Script } from '../model/build.ts'
import type { Span } from '../text.ts'
import { isSpace } from './words.ts'

/** The parts of a text one after another, without blanks at both ends. */
export function joined(text: string, parts: readonly Span[]): Script {
  const whole = parts.map(part => text.slice(part.start, part.end)).join('')
  const low = skipSpace(whole, 0)
  let high = whole.length
  while (high > low && isSpace(whole[high - 1]!)) high--
  const begins: number[] = []
  let at = -low
  for (const part of parts) {
    begins.push(at)
    at += part.end - part.start
  }
  return {
    text: whole.slice(low, high),
    offset(position) {
      let left = 0
      let right = parts.length - 1
      while (left < right) {
        const middle = (left + right + 1) >> 1
        if (begins[middle]! <= position) left = middle
        else right = middle - 1
      }
      return Math.min(parts[left]!.start + position - begins[left]!, parts[left]!.end)
    },
  }
}

/** A part of a script, with the places of its characters. */
export function slice(script: Script, start: number, end = script.text.length): Script {
  return { text: script.text.slice(start, end), offset: at => script.offset(at + start) }
}

/** The place of [start, end) of a script in the file; exact also where it spans continued lines. */
export function spanOf(script: Script, start: number, end: number): Span {
  const from = script.offset(start)
  return { start: from, end: end > start ? script.offset(end - 1) + 1 : from }
}

export function skipSpace(text: string, start: number, end = text.length): number {
  let at = start
  while (at < end && isSpace(text[at]!)) at++
  return at
}
