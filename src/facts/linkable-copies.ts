// Copies out of a builder stage at the end of the image that could be linked: their destinations are plain folders of root's.
import type { Build, CopyStep, Stage, Step } from '../model/build.ts'
import { parseImageReference } from '../model/image-reference.ts'
import { takesWholeContext } from './broad-copies.ts'
import { fact } from './fact.ts'
import { frontend } from './frontend.ts'
import { destinationOf, isWithin } from './image-paths.ts'
import { rootOf, stagesBelow } from './stage-trees.ts'
import { shippedStages } from './stages.ts'
import { costOfAll } from './step-costs.ts'

export interface LinkableCopies {
  /** In the order of the file. Never empty. */
  readonly copies: readonly CopyStep[]
  /** The stage the first one copies from. */
  readonly source: Stage
}

/** Null when nothing at the end of the target stage could be linked for a gain. */
export const linkableCopies = fact((build: Build): LinkableCopies | null => {
  const { target } = build
  const chosen = frontend(build)
  if (target.windows || !isRootsImage(build) || chosen === 'other' || chosen?.minor != null && chosen.minor < 4) return null
  const end = target.steps.slice(target.steps.findLastIndex(step => step.kind === 'run') + 1)
  const linkable = end.filter((step): step is CopyStep => step.kind === 'copy' && isLinkable(build, step))
  const copies = linkable.filter(copy => !isNeededElse(target, copy, linkable) && mayOutlive(build, copy))
  const [first] = copies
  if (!first || first.from.kind !== 'stage') return null
  return { copies, source: first.from.stage }
})

/** Another step of the stage needs the source all the same, so nothing is gained. */
const isNeededElse = ({ steps }: Stage, { from }: CopyStep, linkable: readonly Step[]): boolean => from.kind === 'stage' && steps.some(step =>
  (step.kind === 'run' ? step.mounts.some(mount => mount.from.kind === 'stage' && mount.from.stage === from.stage) : step.kind !== 'workdir' && step.from.kind === 'stage' && step.from.stage === from.stage && !step.link && !linkable.includes(step)))

const stepsBelow = (stage: Stage): readonly Step[] => stagesBelow(stage).flatMap(({ steps }) => steps)

/** Whether something below the copy may change and leave its source as it is: on the same image both are built again. */
function mayOutlive(build: Build, copy: CopyStep): boolean {
  if (copy.from.kind !== 'stage') return false
  const [here, there] = [rootOf(build.target).base, rootOf(copy.from.stage).base]
  if (here.kind !== 'image' || there.kind !== 'image' || here.ref !== there.ref) return true
  const shared = stagesBelow(copy.from.stage)
  const takesAll = stepsBelow(copy.from.stage).some(step => step.kind === 'copy' && takesWholeContext(step))
  return stagesBelow(build.target).filter(stage => !shared.includes(stage)).flatMap(({ steps }) => steps).some(step =>
    (step.stage !== copy.stage || step.index < copy.index) && (step.kind === 'run' || (step.kind === 'copy' || step.kind === 'add') && step.from.kind === 'context' && !takesAll))
}

/** Images that start as root, so that WORKDIR makes folders of root's; read 2026-08 on Docker Hub and mcr.microsoft.com. */
const ROOTS = /^(?:alpine|debian|ubuntu|busybox|node|python|ruby|php|golang|rust|perl|elixir|erlang|nginx|httpd|caddy|traefik|tomcat|jetty|eclipse-temurin|openjdk|amazoncorretto|amazonlinux|buildpack-deps|bun)$/
const OTHER_ROOTS = /^gcr\.io\/distroless\/(?!.*nonroot)|^mcr\.microsoft\.com\/dotnet\/(?:aspnet|runtime|runtime-deps)(?::(?!.*(?:chiseled|distroless))|$)/

function isRootsImage(build: Build): boolean {
  const { base, span } = rootOf(build.target)
  if (base.kind !== 'image' || base.ref === null || /--platform/i.test(build.text.slice(span.start, span.end))) return false
  const reference = parseImageReference(base.ref)
  return reference !== null && (ROOTS.test(base.ref.replace(/^(?:docker\.io\/)?(?:library\/)?/, '').replace(/[:@].*$/, '')) || OTHER_ROOTS.test(base.ref))
}

/** The result is worth keeping, and a layer of its own gives the same image. An owner is given to every folder on the way, `/usr` among them. */
function isLinkable(build: Build, copy: CopyStep): boolean {
  if (copy.from.kind !== 'stage' || copy.link || copy.onbuild || copy.chmod !== null || copy.chown !== null && !/^0(?::0)?$/.test(copy.chown)) return false
  if (!isRoot(copy.user) || costOfAll(stepsBelow(copy.from.stage)).seconds < LEAST_SECONDS) return false
  const folder = destinationOf(copy)
  return folder !== null && isPlainFolder(folder) && hasPlainMeaning(build, copy, folder) && !isTouched(build, folder)
}

/** Names of folders: their content is copied, whether or not the destination is there. */
const FOLDERS = /(?:^|\/)(?:dist|build|public|out|output|publish|static|www|html|site|_site|browser|client|assets|node_modules|packages|classes|lib|libs|META-INF|BOOT-INF|venv|\.venv|vendor|templates|views|conf|config|migrations|\.next|standalone|release|bin)\/?$/

/**
 * A file for a folder that is there goes into it; linked, it would take its place. So the destination says that it is a folder, the
 * source is one, or nothing can be there.
 */
function hasPlainMeaning(build: Build, { sources, target }: CopyStep, folder: string): boolean {
  if (sources.length > 1 || /(?:^|\/)\.?$/.test(target ?? '')) return true
  if (FOLDERS.test(sources[0] ?? '') && !/(?:^|\/)bin$/.test(sources[0] ?? '')) return true
  const steps = shippedStages(build).flatMap(stage => stage.steps)
  return !/^\/usr\/(?:share\/nginx\/html|local\/bin|src)$/.test(folder) && steps.every(step => (step.kind === 'workdir' ? step.path !== null && !isWithin(step.path, folder) : step.kind !== 'run' ? !isWithin(destinationOf(step) ?? '/', `${folder}/`) : !/\b(?:mkdir|install)\b/.test(step.text)))
}

/** What is rebuilt faster than this is not worth a word. */
const LEAST_SECONDS = 10

/** Folders that are no links in any of these images, or not there before; home folders belong to their users. */
function isPlainFolder(folder: string): boolean {
  if (/^\/(?:app|srv|code|workspace|dist|site|server|service)(?:\/|$)|^\/opt\/[^/]+|^\/usr\/(?:src\/[^/]+|share\/nginx\/html$|local\/bin(?:\/|$))/.test(folder)) return true
  // A program right below the root.
  return /^\/(?!bin$|sbin$|lib|usr$|var$|etc$|home$|root$|run$|tmp$|dev$|proc$|sys$|mnt$|media$|boot$|opt$|srv$)[\w.-]+$/.test(folder)
}

const CHANGES = /\b(?:chown|chmod|chgrp|ln|useradd|adduser|addgroup|setfacl|install|mount)\b/
const isRoot = (user: string | null): boolean => user === null || /^(?:root|0)(?::|$)/.test(user)

/** Whether a step of the image may have given the folder, or one above it, another owner, mode or meaning. */
function isTouched(build: Build, folder: string): boolean {
  const top = folder.split('/').slice(0, folder.startsWith('/usr/') ? 4 : 2).join('/')
  return shippedStages(build).some(stage => stage.steps.some(step => {
    if (step.kind === 'workdir') return !isRoot(step.user)
    if (step.kind !== 'run') return step.chown !== null && !/^0(?::0)?$|^root/.test(step.chown) && isWithin(destinationOf(step) ?? top, top) && isWithin(folder, destinationOf(step) ?? top) && destinationOf(step) !== folder
    const text = [step.text, ...step.heredocs.map(({ body }) => body)].join('\n')
    return CHANGES.test(text) && (text.includes(top) || /(?:^|\s)\.{1,2}(?:\/|\s|$)|[~$]/.test(text))
  }))
}
