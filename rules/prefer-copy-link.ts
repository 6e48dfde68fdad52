// Copies at the end of the image that could be independent of what lies below: src/facts/linkable-copies.ts.
import { withFlags } from '../src/edits/instructions.ts'
import { usedFeatures } from '../src/facts/frontend.ts'
import { quoted } from '../src/facts/instruction-text.ts'
import { linkableCopies, type LinkableCopies } from '../src/facts/linkable-copies.ts'
import { isForShipping } from '../src/facts/shipping.ts'
import { defineRule, mendingBy } from '../src/rule.ts'
import type { Build } from '../src/model/build.ts'

/**
 * ## What it does
 *
 * Reports a COPY from a builder stage without `--link`, when no RUN follows it in the image, the stage takes a while to
 * build, and a layer of its own would give the same image: the copy has no owner but root and no mode, its destination is a
 * folder of root's that is no link in the usual base images, and no RUN changes it. One finding stands for all such copies of the
 * stage. Where the source stands on the same image, something above the copy that the source has not must be able to change, and no
 * other step of the stage may need the source as well. It is silent for base images that do not start as root, and where
 * `# syntax=` pins a frontend older than 1.4.
 *
 * ## Why it matters
 *
 * A COPY is executed whenever the step below it was, so a new base image repeats all of them. Their source must be at hand
 * then: on a builder without it, such as a CI machine with a cache exported in mode `min`, the whole builder stage runs again
 * although nothing in it changed. A [linked copy](https://docs.docker.com/reference/dockerfile/#benefits-of-using---link) depends on
 * its files alone. This takes an engine that can merge layers: BuildKit in a builder of its own, or Docker with the containerd
 * image store. Elsewhere `--link` changes nothing.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM node:22 AS build
 * WORKDIR /src
 * COPY package.json package-lock.json ./
 * RUN npm ci
 * COPY . .
 * RUN npm run build
 * FROM nginx:1.27
 * COPY --from=build /src/dist /usr/share/nginx/html
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM node:22 AS build
 * WORKDIR /src
 * COPY package.json package-lock.json ./
 * RUN npm ci
 * COPY . .
 * RUN npm run build
 * FROM nginx:1.27
 * COPY --link --from=build /src/dist /usr/share/nginx/html
 * ```
 *
 * ## When not to use it
 *
 * When a folder on the way to the destination is a link, or has an owner or mode of its own that must stay: a linked copy makes
 * them anew, owned by root with mode 755.
 *
 * ## Cost model
 *
 * No change is simulated. The stage is named when its commands usually take ten seconds or more; no time is stated.
 *
 * ## Fix safety
 *
 * Suggested: a folder on the way to the destination that is a link is replaced by a folder, and one with another owner or mode gets
 * root's and 755. Builders before BuildKit 0.10 do not know the flag and stop.
 */
export default defineRule({
  id: 'prefer-copy-link',
  summary: 'A copy at the end of the image hangs on everything below it',
  category: 'buildkit',
  severity: 'info',
  fixable: 'suggested',

  *check(build) {
    const found = isForShipping(build) ? linkableCopies(build) : null
    if (!found) return
    const [first, ...more] = found.copies
    yield {
      at: first!,
      message: messageOf(found),
      ...more.length > 0 ? { related: more.map(at => ({ at, message: 'so is this one' })) } : {},
      mending: `${mendingBy('rewrite', first!)} link`,
      fix: {
        title: `Add --link to ${more.length === 0 ? 'this COPY' : 'these COPY instructions'}`, safety: 'suggested',
        assumes: `no folder on the way to the destination is a link or has an owner or mode of its own${isUsed(build) ? '' : ', and the builder knows COPY --link'}`,
        edits: found.copies.map(copy => withFlags(build, copy, ['--link'])),
      },
    }
  },
})

const isUsed = (build: Build): boolean => usedFeatures(build).some(({ name }) => /^(?:COPY|ADD) --link$/.test(name))

function messageOf({ copies: [first, ...more], source }: LinkableCopies): string {
  const [subject, verb, link] = more.length === 0 ? ['', 'is', 'it'] : [` and ${more.length} more below it`, 'are', 'them']
  return `"${quoted(first!)}"${subject} ${verb} done again when the base image or a step above changes, which also builds stage "${source.label}" again on a machine that has no cache of it: write "COPY --link" to make ${link} depend on the files alone.`
}
