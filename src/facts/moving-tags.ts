// Tags that go from one release of an image to the next. A tag that stays within a release (`node:22`, `debian:bookworm`) counts as
// pinned, and of images nobody has heard of nothing is said: they may be built in the same repository.
import { debianNames, figuresMade, ubuntuNames } from '../data/base-images.ts'
import { anyPlatform, parseImageReference } from '../model/image-reference.ts'
import type { ImageFigure } from './base-images.ts'
import { imageFamilies, imageFigure, imageSupport, retiredImage, standsFor } from './base-images.ts'

export interface MovingTag {
  /** `node:latest` of `node`: what the engine looks up. */
  readonly ref: string
  /** Whether a tag is written at all. */
  readonly isWritten: boolean
  /** The version it stood for when the tables were made; null when not known. */
  readonly version: string | null
}

/** What makes the tag of this reference a moving one; null for a pinned or an unknown one. */
export function movingTag(ref: string): MovingTag | null {
  const reference = parseImageReference(ref)
  if (!reference || reference.digest !== null) return null
  const { tag, written } = reference
  const name = anyPlatform(reference.name)
  const official = tag === null ? name : `${name}:${tag}`
  if (!isKnown(name) || !moves(name, tag ?? 'latest') || isFrozen(name, official)) return null
  return { ref: `${written}:${tag ?? 'latest'}`, isWritten: tag !== null, version: recentVersion(name, official) }
}

/** Places with images for everybody. Other registries mostly hold images that the owner of the Dockerfile builds and tags as well. */
const publicImages = /^(?:gcr\.io\/distroless|mcr\.microsoft\.com|registry\.access\.redhat\.com|registry\.fedoraproject\.org|registry\.opensuse\.org|registry\.suse\.com|nvcr\.io\/nvidia|quay\.io\/centos|public\.ecr\.aws\/(?:lambda|amazonlinux)|cgr\.dev\/chainguard|docker\.elastic\.co)\//

const isKnown = (name: string): boolean => imageFigure(name).how !== 'none' || imageFamilies(name).length > 0 || publicImages.test(name)

function moves(name: string, tag: string): boolean {
  if (name.startsWith('gcr.io/distroless/')) return !/-debian\d/.test(name) && /^(?:latest|nonroot|debug|debug-nonroot)$/.test(tag)
  if (isRolling(tag)) return !(publicImages.test(name) && hasRelease(name))
  return imageFigure(name).how !== 'none' && !distributions.test(name) && isVariantOnly(tag)
}

/** The release stands in the name: `ubi9/ubi-minimal`. */
const hasRelease = (name: string): boolean => /\d/.test(name.slice(name.indexOf('/')))

const rolling = /^(?:latest|stable|oldstable|testing|unstable|sid|experimental|edge|nightly|lts|current|mainline|rolling|devel|rawhide|tumbleweed|tip|canary|innovation|insiders?|main|master|next|beta)$/
/** Names of the long-term lines of Node: `lts-jod` stays with 22. */
const nodeLines = /^(?:argon|boron|carbon|dubnium|erbium|fermium|gallium|hydrogen|iron|jod|krypton)$/
/** A version, a date or a commit after the word pins it: `stable-20240211`, `main-3f2a1bc`. */
const pin = /^(?:v?\d[\d.]*|(?=[a-f]*\d)[0-9a-f]{7,})$/

function isRolling(tag: string): boolean {
  const [first = '', ...rest] = tag.split(/[-_]/)
  return rolling.test(first) && !rest.some(part => pin.test(part) || nodeLines.test(part))
}

/** Their names are their releases. */
const distributions = /^(?:debian|ubuntu|buildpack-deps|neurodebian|opensuse.*|ros|r-base|clearlinux)$/
const codeNames: ReadonlySet<string> = new Set([...debianNames, ...ubuntuNames])
const variant = /^(?:alpine[\d.]*|slim|fpm|apache|cli|zts|perl|otel|management|jre|jdk|headless|onbuild|dind|git|rootless|passenger|musl|glibc|uclibc|oracle|windowsservercore|nanoserver)$/

/** `alpine`, `slim-bookworm`: the system is named, the version is not. */
const isVariantOnly = (tag: string): boolean => tag.split('-').every(part => variant.test(part) || codeNames.has(part))

/** Nobody builds it any more: the image is retired, the system that the tag names has ended, or the tag was left behind years ago. */
function isFrozen(name: string, ref: string): boolean {
  const parts = ref.slice(ref.lastIndexOf(':') + 1).split('-')
  const hasEndedSystem = imageSupport(ref).some(({ product, cycle, hasEnded }) => hasEnded && parts.some(part => codeNames.has(part) || part === `${product.replace('-linux', '')}${cycle}`))
  return retiredImage(ref) !== null || hasEndedSystem || (isOldTarget(name, ref) && !isOldTarget(name, name))
}

/** Some tags were last looked up years ago; what they stood for then says nothing. */
function recentVersion(name: string, ref: string): string | null {
  const version = isOldTarget(name, ref) ? null : standsFor(ref)
  if (version === null) return null
  // The system that is asked for stays, also where it is the one the version stands on today.
  const system = ref.slice(ref.lastIndexOf(':') + 1).split('-').find(part => codeNames.has(part))
  // Its releases are whole numbers.
  const short = name === 'node' ? version.replace(/^(\d+)\.[\d.]+/, '$1') : version
  return system === undefined || short.split('-').includes(system) ? short : `${short}-${system}`
}

function isOldTarget(name: string, ref: string): boolean {
  const version = standsFor(ref)
  return version !== null && isOlder(imageFigure(`${name}:${version}`))
}

const yearsFresh = 2
const isOlder = ({ how, date }: ImageFigure): boolean =>
  (how === 'exact' || how === 'alias') && date !== null && Number(date.slice(0, 4)) < Number(figuresMade.slice(0, 4)) - yearsFresh
