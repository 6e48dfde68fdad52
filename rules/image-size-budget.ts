// The image is larger than a team has allowed itself. What is known of its size is added up in src/facts/known-size.ts.
import { megabytes } from '../src/facts/base-images.ts'
import { knownSize, type KnownSize } from '../src/facts/known-size.ts'
import { rootOf } from '../src/facts/stage-trees.ts'
import { defineRule } from '../src/rule.ts'
import type { Span } from '../src/text.ts'

/**
 * ## What it does
 *
 * Reports an image of which a pull surely transfers more than `maxMegabytes`: its base image alone, or with the files of the
 * build context that it copies. What RUN steps add and what comes from other stages is not counted, so an image can exceed the
 * budget unseen. Bases that are not in the linter's table are left alone. The rule is off by default, because the budget is for
 * you to choose.
 *
 * ## Why it matters
 *
 * A host that lacks the image pulls all of it before the first container starts, and every runner without a cache does so on
 * each build. Layers cannot shrink what lies below
 * ([OCI image layers](https://github.com/opencontainers/image-spec/blob/main/layer.md)), so a base that is too large is
 * too large for good.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM python:3.13
 * COPY app.py ./
 * CMD ["python", "app.py"]
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM python:3.13-slim
 * COPY app.py ./
 * CMD ["python", "app.py"]
 * ```
 *
 * ## When not to use it
 *
 * Without a budget.
 *
 * ## Cost model
 *
 * No change is simulated. Sizes of bases are compressed ones, measured for linux/amd64, of the tag or the nearest one measured.
 * Files of the build context count in full when their format is compressed, others as a quarter.
 */
export default defineRule({
  id: 'image-size-budget',
  summary: 'The image is larger than the budget',
  category: 'layers',
  severity: 'warning',
  recommended: false,
  options: {
    maxMegabytes: { type: 'number', default: 300, doc: 'Compressed megabytes that the image may have.' },
  },

  *check(build, { maxMegabytes }) {
    const size = knownSize(build)
    if (!size || size.base + size.files <= maxMegabytes * 1e6) return
    const { base } = rootOf(build.target)
    yield {
      at: { span: base.span },
      message: messageOf(build.text, base.span, size, maxMegabytes),
      cost: { seconds: 0, bytes: size.base + size.files - maxMegabytes * 1e6 },
    }
  },
})

function messageOf(text: string, span: Span, { base, judgedBy, files }: KnownSize, most: number): string {
  const own = files >= 1e6 ? ` and the files it copies (${megabytes(files)})` : ''
  const judged = judgedBy === null ? '' : `, judging by ${judgedBy}`
  const subject = base === 0 ? `the files that the image copies (${megabytes(files)})` : `\`${text.slice(span.start, span.end)}\` (${megabytes(base)}${judged})${own}`
  return `A pull transfers ${judgedBy === null ? 'at least' : 'about'} ${megabytes(base + files)} for ${subject}, over the budget of ${most} MB; choose a lighter base or leave files out.`
}
