// Points at each reference without a digest, once.
import { quotedText } from '../src/facts/instruction-text.ts'
import { defineRule } from '../src/rule.ts'
import type { Base } from '../src/model/build.ts'

/**
 * ## What it does
 *
 * Reports a base image that is named by a tag, or by nothing, and not by its digest. References that depend on an unknown
 * argument, other stages, `scratch` and named build contexts are left alone. Off by default: a digest needs a bot that raises
 * it, or the image gets no fixes any more. Whether that is wanted is the owner's decision, not to be seen in the file.
 *
 * ## Why it matters
 *
 * A tag is looked up on each build that pulls, and whoever owns it can point it at another image at any time. Every step of
 * the stage stands on that image, so then all of them run again, and two builders that looked it up on different days share
 * nothing. A [digest](https://docs.docker.com/build/building/best-practices/#pin-base-image-versions) is that image for good.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM alpine:3.22
 * CMD ["sh"]
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM alpine:3.22@sha256:4bcff63911fcb4448bd4fdacec207030997caf25e9bea4045fa6c8c44de311d1
 * CMD ["sh"]
 * ```
 *
 * ## When not to use it
 *
 * When no bot raises digests, or the image is rebuilt often in order to follow its base.
 *
 * ## Cost model
 *
 * No change is simulated: when the tag moves, every step of the stage runs again.
 */
export default defineRule({
  id: 'base-image-not-digest-pinned',
  summary: 'The base image is not pinned to a digest',
  category: 'pinning',
  severity: 'info',
  recommended: false,

  *check(build) {
    const byReference = new Map<string, ImageBase[]>()
    for (const { base, reachable } of build.stages) {
      // A variable that is known to be empty leaves nothing to pin.
      if (!reachable || base.kind !== 'image' || !base.ref || base.ref.includes('@')) continue
      byReference.set(base.ref, [...byReference.get(base.ref) ?? [], base])
    }
    for (const [ref, [first, ...others]] of byReference) {
      if (!first) continue
      const where = first.text === ref ? '' : ' in the argument'
      yield {
        at: first,
        message: `"${quotedText(first.text)}" names no digest, so another image under this name re-runs every step on it: write "${ref}@sha256:…"${where} and let a bot raise it.`,
        related: others.map(at => ({ at, message: 'the same image' })),
      }
    }
  },
})

type ImageBase = Extract<Base, { kind: 'image' }>
