// Points at the command that fills the cache. Whether something empties it again is decided in src/facts/caches-left.ts.
import { uncached, type Uncached } from '../src/edits/language-caches.ts'
import { languageCachesLeft, type CacheLeft } from '../src/facts/caches-left.ts'
import { quotedCommand } from '../src/facts/command-text.ts'
import { cacheSwitchedOff, installsOf, type Install } from '../src/facts/installs.ts'
import { accountOf } from '../src/facts/package-caches.ts'
import { isForShipping } from '../src/facts/shipping.ts'
import { defineRule, mendingBy, type Report } from '../src/rule.ts'

/** What to do about the cache, by manager. Those that link what they install to their cache, as pnpm, uv and bun do, are not in it. */
const ADVICE: Readonly<Record<string, (path: string) => string>> = {
  pip: () => 'add "--no-cache-dir"',
  npm: () => 'append "&& npm cache clean --force"',
  yarn: () => 'append "&& yarn cache clean"',
  composer: () => 'append "&& composer clear-cache"',
  poetry: path => `append "&& rm -rf ${path}"`,
  pipenv: path => `append "&& rm -rf ${path}"`,
  bundler: path => `append "&& rm -rf ${path}"`,
  gem: path => `append "&& rm -rf ${path}"`,
}

/** An image that installs them is one for developers. */
const OF_DEVELOPERS = /\brequirements[-_./]dev|\bdev[-_]requirements/

/**
 * ## What it does
 *
 * Reports a RUN of the image in which pip, npm, yarn 1, composer, poetry, pipenv, bundler or gem keeps a cache of what it
 * downloaded. Only where the folder is known for certain, from the base image, USER and variables, and nothing after the
 * command in the same RUN may clean up. Options and variables that switch the cache off count, wherever they are set, and
 * so do cache mounts. pnpm, uv and bun link what they install to their cache, so it takes little room in a layer; Go, Cargo,
 * Maven, Gradle and NuGet use what they keep. Nothing is said of builder stages and of images for development, tests or builds.
 *
 * ## Why it matters
 *
 * The cache holds every package a second time, as it came from the registry, and nothing in the image will read it. What a
 * RUN leaves behind is in its layer for good: pushed, pulled and stored with the image. A
 * [cache mount](https://docs.docker.com/build/cache/optimize/#use-cache-mounts) keeps it out of the layer and for the next build.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM python:3.13-slim
 * COPY requirements.txt ./
 * RUN pip install -r requirements.txt
 * COPY . .
 * CMD ["python", "app.py"]
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM python:3.13-slim
 * COPY requirements.txt ./
 * RUN pip install --no-cache-dir -r requirements.txt
 * COPY . .
 * CMD ["python", "app.py"]
 * ```
 *
 * ## When not to use it
 *
 * When the image installs packages as it runs and should find them there, or is squashed after the build.
 *
 * ## Cost model
 *
 * No change is simulated, and no size is stated: it depends on the packages.
 *
 * ## Fix safety
 *
 * Safe where the manager itself stores or removes nothing but its cache, and where the folder of an official image is removed;
 * suggested where a variable names a folder in which the base image may have files of its own. A step that two stages have in common, and
 * that runs once, is changed in both or in none.
 */
export default defineRule({
  id: 'language-cache-in-layer',
  summary: 'The cache of a language\'s package manager stays in the image',
  category: 'layers',
  severity: 'warning',
  fixable: 'safe',

  *check(build) {
    if (!isForShipping(build)) return
    for (const left of languageCachesLeft(build)) {
      const [first, ...others] = left.commands
      const advice = ADVICE[left.manager]?.(left.path ?? '')
      if (!first || advice === undefined || OF_DEVELOPERS.test(build.text.slice(first.command.span.start, first.command.span.end))) continue
      const mount = mountFor(left)
      yield {
        at: first.command,
        message: `"${quotedCommand(build, first.command)}" leaves ${nameOf(left)} cache in the image, a second copy of what it installs: ${mount === null ? '' : `use "RUN --mount=${mount}" or `}${advice}.`,
        related: others.map(({ command }) => ({ at: command, message: 'fills the same cache' })),
        mending: mendingBy('cache', first.command),
        ...(isSmall(left) || isProjectItself(left)) && { lowered: true },
        ...fixOf(uncached(build, left)),
      }
    }
  },
})

const fixOf = (made: Uncached): Pick<Report, 'fix' | 'noFix'> => ('reason' in made ? { noFix: made.reason } : { fix: { ...made, safety: made.assumes === undefined ? 'safe' : 'suggested' } })

const nameOf = ({ manager }: CacheLeft): string => (manager === 'gem' || manager === 'bundler' ? 'the gem' : `the ${manager}`)

/** A mount belongs to root unless told otherwise; of a user whose number is not known it would be of no use. */
function mountFor({ step, path }: CacheLeft): string | null {
  const { uid } = accountOf(step)
  return path === null || uid === null ? null : `type=cache,target=${path}${uid === 0 ? '' : `,uid=${uid}`}`
}

/** Package managers themselves: a few megabytes. */
const SMALL = /^(?:pip|setuptools|wheel|npm|pnpm|yarn|corepack|bundler)$/
const installsIn = ({ step, commands }: CacheLeft): readonly Install[] => installsOf(step).filter(({ command }) => commands.includes(command))
const isSmall = (left: CacheLeft): boolean =>
  installsIn(left).every(({ packages }) => packages.length > 0 && packages.every(({ name }) => SMALL.test(name ?? '')))

/** `pip install -e .` after `pip install --no-cache-dir -r requirements.txt`: little is left to download. */
const isProjectItself = (left: CacheLeft): boolean => left.manager === 'pip'
  && installsIn(left).every(({ packages, options }) => [...packages.map(({ text }) => text), ...options.filter(({ name }) => /^(?:-e|--editable)$/.test(name)).map(({ value }) => value ?? '')].every(text => /^\.{0,2}(?:\/|$)/.test(text)) && !options.some(({ name }) => /^(?:-r|--requirement)$/.test(name)))
  && left.step.stage.steps.slice(0, left.step.index).some(step => step.kind === 'run' && installsOf(step).some(install => install.manager === 'pip' && install.from.includes('manifests') && cacheSwitchedOff(install) !== null))
