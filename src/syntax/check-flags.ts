// Which flags BuildKit refuses. An unknown one may be known to a later frontend, so only slips of known names count.
// Follows frontend/dockerfile/instructions/bflag.go, parse.go and commands_run*.go.
import type { Flag } from '../model/build.ts'
import { nearest } from '../nearest.ts'
import { whyNot } from './check-words.ts'
import type { InstructionNode } from './parse.ts'
import { didYouMean, quote, type Refusal } from './refusal.ts'
import { expand } from './words.ts'

/** `switch` needs no value, `list` may be repeated. */
type Kind = 'switch' | 'text' | 'list'

const SOURCES = { chmod: 'text', chown: 'text', exclude: 'list', link: 'switch' } as const
const NONE: Readonly<Record<string, Kind>> = {}
/** Null: the engine does not look at them. */
export const flagNames: Readonly<Record<string, Readonly<Record<string, Kind>> | null>> = {
  ADD: { ...SOURCES, checksum: 'text', 'keep-git-dir': 'switch', unpack: 'switch' },
  ARG: null,
  CMD: NONE,
  COPY: { ...SOURCES, from: 'text', parents: 'switch' },
  ENTRYPOINT: NONE,
  ENV: NONE,
  EXPOSE: NONE,
  FROM: { platform: 'text' },
  HEALTHCHECK: { interval: 'text', retries: 'text', 'start-interval': 'text', 'start-period': 'text', timeout: 'text' },
  LABEL: NONE,
  MAINTAINER: NONE,
  ONBUILD: NONE,
  RUN: { device: 'list', mount: 'list', network: 'text', security: 'text' },
  SHELL: NONE,
  STOPSIGNAL: null,
  USER: NONE,
  VOLUME: NONE,
  WORKDIR: NONE,
}

/** Lists of options. BuildKit: an empty record is an error of the CSV reader. */
const NEVER_EMPTY = new Set(['device', 'mount'])

export function flagRefusal(node: InstructionNode, escape: string): Refusal | null {
  const { keyword, words } = node
  const known = flagNames[keyword]
  if (!known || (keyword === 'HEALTHCHECK' && words[0]?.text.toUpperCase() === 'NONE')) return null
  const seen = new Set<string>()
  for (const flag of node.flags) {
    const message = messageFor(keyword, known, flag, seen, escape)
    if (message !== null) return { message, span: flag.span }
    seen.add(flag.name)
  }
  return null
}

function messageFor(keyword: string, known: Readonly<Record<string, Kind>>, flag: Flag, seen: ReadonlySet<string>, escape: string): string | null {
  const { name, value } = flag
  const kind = Object.hasOwn(known, name) ? known[name] : undefined
  const shown = quote(`--${name}`)
  if (!kind) {
    const meant = nearest(name, Object.keys(known))
    return meant === null ? null : `${keyword} has no flag ${shown}${didYouMean(`--${meant}`)}.`
  }
  if (kind !== 'list' && seen.has(name)) return `${keyword} has the flag ${shown} twice.`
  if (kind === 'switch') return switchMessage(shown, value)
  if (value === null || (value === '' && NEVER_EMPTY.has(name))) return `The flag ${shown} of ${keyword} has no value: it takes one after "=".`
  if (name === 'mount') return mountMessage(value, escape)
  if (name === 'network') return choiceMessage(shown, value, ['default', 'none', 'host'])
  if (name === 'security') return choiceMessage(shown, value, ['insecure', 'sandbox'])
  if (keyword === 'HEALTHCHECK' && value !== '' && !value.includes('$')) return name === 'retries' ? retriesMessage(value) : durationMessage(shown, value)
  return null
}

/** Variables are not expanded here; a later frontend may well do so. */
function switchMessage(shown: string, value: string | null): string | null {
  if (value === null || value.includes('$') || /^(true|false)$/i.test(value)) return null
  return `The flag ${shown} is true or false, not ${quote(value)}.`
}

/** A value that is not in the list may be in that of a later frontend, unless it is only mistyped. */
function choiceMessage(shown: string, value: string, choices: readonly string[]): string | null {
  if (choices.includes(value) || value.includes('$')) return null
  const meant = nearest(value, choices)
  return value === '' || meant !== null ? `The value ${quote(value)} of ${shown} is unknown${didYouMean(meant)}.` : null
}

/** Go's time.ParseDuration. */
const DURATION = /^[-+]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|\u00b5s|\u03bcs|ms|s|m|h))+)$/

function durationMessage(shown: string, value: string): string | null {
  if (!DURATION.test(value)) return `The value ${quote(value)} of ${shown} is no duration, such as "30s"${/^\d+$/.test(value) ? ': it has no unit' : ''}.`
  return value.startsWith('-') && /[1-9]/.test(value) ? `The value ${quote(value)} of ${shown} is negative.` : null
}

const retriesMessage = (value: string): string | null => (/^\+?\d+$/.test(value) ? null : `The value ${quote(value)} of "--retries" is no number of retries.`)

const OPTIONS = ['type', 'from', 'source', 'target', 'readonly', 'id', 'sharing', 'required', 'size', 'mode', 'uid', 'gid', 'src', 'dst', 'destination', 'ro', 'rw', 'readwrite', 'env']
const SWITCHES = ['readonly', 'ro', 'readwrite', 'rw', 'required']
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  type: ['bind', 'cache', 'tmpfs', 'secret', 'ssh'],
  sharing: ['shared', 'private', 'locked'],
}

/** BuildKit: commands_runmount.go, parseMount. Which option fits which type is left to the frontend. */
function mountMessage(text: string, escape: string): string | null {
  const fields = splitFields(text)
  if (!fields) return `The options ${quote(text)} of "--mount" have a quote that does not enclose a whole option.`
  for (const field of fields) {
    const message = optionMessage(field, escape)
    if (message !== null) return message
  }
  return null
}

function optionMessage(field: string, escape: string): string | null {
  const equals = field.indexOf('=')
  const written = equals === -1 ? field : field.slice(0, equals)
  const name = written.toLowerCase()
  if (field === '') return 'The options of "--mount" have an empty one: a comma too many.'
  if (!OPTIONS.includes(name)) {
    const meant = nearest(name, OPTIONS)
    return meant === null ? null : `"--mount" has no option ${quote(written)}${didYouMean(meant)}.`
  }
  if (equals === -1) return SWITCHES.includes(name) ? null : `The option ${quote(written)} of "--mount" has no value: it takes one after "=".`
  const reason = whyNot(field.slice(equals + 1), escape)
  if (reason) return `The option ${quote(field)} of "--mount" cannot be expanded: ${reason}.`
  const { value } = expand(field.slice(equals + 1), () => null, escape)
  if (value === null) return null
  if (SWITCHES.includes(name)) return /^(?:[01tfTF]|true|TRUE|True|false|FALSE|False)$/.test(value) ? null : `The option ${quote(field)} of "--mount" is neither true nor false.`
  const choices = CHOICES[name]
  return choices ? choiceMessage(`"${name}"`, value.toLowerCase(), choices) : null
}

/** One CSV record; null when a quote stands where none may. BuildKit: github.com/tonistiigi/go-csvvalue. */
function splitFields(text: string): readonly string[] | null {
  const fields: string[] = []
  const field = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y
  for (;;) {
    const match = field.exec(text)
    if (!match) return null
    fields.push(match[1]?.replaceAll('""', '"') ?? match[2]!)
    if (match[3] === '') return fields
  }
}
