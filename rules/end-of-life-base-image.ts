// The base image is out of support. What is known of it, and as of when, comes from src/facts/ended-bases.ts.
import { figuresMade } from '../src/data/base-images.ts'
import { quotedCommand } from '../src/facts/command-text.ts'
import { endedBases, hasPaid, lastDay, productText, type EndedBase } from '../src/facts/ended-bases.ts'
import { lineOf } from '../src/facts/lines.ts'
import { isForShipping } from '../src/facts/shipping.ts'
import { isShipped } from '../src/facts/stages.ts'
import { defineRule } from '../src/rule.ts'
import type { Build } from '../src/model/build.ts'

/** Comments, commands or names that show a way to live with the old release. */
const SETTLED = /archive\.debian\.org|old-releases\.ubuntu|vault\.(?:centos|epel)|snapshot\.debian\.org|\b(?:e?lts|freexian|esm)\b|ubuntu-advantage|\bpro attach\b|end[ -]of[ -]life|\bEOL\b/i

/** A collection of releases, or of holes in them: what is in there is meant to be old. */
const OLD_ON_PURPOSE = /(?:^|\/)(?:[a-z]*[-_]?v?\d+\.\d+[\w.-]*|\d+u\d+|CVE-\d{4}-\d+[^/]*)\//i
/** What is parsed rather than built, and what others keep. */
const NOT_OURS = /(?:^|\/)(?:testfiles|testdata|(?:__)?fixtures?(?:__)?|vendor|third[-_]party|node_modules)\//
const OF_A_YEAR = /(?:^|\/)(?:(20\d\d)|_?archived?)\//

/**
 * ## What it does
 *
 * Reports a base image of which the language, the server or the distribution is no longer supported, or that its maintainers
 * have given up. The dates are those of the linter's own table, so the message says as of which day it was true. It is said as
 * information where only a builder stage uses the image, where the support ended less than a year before that day, where paid
 * support goes on, of images for development and tests, and below a folder named after a year. Silent where that is a year in
 * which the release was supported, in test data and vendored code, where the file takes packages from an archive, speaks of
 * the end of support, or is named after the release, and where a folder names the version of the software that is kept there
 * (`tomcat/8.5.19/`), as long as the build still works; of private images nothing is known.
 *
 * ## Why it matters
 *
 * The image gets no more fixes, and some releases lose their package index: `apt-get update` on Debian 10 or `yum install` on
 * CentOS 7 succeed only from the cache, and the first build without it fails
 * ([Debian: the distribution archives](https://www.debian.org/distrib/archive)).
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM python:3.7-slim-buster
 * RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*
 * CMD ["python", "-V"]
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM python:3.13-slim-trixie
 * RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*
 * CMD ["python", "-V"]
 * ```
 *
 * ## When not to use it
 *
 * When old releases are what the images are for, or their support is bought elsewhere.
 *
 * ## Cost model
 *
 * No change is simulated. The dates are those of endoflife.date and of Docker's image library.
 */
export default defineRule({
  id: 'end-of-life-base-image',
  summary: 'The base image is no longer supported',
  category: 'pinning',
  severity: 'warning',

  *check(build) {
    const bases = endedBases(build)
    if (bases.length === 0 || NOT_OURS.test(build.path) || SETTLED.test(build.text)) return
    const forShipping = isForShipping(build)
    for (const base of bases) {
      const { stage, others, moved } = base
      if (isNamedAfter(build.path.toLowerCase(), base) || moved === null && (OLD_ON_PURPOSE.test(build.path) || isOfItsTime(build.path, base))) continue
      const isLittle = !forShipping || moved === null && OF_A_YEAR.test(build.path) || stage.base.kind === 'image' && stage.base.text.includes('$') || moved === null && (![stage, ...others].some(one => isShipped(build, one)) || isRecent(base))
      yield {
        at: stage.base, message: messageOf(build, base), ...(isLittle && { lowered: true }),
        related: [...others.map(other => ({ at: other.base, message: 'the same image' })), ...moved ? [{ at: moved.command.command, message: 'needs the package index' }] : []],
      }
    }
  },
})

function messageOf(build: Build, { stage, ref, retired, ended, moved }: EndedBase): string {
  const { text } = stage.base as { readonly text: string }
  const image = text === ref ? `\`${text}\`` : `\`${text}\` (\`${ref}\`)`
  const instead = retired && retired.successors.length > 0 && (ended.length === 0 && !moved || NO_NEWER.test(ref)) ? `use ${retired.successors.slice(0, 3).map(name => `\`${name}\``).join(', ').replace(/, (?=[^,]*$)/, ' or ')} instead` : null
  if (moved) {
    return `${image} holds ${productText(moved.system)}, whose package index moved to ${moved.host} when its support was over (as of ${figuresMade}), so "${quotedCommand(build, moved.command.command, 40)}" (line ${lineOf(build, moved.command.command.span)}) fails as soon as it is not cached; ${instead === null ? 'take a release that is supported, or' : `${instead}, or take`} packages from there.`
  }
  const [first] = ended
  if (first) {
    const day = lastDay(first)
    const paid = hasPaid(first) && first.paid! > figuresMade ? `; paid support runs until ${first.paid!}` : ''
    return `${image} holds ${productText(first)}, whose ${paid === '' ? '' : 'free '}support ended${day === null ? '' : ` on ${day}`} (as of ${figuresMade}${paid}), so it gets no more fixes${paid === '' ? '' : ' without that'}; ${instead ?? 'take a version that is supported'}.`
  }
  const { status, since } = retired!
  return `${image} is no longer maintained under this name (${since === null ? HOW_IT_ENDED[status].split(' ')[0] : `${HOW_IT_ENDED[status]} ${since}`}, as of ${figuresMade}), so it gets no more fixes; ${instead ?? 'choose another image'}.`
}

/** No version of these is supported any more. */
const NO_NEWER = /(?:^|\/)(?:centos|java|openjdk|dotnet\/core\/[\w-]+):/
const HOW_IT_ENDED = { removed: 'retired since', deprecated: 'deprecated since', eol: 'ended on', moved: 'moved on' } as const

/** Kept below the folder of a year in which it was still supported, and as it was then. */
function isOfItsTime(path: string, { ended }: EndedBase): boolean {
  const year = OF_A_YEAR.exec(path)?.[1]
  return year !== undefined && ended.length > 0 && ended.every(support => (lastDay(support) ?? '') >= year)
}

/** Only paid support is left, or the free one has not been over for a year. */
function isRecent({ ended, retired }: EndedBase): boolean {
  const yearAgo = `${Number(figuresMade.slice(0, 4)) - 1}${figuresMade.slice(4)}`
  return (retired === null || retired.status === 'eol') && ended.length > 0 && ended.every(support => hasPaid(support) && support.paid! > figuresMade || (lastDay(support) ?? '') > yearAgo)
}

/** A file or folder called after the release builds on it on purpose: `centos7`, `3.6/buster`, `Dockerfile.node12`. */
const isNamedAfter = (path: string, { ended, ref }: EndedBase): boolean => {
  const tag = /:([^/@]+)/.exec(ref)?.[1]?.toLowerCase() ?? ''
  const names = [...ended.flatMap(({ product, cycle }) => [product.replace(/-linux$/, '') + cycle, `${product.replace(/-linux$/, '')}-${cycle}`, `${product.replace(/-linux$/, '')}/${cycle}`, cycle]), tag, ...tag.match(/^\d+\.\d+/) ?? [], ...tag.split('-').filter(part => /^(?:[a-z]+\d*|\d+\.\d+)$/.test(part) && !/^(?:slim|alpine|jdk|jre|fpm|cli|apache|buildpack|full)$/.test(part))]
  return names.some(name => name.length > 1 && path.split('/').some(part => part === name || part.split(/[-_.](?!\d)|(?<!\d)[-_.]/).includes(name)) || name.includes('/') && path.includes(`${name}/`))
}
