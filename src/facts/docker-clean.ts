// apt's cache mounts in images whose hook empties the cache after each install: /etc/apt/apt.conf.d/docker-clean, which Docker's own
// Debian and Ubuntu images carry.
import type { Build, Instruction, Stage } from '../model/build.ts'
import { osOf } from './base-images.ts'
import { cacheMounts, usersOf, type CacheMount } from './cache-mounts.ts'
import { commandsOf } from './commands.ts'
import { fact } from './fact.ts'
import { isWithin } from './image-paths.ts'
import type { Install } from './installs.ts'
import { isUnknown } from './lone-refreshes.ts'
import { rootOf } from './stage-trees.ts'

export interface CleanedMount { readonly cache: CacheMount; readonly install: Install }

const ARCHIVES = '/var/cache/apt/archives'
/** Whatever touches apt's settings may have taken the hook away. */
const SETTINGS = /docker-clean|Keep-Downloaded|apt\.conf|\/etc\/apt\/?["'\s]|APT::/i

export const cleanedMounts = fact((build: Build): readonly CleanedMount[] => cacheMounts(build).flatMap(cache => {
  if (cache.path === null || !isWithin(ARCHIVES, cache.path) && cache.path !== ARCHIVES || cache.path === '/') return []
  const install = usersOf(cache).find(({ manager, effect }) => manager === 'apt' && effect !== 'fetch')
  return install && hasHook(cache.step.stage) && !mayHaveChanged(cache) ? [{ cache, install }] : []
}))

/** Images that are built on Debian's and Ubuntu's by Docker's rules. */
function hasHook(stage: Stage): boolean {
  const { base } = rootOf(stage)
  const system = base.kind === 'image' && base.ref !== null ? osOf(base.ref) : null
  return system !== null && /^(?:debian|ubuntu)$/.test(system.family)
}

/** Whether an instruction up to this step may have changed apt's settings, as far down as the file goes. */
function mayHaveChanged({ step }: CacheMount): boolean {
  const own = step.stage.instructions.slice(0, step.stage.instructions.indexOf(step) + 1)
  const below: Instruction[] = []
  for (let stage = step.stage; stage.base.kind === 'stage'; stage = stage.base.stage) below.push(...stage.base.stage.instructions)
  return [...own, ...below].some(instruction => SETTINGS.test(`${instruction.text} `) || instruction.kind === 'run' && runsScripts(instruction) || instruction.kind === 'copy' && /\/etc\/?(?:apt.*)?$/.test(instruction.target ?? '/etc'))
}

const runsScripts = (step: Extract<Instruction, { kind: 'run' }>): boolean => {
  const commands = commandsOf(step)
  return commands === 'opaque' || commands.some(isUnknown)
}
