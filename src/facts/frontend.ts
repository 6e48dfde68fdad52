// The Dockerfile frontend that `# syntax=` asks for, and what the file uses that not every frontend knows.
import { frontendFeatures, type FrontendFeature } from '../data/frontend-features.ts'
import type { Build, Flag, Instruction } from '../model/build.ts'
import type { Span } from '../text.ts'
import { fact } from './fact.ts'

export interface Frontend {
  /** The image, as written. */
  readonly image: string
  readonly span: Span
  readonly channel: 'stable' | 'labs' | 'experimental'
  /** Minor version of 1.x; Infinity for the newest, null when unknown. */
  readonly minor: number | null
}
export interface UsedFeature {
  readonly name: string
  readonly feature: FrontendFeature
  /** The flag, or the instruction. */
  readonly span: Span
}

/** Directives stand above everything else but a shebang, each on a line of its own. BuildKit: directives.go, DetectSyntax. */
const HEADER = /^\uFEFF?(?:#![^\n]*\n)?(?:#[ \t]*(?:escape|check)[ \t]*=[^\n]*\n)*(#[ \t]*syntax[ \t]*=[ \t]*(\S+)[^\r\n]*)/i
/** Docker's own frontend, or a mirror of it. */
const OFFICIAL = /^(?:[\w.:-]+\/(?:[\w.-]+\/)*)?docker\/dockerfile(?::([\w.-]+))?(@sha256:[0-9a-f]+)?$/i
const TAG = /^(?:1(?:\.(\d+)(?:\.\d+)?(?:-rc\d+)?)?|latest)?(?:(?:^|-)(labs|experimental))?$/

/** Null without a directive; 'other' for a frontend that is not Docker's, or a version nobody knows. */
export const frontend = fact((build: Build): Frontend | 'other' | null => {
  const match = HEADER.exec(build.text)
  if (!match) return null
  const [, line = '', image = ''] = match
  const start = match[0].length - line.length
  const version = versionOf(image)
  return version ? { image, span: { start, end: match[0].trimEnd().length }, ...version } : 'other'
})

/** What an image of Docker's frontend, or a mirror of it, is; null for others and for versions nobody knows. */
export function versionOf(image: string): Pick<Frontend, 'channel' | 'minor'> | null {
  const official = OFFICIAL.exec(image)
  const tag = official ? TAG.exec(official[1] ?? 'latest') : null
  if (!tag) return null
  const [, version, channel = 'stable'] = tag
  const newest = official![2] !== undefined || channel === 'experimental' ? null : Infinity
  return { channel: channel as Frontend['channel'], minor: version === undefined ? newest : Number(version) }
}

/** A directive for Docker's frontend that is none, because something else stands above it. */
export const strayDirective = fact(({ text, comments, stages }: Build): { readonly span: Span } | null =>
  (HEADER.test(text) ? null : comments.find(({ span }) => span.start < (stages[0]?.span.start ?? 0) && (span.start === 0 || text[span.start - 1] === '\n') && /^#[ \t]*syntax[ \t]*=[ \t]*\S*docker\/dockerfile\b/i.test(text.slice(span.start, span.end))) ?? null))

/** In the order of the file; stages that are not built count, because the frontend reads them as well. */
export const usedFeatures = fact((build: Build): readonly UsedFeature[] => build.stages.flatMap(stage => stage.instructions.flatMap(instruction => (instruction.onbuild ? [] : featuresOf(instruction)))))

function featuresOf(instruction: Instruction): readonly UsedFeature[] {
  if (instruction.kind === 'setting') {
    return instruction.keyword === 'HEALTHCHECK' && /^HEALTHCHECK\s+(?:--\S+\s+)*--start-interval/i.test(instruction.text) ? [used('HEALTHCHECK --start-interval', instruction.span)] : []
  }
  if (instruction.kind === 'workdir') return []
  const flags = instruction.flags.flatMap(flag => featuresOfFlag(instruction.keyword, flag))
  return instruction.heredocs.length > 0 ? [...flags, used('a here-document', instruction.span)] : flags
}

function featuresOfFlag(keyword: string, { name, value, span }: Flag): readonly UsedFeature[] {
  const found = Object.hasOwn(frontendFeatures, `${keyword} --${name}`) ? [used(`${keyword} --${name}`, span)] : []
  if (name === 'chmod' && value !== null && /[ugoa]*[+=-][rwxXst]/.test(value)) return [...found, used('a symbolic --chmod', span)]
  if (name === 'mount' && value !== null && /(?:^|,)type=secret\b/.test(value) && /(?:^|,)env(?:=|,|$)/.test(value)) return [...found, used('a secret with env=', span)]
  return found
}

const used = (name: string, span: Span): UsedFeature => ({ name, span, feature: frontendFeatures[name]! })

/** Whether a frontend of this version and channel knows the feature. */
export function knows({ channel, minor }: Pick<Frontend, 'channel' | 'minor'>, { stable, labs }: FrontendFeature): boolean {
  if (minor === null) return true
  return stable !== null && minor >= stable || channel !== 'stable' && labs !== undefined && minor >= labs
}
