// Lighter images that could stand in for one, and what each would save. Functions of the reference alone, from the tables;
// whether a Dockerfile can use a variant is for a rule to judge: it gets the caveat and the tools that would be missing.
import { families } from '../data/lighter-variants.ts'
import type { FamilyRow, Risk, VariantRow } from '../data/lighter-variants.ts'
import { parseImageReference } from '../model/image-reference.ts'
import type { ImageReference } from '../model/image-reference.ts'
import { savingOf } from './image-savings.ts'
import type { Saving } from './image-savings.ts'
import { byReference, expression, nameGroups, valueOf } from './table-rows.ts'
import type { Groups } from './table-rows.ts'

/** The kind of image a reference names. */
export interface Family {
  readonly id: string
  /** In a few words: `runtime on buildpack-deps`, `compiler`, `JDK`. */
  readonly kind: string
  /** A tool for build stages: as the last stage it only adds weight. */
  readonly isBuildOnly: boolean
}

export interface LighterVariant {
  readonly family: Family
  readonly image: string
  /** Empty where the image has none (`scratch`). */
  readonly tag: string
  /** What to write in a FROM line; the registry stays as the user wrote it where the image does. */
  readonly ref: string
  readonly risk: Risk
  readonly libc: 'glibc' | 'musl' | 'none'
  readonly caveat: string
  /** Tools of the heavier image that this one lacks, as far as their packages were compared (in 2020). */
  readonly lost: readonly string[]
  /** What has to be done besides changing the image: `jlink`. */
  readonly technique?: string
  /** The variant is no longer maintained itself. */
  readonly isRetired: boolean
  /** null: nothing is known to compare. */
  readonly saving: Saving | null
}

export interface VariantOptions {
  /** Which risks are acceptable; all by default. */
  readonly risks?: readonly Risk[]
  /** Only variants known to save that much. */
  readonly minimumBytes?: number
}

/** Lighter variants in the order of the table; none for an unknown image, or behind a digest without a tag. */
export const lighterVariants = (ref: string, { risks, minimumBytes = 0 }: VariantOptions = {}): readonly LighterVariant[] =>
  allVariants(ref).filter(({ risk, saving }) => (risks?.includes(risk) ?? true) && (saving?.bytes ?? 0) >= minimumBytes)

const allVariants = byReference((ref): readonly LighterVariant[] => {
  const reference = parseImageReference(ref)
  return !reference ? [] : familiesOf(reference).flatMap(({ row, groups }) => row.lighter.flatMap(variant => candidate(reference, row, variant, groups) ?? []))
})

/** The families a reference belongs to. */
export function imageFamilies(ref: string): readonly Family[] {
  const reference = parseImageReference(ref)
  return reference ? familiesOf(reference).map(({ row }) => familyOf(row)) : []
}

/** Tags of images that else only build: they run what was built, or only fetch. */
const tagsThatRun: Readonly<Record<string, RegExp>> = { swift: /(?:^|-)slim(?:-|$)/, 'buildpack-deps': /(?:^|-)(?:curl|scm)$/ }

export interface SdkImage {
  readonly kind: string
  /** `build-tool`: belongs in no last stage. `jdk`: a Java runtime with the compiler. */
  readonly type: 'build-tool' | 'jdk'
  /** What the last stage can stand on instead. */
  readonly runtimes: readonly LighterVariant[]
}

/** Whether an image is a compiler, an SDK, a build tool or a JDK: something the last stage should not stand on; null for any other. */
export function sdkImage(ref: string): SdkImage | null {
  const reference = parseImageReference(ref)
  if (!reference) return null
  const runtimes = lighterVariants(ref, { risks: ['multi-stage'] })
  const named = families().filter(row => nameGroups(row, reference.name))
  const matching = familiesOf(reference).map(({ row }) => row)
  const builds = matching.find(row => row.buildOnly) ?? (named.every(row => row.buildOnly) ? named[0] : undefined)
  const tag = reference.tag ?? ''
  if (builds && !valueOf(tagsThatRun, builds.image)?.test(tag)) return { kind: builds.kind, type: 'build-tool', runtimes }
  const java = matching.find(row => row.kind.startsWith('JDK'))
  return java && !/jre|headless/.test(tag) ? { kind: java.kind, type: 'jdk', runtimes } : null
}

interface Match { readonly row: FamilyRow; readonly groups: Groups }

const familyOf = ({ id, kind, buildOnly }: FamilyRow): Family => ({ id, kind, isBuildOnly: buildOnly ?? false })

function familiesOf({ name, tag, digest }: ImageReference): readonly Match[] {
  if (tag === null && digest !== null) return []
  return families().flatMap(row => {
    const ofName = nameGroups(row, name)
    const ofTag = ofName && expression(row.match).exec(tag ?? 'latest')
    return ofName && ofTag ? [{ row, groups: { ...ofName, ...ofTag.groups, image: name } }] : []
  })
}

function candidate(reference: ImageReference, row: FamilyRow, variant: VariantRow, groups: Groups): LighterVariant | null {
  if (!isOffered(variant, groups)) return null
  const image = expand(variant.image, groups)
  const tag = expand(variant.tag, groups)
  if (image === null || tag === null || (image === reference.name && tag === (reference.tag ?? 'latest'))) return null
  const saving = savingOf(reference, { image, tag }, variant.samples ?? [])
  if (saving && saving.bytes <= 0) return null
  const { risk, libc, caveat, lost = [], technique, retired = false } = variant
  const written = image === reference.name ? reference.written : image
  return {
    family: familyOf(row), image, tag, ref: tag === '' ? written : `${written}:${tag}`,
    risk, libc, caveat, lost, isRetired: retired, saving, ...(technique !== undefined && { technique }),
  }
}

/** Whether that tag exists for these values, as far as the table knows. */
function isOffered({ needs, only, versions }: VariantRow, groups: Groups): boolean {
  if (needs?.some(group => groups[group] === undefined)) return false
  if (only) {
    const value = only.group === 'minor' ? /^\d+\.\d+/.exec(groups['v'] ?? '')?.[0] : groups[only.group]
    if (value === undefined || !only.values.includes(value)) return false
  }
  const version = versions && /\d+(?:\.\d+)?/.exec(versions.of.map(group => groups[group]).find(value => value !== undefined) ?? '')?.[0]
  if (!versions || version === undefined) return true
  const { min, max, except = [] } = versions
  const isTooOld = min !== undefined && compare(version, min) < 0 && !min.startsWith(`${version}.`)
  return !isTooOld && !(max !== undefined && compare(version, max) > 0) && !except.includes(version)
}

function compare(left: string, right: string): number {
  const [major = 0, minor = 0] = left.split('.').map(Number)
  const [otherMajor = 0, otherMinor = 0] = right.split('.').map(Number)
  return major - otherMajor || minor - otherMinor
}

/** Fills a template; null when a group outside brackets has no value. */
function expand(template: string, groups: Groups): string | null {
  const isUnset = (text: string): boolean => [...text.matchAll(/\{(\w+)\}/g)].some(([, group]) => groups[group!] === undefined)
  const kept = template.replace(/\[([^\]]*)\]/g, (_, inner: string) => (isUnset(inner) ? '' : inner))
  return isUnset(kept) ? null : kept.replace(/\{(\w+)\}/g, (_, group: string) => groups[group]!)
}
