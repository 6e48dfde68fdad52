// Settings of pnpm that its lock file remembers: pnpm holds to a lock file only where it finds the same again, and from version 11 on it
// reads them from `pnpm-workspace.yaml` alone.
import type { Build } from '../model/build.ts'

/** Settings as the lock file names them, where they are not what pnpm takes by itself. Source: pnpm's config/reader and lockfile/settings-checker. */
const NOT_USUAL = /^ {2}(autoInstallPeers: false|excludeLinksFromLockfile: true|injectWorkspacePackages: true|dedupePeers: true)[ \t]*\r?$/m
const FIRST_WITHOUT = 11

/** Why pnpm may not hold to this lock file, as a clause; null where nothing speaks against it. */
export function strangeSettings({ context, text }: Build, lock: string): string | null {
  const folder = lock.slice(0, lock.lastIndexOf('/') + 1)
  const read = (name: string): string => {
    const found = context.read(folder + name)
    return found === null || found === 'unknown' ? '' : found
  }
  const [, settings = ''] = /^settings:\r?\n((?: .*\r?\n)*)/m.exec(read('pnpm-lock.yaml')) ?? []
  const [, line] = NOT_USUAL.exec(settings) ?? []
  if (line === undefined) return null
  const [name = ''] = line.split(':')
  const version = /"packageManager"\s*:\s*"pnpm@(\d+)/.exec(read('package.json'))?.[1] ?? /\bpnpm@[\^~]?(\d+)/.exec(text)?.[1]
  const variable = name.replace(/[A-Z]/g, letter => `_${letter}`)
  const isSet = new RegExp(`^${name}\\s*:`, 'm').test(read('pnpm-workspace.yaml')) || new RegExp(`${variable}|${variable.replaceAll('_', '-')}`, 'i').test(text)
  if (isSet || version !== undefined && Number(version) < FIRST_WITHOUT) return null
  return `the lock file says "${line}", and ${version === undefined ? 'a newer pnpm, which nothing here rules out,' : `pnpm ${version}`} reads that from pnpm-workspace.yaml alone`
}
