// Giving a secret to the steps that may read it, instead of declaring it for all.
import { commandsOf, type NormalCommand } from '../facts/commands.ts'
import { frontend } from '../facts/frontend.ts'
import { quoted } from '../facts/instruction-text.ts'
import { lineOf } from '../facts/lines.ts'
import { isMentioned, readsByItself, type SecretArgument } from '../facts/secret-arguments.ts'
import { isBuiltFrom } from '../facts/stage-trees.ts'
import type { Build, Instruction, RunStep, Setting } from '../model/build.ts'
import type { Fix } from '../rule.ts'
import type { TextEdit } from '../text.ts'
import { frontendLacks } from './frontend-limits.ts'
import { removed, withoutWord } from './instructions.ts'
import { withMounts } from './mounts.ts'

/** More steps with the same mount are no improvement. */
const MOST_STEPS = 4

/** A clause where the ARG has to stay. The build is called in another way afterwards, which the fix says. */
export function secretMounted(build: Build, { variable: { name }, env }: SecretArgument): Fix | string {
  const settings = declarationsOf(build, name)
  const reason = frontendLacks(build, 'a secret with env=') ?? reasonToStay(build, name, env, settings)
  if (reason) return reason
  const below = stepsBelow(build, settings)
  const other = below.find(entry => entry.kind !== 'run' && isMentioned(entry.text, name))
  if (other) return `"${quoted(other, 40)}" uses it as well`
  const steps = below.filter((entry): entry is RunStep => entry.kind === 'run' && mayRead(entry, name))
  if (steps.some(({ onbuild, mounts }) => onbuild || mounts.some(({ type, options }) => type === 'secret' && options.get('env') === name))) return 'a step of another image, or with a mount of its own, reads it'
  if (steps.length > MOST_STEPS) return `${steps.length} steps may read it`
  const id = name.toLowerCase()
  const known = frontend(build) === null ? ', its frontend is version 1.10 or newer' : ''
  return {
    title: `Mount the secret ${name} instead of declaring it`, safety: 'suggested',
    assumes: `the build is called with "--secret id=${id},env=${name}" instead of "--build-arg ${name}"${known}, and no other step reads it`,
    edits: [...settings.map(setting => undeclared(build, setting, name)), ...steps.map(step => withMounts(build, step, [`--mount=type=secret,id=${id},env=${name}`]))],
  }
}

const declarationsOf = ({ stages }: Build, name: string): readonly Setting[] => stages.flatMap(({ instructions }) => instructions.filter((entry): entry is Setting =>
  entry.kind === 'setting' && entry.keyword === 'ARG' && entry.assigns.some(assigned => assigned.name === name)))

function reasonToStay(build: Build, name: string, env: Setting | null, settings: readonly Setting[]): string | null {
  if (env) return `"${quoted(env, 40)}" keeps it for what the image starts`
  if (/SSH|PRV_?KEY|PRIVATE_?KEY/i.test(name)) return 'a key for SSH is better left to the agent, which takes other commands'
  if (build.globals.get(name)?.span) return 'it is declared above the first FROM as well'
  const given = settings.find(setting => setting.onbuild || setting.assigns.some(({ name: other, span }) => other === name && span !== null && /=\s*(?!["']{2}$)\S/.test(build.text.slice(span.start, span.end))))
  return given ? `"${quoted(given, 40)}" (line ${lineOf(build, given.span)}) gives it a value, which a secret cannot have` : null
}

/** What stands below a declaration, in its stage and those built FROM it. */
function stepsBelow({ stages }: Build, settings: readonly Setting[]): readonly Instruction[] {
  return stages.flatMap(stage => {
    const own = settings.find(setting => setting.stage === stage)
    if (settings.some(setting => isBuiltFrom(stage, setting.stage))) return stage.instructions.filter(entry => !settings.includes(entry as Setting))
    return own ? stage.instructions.slice(stage.instructions.indexOf(own) + 1).filter(entry => !settings.includes(entry as Setting)) : []
  })
}

/** It names the secret, runs what reads it by itself, or a script of the project. */
function mayRead(step: RunStep, name: string): boolean {
  const commands = commandsOf(step)
  return isMentioned([step.text, ...step.heredocs.map(({ body }) => body)].join('\n'), name) || commands === 'opaque' || commands.some(command => readsByItself(command, name) || runsScript(command))
}

const runsScript = ({ program, words }: NormalCommand): boolean => {
  const [first, ...others] = words
  return first?.value == null ? first !== undefined : /^\.{0,2}\/(?!(?:usr\/)?(?:local\/)?s?bin\/)/.test(first.value) || /^(?:make|just|task|rake|tox|nox)$/.test(program ?? '') || /^(?:ba|da|z)?sh$/.test(program ?? '') && others.some(({ value }) => value?.includes('/'))
}

function undeclared(build: Build, setting: Setting, name: string): TextEdit {
  const span = setting.assigns.find(assigned => assigned.name === name)!.span
  return setting.assigns.length > 1 && span ? withoutWord(build, { span }) : removed(build, setting)
}
