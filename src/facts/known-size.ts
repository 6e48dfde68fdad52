// What pulling an image transfers at least: its base and the context files that its layers hold.
import type { Build } from '../model/build.ts'
import { imageFigure } from './base-images.ts'
import { copiedFiles } from './copied-files.ts'
import { fact } from './fact.ts'
import { shippedSteps } from './shipped-steps.ts'
import { rootOf } from './stage-trees.ts'

export interface KnownSize {
  /** Compressed. */
  readonly base: number
  /** The recorded tag, where it is another than the one asked for. */
  readonly judgedBy: string | null
  /** The context files that COPY and ADD put into it, compressed as far as can be. */
  readonly files: number
}

/** Files that are compressed already count in full; of others a quarter remains, seldom less. */
const COMPRESSED = /\.(?:gz|t?gz|bz2|xz|zst|zip|7z|jar|war|whl|deb|rpm|apk|png|jpe?g|gif|webp|avif|mp[34]|m4[av]|webm|mov|ogg|flac|woff2?|pdf|docx|xlsx|pptx|parquet|npz|br)$/i
const REMAINS = 0.25

/** null: the base is not known. What RUN steps and copies from other stages add is left out. */
export const knownSize = fact((build: Build): KnownSize | null => {
  const { base } = rootOf(build.target)
  if (base.kind === 'named-context' || base.kind === 'image' && base.ref === null) return null
  const figure = base.kind === 'image' ? imageFigure(base.ref!) : { compressedBytes: 0 }
  if (figure.compressedBytes === undefined) return null
  const files = shippedSteps(build).flatMap(step => {
    const copied = (step.kind === 'copy' || step.kind === 'add') && !step.onbuild && step.from.kind === 'context' ? copiedFiles(build, step) : []
    return copied === 'unknown' ? [] : copied
  })
  return {
    base: figure.compressedBytes, judgedBy: 'judgedBy' in figure ? figure.judgedBy ?? null : null,
    files: files.reduce((sum, { path, size }) => sum + size * (COMPRESSED.test(path) ? 1 : REMAINS), 0),
  }
})
