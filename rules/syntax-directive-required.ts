// A feature that the chosen Dockerfile frontend does not have, or a channel that nothing here needs. Versions: src/data/frontend-features.ts.
import { syntaxAdded, syntaxChanged, syntaxMoved } from '../src/edits/directives.ts'
import { frontend, knows, strayDirective, usedFeatures, versionOf, type Frontend, type UsedFeature } from '../src/facts/frontend.ts'
import { lineOf } from '../src/facts/lines.ts'
import { defineRule, type Fix, type Report } from '../src/rule.ts'
import type { Build } from '../src/model/build.ts'
import type { TextEdit } from '../src/text.ts'

/**
 * ## What it does
 *
 * Reports a `# syntax=` directive that pins a version of `docker/dockerfile` older than a feature of the file, and a
 * feature that only the labs channel has where the directive names the stable one or is missing. As information it
 * reports a directive that names the labs channel, or the experimental channel before it, although the stable one has
 * all the file uses, and one that has no effect because a comment, an empty line or an instruction stands above it. It does not ask for a directive where the engine's own frontend may do, and has no opinion
 * about other frontends and digests.
 *
 * ## Why it matters
 *
 * The frontend, not the engine, reads the Dockerfile, and an older one knows fewer flags: it stops with an error at the
 * first it does not know. The versions are those of
 * [BuildKit's reference](https://github.com/moby/buildkit/blob/master/frontend/dockerfile/docs/reference.md). A frontend of
 * the labs channel may change or drop what it brings, and with it the keys of the steps;
 * `docker/dockerfile:1` is [what Docker recommends](https://docs.docker.com/build/buildkit/frontend/#stable-channel). A
 * directive that names a minor version keeps to one: the lowest that has all that the file uses.
 *
 * ## Bad
 *
 * ```dockerfile
 * # syntax=docker/dockerfile:1.3
 * FROM nginx:1.27
 * COPY --link site /usr/share/nginx/html/
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * # syntax=docker/dockerfile:1.4
 * FROM nginx:1.27
 * COPY --link site /usr/share/nginx/html/
 * ```
 *
 * ## When not to use it
 *
 * When the directive is overridden with `--build-arg BUILDKIT_SYNTAX`, or a mirror serves another version under that tag.
 *
 * ## Cost model
 *
 * No change is simulated, and no time is stated.
 *
 * ## Fix safety
 *
 * Suggested: the frontend is an image that the builder has to pull, and a newer one may read other parts of the file in a new way.
 */
export default defineRule({
  id: 'syntax-directive-required',
  summary: 'The Dockerfile frontend does not fit the features in use',
  category: 'buildkit',
  severity: 'warning',
  fixable: 'suggested',

  *check(build) {
    const chosen = frontend(build)
    if (chosen === 'other') return
    const features = usedFeatures(build)
    const missing = features.filter(({ feature }) => (chosen ? !knows(chosen, feature) : feature.stable === null))
    if (missing.length > 0) yield missingFeature(build, chosen, missing)
    else if (!chosen) yield* lostDirective(build)
    else if (chosen.channel !== 'stable' && features.every(({ feature }) => feature.stable !== null)) yield needlessChannel(build, chosen)
  },
})

/** Of several the one that asks for most. */
function missingFeature(build: Build, chosen: Frontend | null, missing: readonly UsedFeature[]): Report {
  const newest = missing.reduce((most, entry) => ((entry.feature.stable ?? Infinity) > (most.feature.stable ?? Infinity) ? entry : most))
  const { name, span, feature } = newest
  const needs = feature.stable === null ? 'the labs channel of the Dockerfile frontend' : `version 1.${feature.stable} of the Dockerfile frontend`
  const where = `"${name}" (line ${lineOf(build, span)})`
  const better = betterImage(build, chosen)
  const why = chosen ? `but "${quotedDirective(build, chosen)}" names ${feature.stable === null ? 'another' : 'an older one'}` : 'but the frontend of the engine is a stable one'
  return {
    at: chosen ?? { span },
    message: `${where} needs ${needs}, ${why}, so the build fails; ${chosen ? 'write' : 'begin the file with'} "# syntax=${better}".`,
    ...chosen ? { related: [{ at: { span }, message: 'used here' }] } : {},
    fix: chosen ? changing(build, chosen, better) : fixTo(better, 'Begin the file with', [syntaxAdded(build, `# syntax=${better}`)]),
  }
}

const changing = (build: Build, chosen: Frontend, image: string): Fix => fixTo(image, 'Change the directive to', [syntaxChanged(build, chosen, image)])

const fixTo = (image: string, what: string, edits: readonly TextEdit[]): Fix => ({ title: `${what} "# syntax=${image}"`, safety: 'suggested', assumes: `the builder can pull ${image}`, edits })

function needlessChannel(build: Build, chosen: Frontend): Report {
  const channel = chosen.channel === 'labs' ? 'the labs channel, whose features may change' : 'the experimental channel, which ended with version 1.1'
  return {
    at: chosen,
    message: `"${quotedDirective(build, chosen)}" names ${channel}, but the stable one has all that this file uses: write "# syntax=${betterImage(build, chosen)}".`,
    lowered: true,
    fix: changing(build, chosen, betterImage(build, chosen)),
  }
}

function* lostDirective(build: Build): Iterable<Report> {
  const lost = strayDirective(build)
  if (lost) yield { at: lost, message: `"${quotedDirective(build, lost)}" has no effect, because a directive counts only at the top of the file, with no comment, empty line or instruction above it: move it to the first line or remove it.`, lowered: true, ...moved(build, lost) }
}

/** Where it is to take effect it must not be older than what the engine has now. */
function moved(build: Build, lost: Pick<Frontend, 'span'>): Pick<Report, 'fix' | 'noFix'> {
  const [, image = ''] = /=\s*(\S+)/.exec(quotedDirective(build, lost)) ?? []
  const version = versionOf(image)
  if (version?.channel !== 'stable' || version.minor !== Infinity) return { noFix: `at the top "${image}" would take effect, which may be older than what builds the file now` }
  return { fix: { ...fixTo(image, '', syntaxMoved(build, lost.span)), title: `Move "${quotedDirective(build, lost)}" to the top` } }
}

/** Of the channel and version that have all features, floating only where the directive floats: one that names a version is there to name one. */
function betterImage(build: Build, chosen: Frontend | null): string {
  const features = usedFeatures(build).map(({ feature }) => feature)
  const isLabs = features.some(({ stable }) => stable === null)
  const isPinned = chosen !== null && chosen.minor !== null && Number.isFinite(chosen.minor)
  const minor = Math.max(...features.map(({ stable, labs }) => (isLabs ? labs ?? stable : stable) ?? 0), chosen?.minor ?? 0)
  return imageOf(chosen, `1${isPinned ? `.${minor}` : ''}${isLabs ? '-labs' : ''}`)
}

/** From the registry that the file names. */
const imageOf = (chosen: Frontend | null, tag: string): string => (chosen?.image ?? 'docker/dockerfile').replace(/(docker\/dockerfile)(?:[:@].*)?$/i, `$1:${tag}`)

const quotedDirective = ({ text }: Build, { span }: Pick<Frontend, 'span'>): string => text.slice(span.start, span.end)
