// The version of a language that the repository itself names: in a file for a version manager, in a manifest, or in another Dockerfile.
import type { Build } from '../model/build.ts'
import { anyPlatform, parseImageReference } from '../model/image-reference.ts'
import { contextUsers } from './context-users.ts'

export interface NamedVersion {
  /** As precise as it is named; null where the text allows several and not the one that was asked about. */
  readonly version: string | null
  /** Where, for messages: `.nvmrc says 20`. */
  readonly says: string
}

/** What one text says of `version`: null for nothing at all, or nothing against it. */
type Reading = (text: string, version: string) => string | 'others' | null
interface Source { readonly file: string; readonly read: Reading }

const SOURCES: Readonly<Record<string, readonly Source[] | undefined>> = {
  golang: [
    { file: '.go-version', read: plain },
    { file: 'go.mod', read: text => /^toolchain\s+go(\d+\.\d+)/m.exec(text)?.[1] ?? null },
    { file: 'go.mod', read: goLine },
  ],
  node: [{ file: '.nvmrc', read: plain }, { file: '.node-version', read: plain }, { file: 'package.json', read: engines }],
  python: [{ file: '.python-version', read: plain }],
  ruby: [{ file: '.ruby-version', read: text => plain(text.replace(/^ruby-/, '')) }],
}
const NODE_LINES: Readonly<Record<string, string>> = { dubnium: '10', erbium: '12', fermium: '14', gallium: '16', hydrogen: '18', iron: '20', jod: '22', krypton: '24' }

function plain(text: string): string | null {
  const first = text.split('\n').map(line => line.trim()).find(line => line !== '' && !line.startsWith('#')) ?? ''
  return NODE_LINES[/^lts\/(\w+)$/.exec(first)?.[1] ?? ''] ?? /^v?(\d+(?:\.\d+)*)$/.exec(first)?.[1] ?? null
}

/** Since 1.21 it is the oldest Go that builds the module, and the one that is meant; before, it said little. */
function goLine(text: string): string | 'others' | null {
  const version = /^go\s+(\d+\.\d+)/m.exec(text)?.[1] ?? null
  return version !== null && Number(version.split('.')[1]) < 21 ? 'others' : version
}

function engines(text: string, version: string): string | 'others' | null {
  const range = /"engines"\s*:\s*\{[^}]*"node"\s*:\s*"([^"]*)"/.exec(text)?.[1]?.trim()
  if (range === undefined || /^(?:\*|x|latest|)$/.test(range)) return null
  const [least] = /^>=?\s*v?\d+[\d.x]*$/.exec(range) ? [Number(/\d+/.exec(range)![0])] : []
  if (least !== undefined) return least <= Number.parseInt(version, 10) ? null : 'others'
  const one = /^[\^~=v\s]*(\d+)(?:\.[\dx*]+)*$/.exec(range)?.[1] ?? /^>=\s*(\d+)[\d.]*\s+<\s*\d+(?:\.0)*$/.exec(range)?.[1]
  const upper = /^>=\s*\d+[\d.]*\s+<\s*(\d+)(?:\.0)*$/.exec(range)?.[1]
  if (one !== undefined && (upper === undefined || Number(upper) === Number(one) + 1)) return one
  return upper !== undefined && Number(upper) > Number.parseInt(version, 10) || new RegExp(`(?<![\\d.])${Number.parseInt(version, 10)}(?!\\d)`).test(range.replaceAll(/<\s*[\d.]+/g, '')) ? null : 'others'
}

/** What the repository names for the image of a language, where that is not `version`; null where it names nothing, or agrees. */
export function otherVersion(build: Build, ref: string, version: string): NamedVersion | null {
  const name = officialName(ref)
  const sources = SOURCES[name]
  if (!sources) return null
  const own = ['', '.0'].map(suffix => version + suffix)
  for (const { file, read } of sources) {
    const found = nearest(build, file)
    const named = found === null ? null : read(found.text, version)
    if (named === null) continue
    if (named === 'others') return { version: null, says: `${found!.path} names others` }
    return own.some(text => agree(text, named)) ? null : { version: named, says: `${found!.path} says ${named}` }
  }
  return ofOtherDockerfiles(build, name, version)
}

const officialName = (ref: string): string => {
  const reference = parseImageReference(ref)
  return reference === null ? '' : anyPlatform(reference.name)
}

/** As far as both go. */
function agree(a: string, b: string): boolean {
  const [parts, others] = [a.split('.'), b.split('.')]
  return parts.slice(0, others.length).every((part, at) => part === others[at])
}

/** Of the folders of the Dockerfile and the context and all above the one nearest. */
function nearest({ context: { repository, source } }: Build, name: string): { readonly path: string; readonly text: string } | null {
  const files = repository?.files ?? source
  if (files === null) return null
  for (const start of [...new Set([repository?.contextFolder ?? repository?.ownFolder ?? '', repository?.ownFolder ?? ''])]) {
    for (let folder = start; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')))) {
      const path = folder === '' ? name : `${folder}/${name}`
      const text = files.read(path)
      if (text !== null) return { path, text }
      if (folder === '') break
    }
  }
  return null
}

/** Those of the same context, and other stages of this file. */
function ofOtherDockerfiles(build: Build, name: string, version: string): NamedVersion | null {
  const found = contextUsers(build).flatMap(user => user.build.stages.flatMap(({ base }) => {
    const reference = base.kind === 'image' && base.ref !== null ? parseImageReference(base.ref) : null
    const tag = reference !== null && anyPlatform(reference.name) === name ? /^\d+(?:\.\d+)*/.exec(reference.tag ?? '')?.[0] : undefined
    return tag === undefined ? [] : [{ tag, says: `${user.name ?? 'another stage'} names ${name}:${reference!.tag}` }]
  }))
  const [first] = found
  if (!first || found.some(({ tag }) => agree(version, tag) || agree(tag, version))) return null
  const isOne = found.every(({ tag }) => agree(tag, first.tag) || agree(first.tag, tag))
  return { version: isOne ? first.tag : null, says: first.says }
}
