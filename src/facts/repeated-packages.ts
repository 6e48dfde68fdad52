// Packages of the distribution that are installed although they are there: by the same list, or by a step below.
import type { Build, RunStep, Stage } from '../model/build.ts'
import { commandsOf, type NormalCommand } from './commands.ts'
import { fact } from './fact.ts'
import { installsOf, type Install, type PackageName } from './installs.ts'
import { CHANGES_SOURCES } from './system-upgrades.ts'

export interface RepeatedPackage { readonly name: PackageName; readonly earlier: PackageName; readonly earlierInstall: Install }
export interface RepeatedInstall {
  readonly install: Install
  /** In the order of the text. Never empty. */
  readonly repeated: readonly RepeatedPackage[]
  /** Whether it installs nothing else. */
  readonly isAll: boolean
}

interface Known { readonly name: PackageName; readonly install: Install }
/** What is certainly installed at a point; what the stage below installed is looked up there. */
interface Installed { readonly below: Installed | null; readonly own: Map<string, Known>; isCut: boolean }

/** Stages built FROM one another beyond this many are not looked into. */
const MOST_STAGES = 50

export const repeatedPackages = fact((build: Build): readonly RepeatedInstall[] => {
  const found: RepeatedInstall[] = []
  const ends = new Map<Stage, Installed>()
  for (const stage of build.stages) {
    if (!stage.reachable || stage.windows) continue
    const state: Installed = { below: stage.base.kind === 'stage' ? ends.get(stage.base.stage) ?? null : null, own: new Map(), isCut: false }
    for (const step of stage.steps) {
      if (step.kind === 'run' && !step.onbuild) readStep(step, state, found)
      else if (CHANGES_SOURCES.test(step.text)) forgetAll(state)
    }
    ends.set(stage, state)
  }
  return found
})

function forgetAll(state: Installed): void {
  state.own.clear()
  state.isCut = true
}

function readStep(step: RunStep, state: Installed, found: RepeatedInstall[]): void {
  const commands = commandsOf(step)
  // What is not known may remove packages, and other sources may hold other versions.
  if (commands === 'opaque' || CHANGES_SOURCES.test(step.text)) forgetAll(state)
  if (commands === 'opaque') return
  const installs = new Map(installsOf(step).map(install => [install.command, install]))
  for (const command of commands) {
    const install = installs.get(command)
    if (mayRemove(command)) forgetAll(state)
    else if (install && isPlain(install)) noteInstall(install, state, found)
  }
}

const OTHER_SOURCE = /^(?:-t|-X|-c|--(?:virtual|target-release|default-release|repository|repo|repoid|enablerepo|disablerepo|from|reinstall|upgrade|only-upgrade|force-reinstall|root|latest|available))$/

const isPlain = ({ row, effect, verb, options, intoOtherRoot, command }: Install): boolean => row.ecosystem === 'os' && row.name !== 'nix' && row.name !== 'brew' && effect === 'install' && /^(?:install|add|in|-S\w*)$/.test(verb) && !intoOtherRoot
  && !command.command.conditional && !options.some(({ name }) => OTHER_SOURCE.test(name) || row.name === 'apk' && name === '-u')

function noteInstall(install: Install, state: Installed, found: RepeatedInstall[]): void {
  const repeated: RepeatedPackage[] = []
  for (const name of install.packages) {
    if (name.kind !== 'registry' || name.name === null || name.version !== null || /[*?+-]$|[*?[]/.test(name.name)) continue
    const key = `${install.manager} ${name.name}`
    const known = lookUp(state, key)
    if (known) repeated.push({ name, earlier: known.name, earlierInstall: known.install })
    else state.own.set(key, { name, install })
  }
  if (repeated.length > 0) found.push({ install, repeated, isAll: repeated.length === install.packages.length })
}

function lookUp(state: Installed, key: string): Known | undefined {
  let at: Installed | null = state
  for (let depth = 0; at && depth < MOST_STAGES; depth++) {
    const known = at.own.get(key)
    if (known) return known
    at = at.isCut ? null : at.below
  }
  return undefined
}

/** Removals, downgrades and scripts that may do either. */
const mayRemove = ({ program, words, command }: NormalCommand): boolean => program === null ? command.words.length > 0
  : /^(?:apt-get|apt|aptitude|apk|dnf5?|yum|microdnf|tdnf|zypper|pacman|dpkg|rpm)$/.test(program) ? words.some(({ value }) => value === null ? false : /^(?:remove|purge|autoremove|autopurge|erase|del|rm|downgrade|swap|-R\w*|-r|-P|-e|--purge|--remove|--erase)$/.test(value))
    : /^(?:ba|da|z|a)?sh$|^(?:source|\.|eval)$|\.(?:sh|bash|py)$/.test(program)
