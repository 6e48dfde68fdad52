// Addresses that ADD fetches, and what can be known of them from their text.
import type { Build, CopyStep, Stage } from '../model/build.ts'
import type { Span } from '../text.ts'
import { fact } from './fact.ts'
import { baseName } from './image-paths.ts'

export interface RemoteFile {
  readonly step: CopyStep
  readonly url: string
  readonly span: Span
  /** Whether the address names a version, so that what it holds should not change. */
  readonly isVersioned: boolean
}

/** Files that ADD fetches by HTTP from a public server without a checksum, in stages that are built. Repositories are no files: their key is a commit. */
export const unverifiedFiles = fact((build: Build): readonly RemoteFile[] => build.stages.flatMap(stage => (!stage.reachable || stage.windows ? [] : stage.steps.flatMap(step =>
  (step.kind !== 'add' || step.onbuild || step.flags.some(({ name }) => name === 'checksum') ? [] : step.remotes.flatMap((url, at) =>
    (isFile(url) && isPublic(url) && !isVerified(step, url) ? [{ step, url, span: step.remoteSpans[at]!, isVersioned: isVersioned(url) }] : [])))))))

const isFile = (url: string): boolean => /^https?:\/\//i.test(url) && !/\.git(?:[#?]|$)/.test(url)

/** Whether a RUN of the stage looks at what came: with a checksum or a signature. */
const isVerified = (step: CopyStep, url: string): boolean => [url, step.target ?? ''].some(path => verifiedNames(step.stage).has(baseName(path)))

/** Words of the steps that verify something, without folders. */
const verifiedNames = fact((stage: Stage): ReadonlySet<string> => new Set(stage.steps.flatMap(step =>
  (step.kind === 'run' && /(?:sha\d+|sha|md5|b2)sum\b|\bverify\b/.test(step.text) ? step.text.split(/[^\w.+@~:-]+/).filter(word => word.length > 1) : []))))

/** Servers of a build or a company answer fast and belong to whoever writes the Dockerfile. */
function isPublic(url: string): boolean {
  const host = /^https?:\/\/(?:[^@/]*@)?(\[[^\]]*\]|[^:/?#]*)/i.exec(url)?.[1]?.toLowerCase() ?? ''
  return host.includes('.') && !/^(?:127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.)/.test(host) && !/\.(?:local|localhost|lan|internal|corp|home|intranet|test|svc)$/.test(host)
}

/** A number with parts or a commit, and no name that moves. */
const isVersioned = (url: string): boolean => /\d+[._-]\d+|\/[0-9a-f]{7,40}(?:\/|$)/.test(url.replace(/^https?:\/\/[^/]*/i, '')) && !/\/(?:latest|master|main|nightly|head)(?:[/.]|$)/i.test(url)
