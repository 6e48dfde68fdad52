// A tag as tables of images see it: a version and the variant of the image after it. Pure text, nothing looked up.
import { debianNames, ubuntuNames } from '../data/base-images.ts'

export interface TagParts {
  /** Numbers of the version, the main one first; empty when the tag names none. */
  readonly version: readonly number[]
  /** The version as written, without what an update of Java adds: `8` of `8u342`. */
  readonly versionText: string
  /** What follows the version, with the hyphen or underscore before it. */
  readonly tail: string
  /** The same without it; the whole tag where there is no version, nothing for `latest`. */
  readonly rest: string
  /** `rest` without code names and the release of Alpine: tags that agree in it are one variant on several distributions. */
  readonly variant: string
  /** `8u342-jre` counts as `8-jre`. */
  readonly isJavaUpdate: boolean
}

const versioned = /^(v?\d+(?:[._]\d+)*)(u\d+(?:-b\d+)?)?(?=$|[-_])/
const codeNames: ReadonlySet<string> = new Set([...debianNames, ...ubuntuNames])
/** Versions are compared, so a number beyond any real one may be any large one. */
const largest = 1e9

export function tagParts(tag: string): TagParts {
  const [found = '', versionText = '', update] = versioned.exec(tag) ?? []
  const tail = tag.slice(found.length)
  const rest = found !== '' ? tail.slice(1) : tag === 'latest' ? '' : tag
  return {
    version: (versionText.match(/\d+/g) ?? []).map(number => Math.min(Number(number), largest)),
    versionText, tail, rest, variant: variantOf(rest), isJavaUpdate: update !== undefined,
  }
}

const variantOf = (rest: string): string =>
  rest.replace(/alpine-?\d[\d.]*/g, 'alpine').split('-').filter(part => !codeNames.has(part)).join('-')

/** The tag with ever shorter versions, the longest first: `22.11.0-slim` gives `22.11-slim` and `22-slim`. */
export function shorterTags({ versionText, tail, isJavaUpdate }: TagParts): readonly string[] {
  const shorter: string[] = isJavaUpdate ? [versionText + tail] : []
  for (let cut = lastPart(versionText); cut > 0; cut = lastPart(versionText.slice(0, cut))) shorter.push(versionText.slice(0, cut) + tail)
  return shorter
}

const lastPart = (version: string): number => Math.max(version.lastIndexOf('.'), version.lastIndexOf('_'))

const familyMarks: readonly (readonly [RegExp, string])[] = [
  [/^chiseled$/, 'ubuntu-chiseled'], [/^distroless$/, 'azurelinux-distroless'], [/^alpine/, 'alpine'], [/^ubuntu/, 'ubuntu'],
  [/^centos\d/, 'centos'], [/^(?:amazonlinux|al2)/, 'amazonlinux'], [/^oraclelinux/, 'oraclelinux'], [/^ubi\d/, 'rhel'],
  [/^rockylinux/, 'rockylinux'], [/^fedora\d/, 'fedora'], [/^azurelinux/, 'azurelinux'], [/^cbl$/, 'cbl-mariner'],
  [/^(?:windowsservercore|nanoserver|windows)/, 'windows'],
]

/** The family of systems that a tag names: `alpine` of `22-alpine`, `debian` of `22-bookworm`. */
export function familyInTag({ rest }: TagParts): string | undefined {
  const parts = rest.split('-')
  const marked = familyMarks.find(([mark]) => parts.some(part => mark.test(part)))
  if (marked) return marked[1]
  if (parts.some(part => debianNames.includes(part))) return 'debian'
  return parts.some(part => ubuntuNames.includes(part)) ? 'ubuntu' : undefined
}
