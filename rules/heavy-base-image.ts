// The image ships on a base with more in it than it uses, and the same base exists without that.
import { defineRule } from '../src/rule.ts'
import type { Report } from '../src/rule.ts'
import { isBaseFile } from '../src/facts/base-files.ts'
import { lighterVariants, savingInWords, sdkImage } from '../src/facts/base-images.ts'
import type { LighterVariant } from '../src/facts/base-images.ts'
import { fitsVariant } from '../src/facts/fits-variant.ts'
import { startsDevelopment } from '../src/facts/image-command.ts'
import { rootOf } from '../src/facts/stage-trees.ts'
import { kindOfFile } from '../src/facts/stages.ts'
import type { Build, Stage } from '../src/model/build.ts'

/**
 * ## What it does
 *
 * Reports the base image of the shipped stage where a lighter variant of it saves `minimumMegabytes` or more and
 * everything visible would run on it: the programs of each `RUN` and of the image's own command, what is installed
 * according to the manifests and lock files in the context, and what comes in from other stages. What cannot be read, what
 * compiles, and what uses a tool that the variant lacks keeps the rule silent; so does an image that is not in its tables.
 *
 * ## Why it matters
 *
 * Every machine without the image pulls it before the first step can run, and a cache miss on the base pulls it again; the
 * size is also that of each image pushed and started. The full images of Docker's library hold compilers and development
 * files for builds, the slim ones what a program needs to run
 * ([Docker docs: choose the right base image](https://docs.docker.com/build/building/best-practices/#choose-the-right-base-image)).
 * Sizes are compressed, for linux/amd64, from the tables of this linter.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM node:22
 * WORKDIR /app
 * COPY package.json package-lock.json ./
 * RUN npm ci --omit=dev
 * COPY server.js ./
 * CMD ["node", "server.js"]
 * ```
 *
 * ```file package.json
 * { "dependencies": { "express": "^5.1.0" } }
 * ```
 *
 * ```file package-lock.json
 * { "lockfileVersion": 3, "packages": { "node_modules/express": { "version": "5.1.0" } } }
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM node:22-slim
 * WORKDIR /app
 * COPY package.json package-lock.json ./
 * RUN npm ci --omit=dev
 * COPY server.js ./
 * CMD ["node", "server.js"]
 * ```
 *
 * ## When not to use it
 *
 * Where all images of a host share the full base, so that it is pulled once, or people log in and need its tools.
 *
 * ## Cost model
 *
 * No change is simulated: the saving is the difference of two measured sizes, of the versions named or the nearest ones
 * measured, which the message then says.
 *
 * ## Fix safety
 *
 * Suggested: the program may start a tool, or load a library, that nothing in the build context names.
 */
export default defineRule({
  id: 'heavy-base-image',
  summary: 'A lighter variant of the base image would do',
  category: 'layers',
  severity: 'warning',
  fixable: 'suggested',
  options: { minimumMegabytes: { type: 'number', default: 50, doc: 'Compressed megabytes that the variant has to save.' } },

  *check(build, { minimumMegabytes }) {
    const root = rootOf(build.target)
    const { base } = root
    if (base.kind !== 'image' || base.ref === null || isOutOfScope(build, root) || sdkImage(base.ref) !== null) return
    const lighter = lighterVariants(base.ref, { risks: ['drop-in', 'check-native-deps'], minimumBytes: minimumMegabytes * 1_000_000 })
      .filter(({ saving, isRetired }) => saving?.measure === 'compressed' && !isRetired)
    const best = lighter.filter(isCandidate).find(variant => fitsVariant(build, root, variant))
    if (best) yield reportOf(base, best, lighter.find(({ libc, saving }) => libc !== best.libc && saving!.bytes > best.saving!.bytes))
  },
})

const isOutOfScope = (build: Build, root: Stage): boolean =>
  kindOfFile(build) !== 'application' || isBaseFile(build) || root.windows || startsDevelopment(build)

/** Of servers that bring their own program and keep no data a build on musl will do; of languages only one on the same system. */
const isCandidate = ({ risk, family }: LighterVariant): boolean =>
  (risk === 'drop-in' ? family.kind.startsWith('runtime') : /^(?:nginx|httpd|haproxy|memcached)-debian$/.test(family.id))

function reportOf({ ref, text, span }: Extract<Stage['base'], { kind: 'image' }>, best: LighterVariant, other: LighterVariant | undefined): Report {
  const known = text === ref ? `\`${text}\`` : `\`${text}\` (\`${ref}\`)`
  const also = other ? `; \`${other.ref}\`, on ${other.libc}, saves more` : ''
  const libc = best.libc === 'musl' && !best.caveat.includes('musl') ? '; musl instead of glibc' : ''
  return {
    at: { span },
    message: `${known} holds more than this image uses: \`${best.ref}\` saves ${savingInWords(best.saving!)} (${best.caveat.split(': ')[0]!}${libc})${also}.`,
    cost: { seconds: 0, bytes: best.saving!.bytes },
    ...fixOf(text, ref, best, span),
  }
}

function fixOf(text: string, ref: string | null, best: LighterVariant, span: Report['at']['span']): Pick<Report, 'fix' | 'noFix'> {
  if (text !== ref) return { noFix: `\`${text}\` is put together from an argument` }
  if (text.includes('@')) return { noFix: `the digest of \`${best.ref}\` is not known without the registry` }
  const libc = best.libc === 'musl' ? ', and nothing that is copied in needs glibc' : ''
  return { fix: { title: `Build on ${best.ref}`, safety: 'suggested', assumes: `the program starts no tool and loads no library that only \`${text}\` has${libc}`, edits: [{ span, text: best.ref }] } }
}
