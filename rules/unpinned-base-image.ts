// A base image without a version: the day it is built anew decides when this image is.
import { defineRule, type Report } from '../src/rule.ts'
import { madeIn, namedElsewhere, pinned, pinnedTo } from '../src/edits/pinned-versions.ts'
import { droppedTool } from '../src/facts/dropped-tools.ts'
import { quoted } from '../src/facts/instruction-text.ts'
import { lineOf } from '../src/facts/lines.ts'
import { movingTag, type MovingTag } from '../src/facts/moving-tags.ts'
import { isForShipping } from '../src/facts/shipping.ts'
import { copiesFrom, stagesOn } from '../src/facts/stage-trees.ts'
import { kindOfFile } from '../src/facts/stages.ts'
import { isTrivial } from '../src/facts/trivial-steps.ts'
import type { Build, Stage, Step } from '../src/model/build.ts'

/**
 * ## What it does
 *
 * Reports a base image that names no tag, or one that goes from release to release: `latest`, `lts`, `stable`, `edge`, or a
 * variant without a version such as `golang:alpine`. A tag that stays within a release (`node:22`, `debian:bookworm`) is
 * not reported, nor is an image that no table knows, which may be built in the same repository, nor one that is no longer
 * updated. Stages that nothing needs, or in which nothing would run again, are left alone, and so are the images of
 * development, tests and tools, vendored files, those that take packages of `alpine/edge`, and those built with `--no-cache`, as
 * a comment says. Each image is reported once, at its first `FROM`; as information where it never stands still (`debian:sid`,
 * `alpine:edge`), where names, comments or the start command show that a developer or a build uses it, or an `ARG` names the tag.
 *
 * ## Why it matters
 *
 * The key of the first step holds the digest that the tag stands for when the build starts
 * ([BuildKit: solver](https://github.com/moby/buildkit/blob/master/docs/dev/solver.md)). When the image is built anew under the
 * same tag, every step of the stage re-runs, on no edit of yours, and possibly on another major version. Machines that
 * looked the tag up on different days share no cache.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM golang:alpine
 * WORKDIR /src
 * COPY . .
 * RUN go build -o /usr/local/bin/server .
 * CMD ["server"]
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM golang:1.27-alpine
 * WORKDIR /src
 * COPY . .
 * RUN go build -o /usr/local/bin/server .
 * CMD ["server"]
 * ```
 *
 * ## When not to use it
 *
 * When the image is to follow its base whatever comes, and the repeated work does not matter.
 *
 * ## Cost model
 *
 * Considered: a new digest of the image. Every step of the stage, and of the stages built FROM it, runs again.
 *
 * ## Fix safety
 *
 * Suggested: it names the version that the tag stood for when the tables of this linter were made. What has come out since
 * then is newer, and whoever follows the tag on purpose does not want it.
 */
export default defineRule({
  id: 'unpinned-base-image',
  summary: 'A base image has no tag or a moving one',
  category: 'pinning',
  severity: 'warning',
  fixable: 'suggested',

  *check(build) {
    if (kindOfFile(build) !== 'application' || VENDORED.test(build.path) || BUILT_ANEW.test(build.text)) return
    const bases = build.stages.filter(({ reachable, windows }) => reachable && !windows)
    for (const ref of new Set(bases.flatMap(stage => refOf(stage) ?? []))) {
      const stages = bases.filter(stage => refOf(stage) === ref)
      const moving = isOnPurpose(build, stages, ref) ? null : movingTag(ref)
      const effect = moving && effectOf(build, stages)
      if (moving && effect !== null) yield reportOf(build, stages, moving, effect, isForShipping(build) && !/(?:^|\/)tools\//.test(build.path))
    }
  },
})

const VENDORED = /(?:^|\/)(?:vendor|third[-_]party|node_modules|_site)\//
const BUILT_ANEW = /\bbuild\b[^\n]*--no-cache(?![-\w])/
/** Releases that never stand still: whoever writes one of them wants what is newest. */
const ROLLING = /:(?:testing|unstable|sid|experimental|edge|rolling|rawhide|tumbleweed|devel)(?:-(?!\d)[\w.]+)*$/

/**
 * The folder is named after the tag (`edge/Dockerfile`), packages of Alpine's edge need a base that goes along, or the whole
 * image is the builder's choice and the default comes from an account, which may well be the author's own.
 */
function isOnPurpose({ path, text }: Build, stages: readonly Stage[], ref: string): boolean {
  const channel = /:(latest|stable|testing|unstable|sid|edge|rawhide|nightly|rolling|devel|tumbleweed|lts|current|mainline|next)\b[^/]*$/.exec(ref)?.[1]
  if (channel !== undefined && path.split('/').slice(0, -1).includes(channel) || /\balpine\b/.test(ref) && /\balpine\/edge\b/.test(text)) return true
  return ref.includes('/') && stages.every(({ base }) => base.kind === 'image' && base.text.startsWith('$'))
}

const refOf = ({ base }: Stage): string | null => (base.kind === 'image' ? base.ref : null)

function reportOf(build: Build, stages: readonly Stage[], moving: MovingTag, effect: string, forShipping: boolean): Report {
  const [first, ...others] = stages.flatMap(({ base }) => (base.kind === 'image' ? [base] : []))
  const { text, ref, span } = first!
  const known = text === ref ? `\`${text}\`` : `\`${text}\`, which is \`${ref}\` by default,`
  const isRolling = ROLLING.test(moving.ref)
  const what = moving.isWritten ? 'is a moving tag: each new image under it' : `has no tag: each new image of \`${moving.ref}\``
  return {
    at: { span },
    message: `${known} ${what} re-runs ${effect}; ${adviceOf(build, stages, moving)}.`,
    ...((isRolling || !forShipping || /^\$(?:\w+|\{[^}]*\})$|:[^/}]*\$/.test(text)) && { lowered: true }),
    related: others.map(base => ({ at: base, message: 'the same image' })),
    // Stages for other targets as well, or one image would stand at two versions.
    ...pinnedTo(build, build.stages.filter(stage => refOf(stage) === ref), moving),
  }
}

function adviceOf(build: Build, stages: readonly Stage[], { ref, version }: MovingTag): string {
  if (version === null) return ROLLING.test(ref) ? 'a tag with a date holds it still' : 'name a release'
  const other = namedElsewhere(build, ref, version)
  if (other) return `name the version (${other.says})`
  const dropped = droppedTool(build, stages, pinned(ref, version))
  return dropped ? `name a version (below ${dropped.since}: later ones have no ${dropped.tool})` : `name the version (\`${pinned(ref, version)}\` in ${madeIn()})`
}

/** What runs again; null when no RUN of any weight does. */
function effectOf(build: Build, roots: readonly Stage[]): string | null {
  const own = roots.flatMap(({ steps }) => steps)
  const all = roots.flatMap(root => stagesOn(build, root))
  const above = all.filter(stage => !roots.includes(stage)).flatMap(({ steps }) => steps)
  if ([...own, ...above].some(isWork)) {
    const here = own.length === 0 ? '' : `${counted(own.length)} of ${roots.length === 1 ? 'this stage' : 'these stages'}`
    const there = above.length === 0 ? '' : `${own.length === 0 ? 'every step of' : 'of'} what is built FROM it`
    return [here, there].filter(text => text !== '').join(' and ')
  }
  // What comes out of a stage with steps may be the same as before; out of one without, it is the image's own.
  if (own.length + above.length > 0) return null
  const copy = copiesFrom(build, all).find(({ stage, index }) => stage.steps.some(step => step.index > index && isWork(step)))
  return copy ? `what follows \`${quoted(copy)}\` (line ${lineOf(build, copy.span)}) when what is copied has changed` : null
}

const isWork = (step: Step): boolean => step.kind === 'run' && !isTrivial(step)
const counted = (steps: number): string => (steps === 1 ? 'the step' : steps === 2 ? 'both steps' : `all ${steps} steps`)
