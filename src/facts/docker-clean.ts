// apt's cache mounts in images whose hook empties the cache after each install: /etc/apt/apt.conf.d/docker-clean, which Docker's own
// Debian and Ubuntu images carry.
import type { Build, Instruction, RunStep, Stage } from '../model/build.ts'
import { osOf } from './base-images.ts'
import { cacheMounts, usersOf, type CacheMount } from './cache-mounts.ts'
import { commandsOf } from './commands.ts'
import { fact } from './fact.ts'
import { isWithin } from './image-paths.ts'
import type { Install } from './installs.ts'
import { isUnknown } from './lone-refreshes.ts'
import { rootOf, stagesBelow } from './stage-trees.ts'

export interface CleanedMount { readonly cache: CacheMount; readonly install: Install }

const ARCHIVES = '/var/cache/apt/archives'
/** Whatever touches apt's settings may have taken the hook away. */
const SETTINGS = /docker-clean|Post-Invoke|#clear|apt\.conf|\/etc\/apt\/?["'\s]|APT::/i
/** A file more beside that of the hook, with settings that keep or fetch packages, takes nothing away. */
const HARMLESS = /(?:>>?|\btee(?:\s+-a)?)\s*["']?\/etc\/apt\/apt\.conf\.d\/(?!docker-clean)[\w.-]+|\b(?:Binary::apt::)?(?:APT::(?:Keep-Downloaded-Packages|Install-Recommends|Install-Suggests|Get::[\w-]+)|Acquire::[\w:-]+)/gi

export const cleanedMounts = fact((build: Build): readonly CleanedMount[] => cacheMounts(build).flatMap(cache => {
  if (cache.path === null || !isWithin(ARCHIVES, cache.path) && cache.path !== ARCHIVES || cache.path === '/') return []
  const install = usersOf(cache).find(({ manager, effect }) => manager === 'apt' && effect !== 'fetch')
  return install && isHookActive(cache.step) ? [{ cache, install }] : []
}))

/** Whether the hook is known to be there when this step is executed. */
export const isHookActive = (step: RunStep): boolean => hasHook(step.stage) && !mayHaveChanged(step)

/** Images that are built on Debian's and Ubuntu's by Docker's rules. */
function hasHook(stage: Stage): boolean {
  const { base } = rootOf(stage)
  if (base.kind !== 'image' || base.ref === null) return false
  return /^(?:debian|ubuntu)$/.test(osOf(base.ref)?.family ?? '') || DERIVED.test(base.ref)
}
/** Their Dockerfiles start from Ubuntu's image and leave the hook; read 2026-08. */
const DERIVED = /^(?:(?:docker\.io|nvcr\.io)\/)?nvidia\/cuda:[\w.-]*ubuntu[\d.]+(?:@|$)|^(?:docker\.io\/)?pytorch\/pytorch(?:[:@]|$)/

/** Whether an instruction up to this step may have changed apt's settings, as far down as the file goes. */
function mayHaveChanged(step: RunStep): boolean {
  const own = step.stage.instructions.slice(0, step.stage.instructions.indexOf(step) + 1)
  const below = stagesBelow(step.stage).slice(1).flatMap(({ instructions }) => instructions)
  return [...own, ...below].some(instruction => SETTINGS.test(`${instruction.text} ${heredocsOf(instruction)}`.replace(HARMLESS, '')) || instruction.kind === 'run' && runsScripts(instruction) || instruction.kind === 'copy' && /\/etc\/?(?:apt.*)?$/.test(instruction.target ?? '/etc'))
}

const heredocsOf = (instruction: Instruction): string => (instruction.kind === 'run' || instruction.kind === 'copy' || instruction.kind === 'add' ? instruction.heredocs.map(({ body }) => body).join('\n') : '')

const runsScripts = (step: Extract<Instruction, { kind: 'run' }>): boolean => {
  const commands = commandsOf(step)
  return commands === 'opaque' || commands.some(isUnknown)
}
