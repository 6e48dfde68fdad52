// Why an install that may depart from its lock file cannot just be told to keep to it: the strict form asks for more than the loose one.
import { stepBelow } from '../cache/context-reads.ts'
import type { Build, Step } from '../model/build.ts'
import { absolutePath, baseName, destinationOf, isWithin } from './image-paths.ts'
import { joinPath } from './install-sources.ts'
import { installsOf, type Install } from './installs.ts'
import type { LooseInstall } from './loose-installs.ts'
import { originOf } from './origins.ts'
import { strangeSettings } from './pnpm-settings.ts'

/** null where nothing is known to speak against it. */
export function strictReason(build: Build, { install, manifest, lock }: LooseInstall): string | null {
  if (install.step.form !== 'shell' || install.step.onbuild) return 'the command is not in a script of this file'
  const texts = { manifest: build.context.read(manifest.path) ?? '', lock: build.context.read(lock.path) ?? '' }
  switch (install.manager) {
    case 'npm': return npmReason(install) ?? membersReason(manifest.path, texts.manifest)
    case 'pnpm': return pnpmReason(build, texts) ?? strangeSettings(build, lock.path)
    case 'yarn': return /^__metadata:/m.test(texts.lock) || install.flavour === 'berry' ? berryReason(build, install, texts) ?? membersReason(manifest.path, texts.manifest) : null
    case 'bundler': return /\bENV\b|^\s*(?:if|unless|case)\b/m.test(texts.manifest) ? 'the Gemfile asks for other gems in other environments' : null
    case 'uv': return /^\[tool\.uv\.workspace\]/m.test(texts.manifest) ? `${baseName(manifest.path)} names further projects, which the lock file has to fit as well` : null
    case 'mix': return /\belixir\S*:1\.(?:1[5-9]|[2-9]\d)/.test(baseText(install)) ? null : '"--check-locked" came with Elixir 1.15, and which one runs is not known'
    default: return null
  }
}

const membersReason = (path: string, text: string): string | null => (/"workspaces"\s*:/.test(text) ? `${baseName(path)} names workspaces, which the lock file has to fit as well` : null)

function baseText({ step }: Install): string {
  let { stage } = step
  while (stage.base.kind === 'stage') ({ stage } = stage.base)
  return stage.base.kind === 'image' ? stage.base.ref ?? '' : ''
}

/** `npm ci` removes `node_modules` first, with all that the lock file does not name. */
function npmReason(install: Install): string | null {
  const folder = joinPath(install.directory!, 'node_modules')
  const mounts = install.step.mounts.flatMap(({ target }) => (target === null ? [] : absolutePath(install.step.workdir, target) ?? []))
  if (mounts.some(target => isWithin(target, folder) || target === folder)) return '"npm ci" removes node_modules, which is a mount here'
  for (let at: Step | null = install.step; at; at = stepBelow(at)) {
    if (at.kind === 'run') {
      const other = installsOf(at).find(({ directory, global, span }) => directory === install.directory && !global && span.start < install.span.start)
      if (other?.row.ecosystem === 'javascript' || /\bnpm\s+(?:link|ln)\b/.test(at.text)) return '"npm ci" removes what was installed in node_modules before'
    } else if (at.kind !== 'workdir') {
      const place = destinationOf(at)
      if (place === null || isWithin(place, folder) || at.sources.some(source => /(?:^|\/)node_modules\/?$/.test(source))) return '"npm ci" removes what was copied into node_modules before'
    }
  }
  return null
}

interface Texts { readonly manifest: string; readonly lock: string }

/** pnpm reads lock files of other versions, but holds none of them. */
function pnpmReason({ text }: Build, { manifest, lock }: Texts): string | null {
  const format = Number(/^lockfileVersion:\s*['"]?(\d+)/m.exec(lock)?.[1] ?? 0)
  const named = /"packageManager"\s*:\s*"pnpm@(\d+)/.exec(manifest)?.[1] ?? /\bpnpm@\^?(\d+)/.exec(text)?.[1]
  const fits = named === undefined ? format >= 9 : format >= 9 ? Number(named) >= 9 : format === 6 ? Number(named) === 8 : Number(named) < 8
  return fits ? null : `which pnpm runs, and whether it holds to a lock file of version ${format}, is not known`
}

const FORMATS: Readonly<Record<string, string | undefined>> = { 2: '4', 3: '6', 4: '8' }

/** Yarn writes the lock file anew where another major version wrote it. */
function berryReason(build: Build, { step, directory }: Install, { manifest, lock }: Texts): string | null {
  const settings = originOf(build, step, joinPath(directory!, '.yarnrc.yml'))
  const text = settings === null || settings === 'unknown' ? '' : build.context.read(settings.path) ?? ''
  const major = /"packageManager"\s*:\s*"yarn@(\d+)/.exec(manifest)?.[1] ?? /^yarnPath:.*yarn-(\d+)\./m.exec(text)?.[1]
  const format = /^__metadata:\s*\n\s+version:\s*(\d+)/m.exec(lock)?.[1]
  return major !== undefined && FORMATS[major] === format ? null : 'which Yarn runs, and whether it wrote the lock file, is not known'
}
