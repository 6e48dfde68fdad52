// Secrets that a build gets as ARG and uses to fetch something: by their names and by what the commands do with them.
import type { Build, RunStep, Setting, Stage, Variable } from '../model/build.ts'
import type { Span } from '../text.ts'
import { commandsOf, type NormalCommand } from './commands.ts'
import { fact } from './fact.ts'
import { installsOf } from './installs.ts'
import { isShipped } from './stages.ts'

export interface SecretArgument {
  readonly setting: Setting
  readonly variable: Variable
  /** The first step that uses it, and the command there; the step where no command names it. */
  readonly step: RunStep
  readonly use: { readonly span: Span }
  /** The ENV that passes it on, if any. */
  readonly env: Setting | null
  /** Whether its value ends up in the history or the environment of the image. */
  readonly isShipped: boolean
}

/** The last word of a name. A bare KEY, AUTH or ID may be anything. */
const SECRET = /(?:^|_)(?:TOKEN|PASSWORD|PASSWD|PASSPHRASE|SECRETS?|CREDENTIALS?|PRIVATE_?KEY|SSH_?KEY|DEPLOY_?KEY|ACCESS_?KEY|SECRET_?KEY|API_?KEY|ACCESS_?TOKEN|PAT)$|^(?:COMPOSER_AUTH|NPM_AUTH|NODE_AUTH_TOKEN|SSH_PRV_KEY|SSH_PRIVATE_KEY)$/
/** Values that end up in what is shipped to browsers, or only name a secret. */
const PUBLIC = /(?:^|_)(?:PUBLIC|PUBLISHABLE|VITE|REACT_APP|VUE_APP|EXPO|GATSBY|NUXT|NEXT|MAPBOX|SITE|RECAPTCHA|FAKE|DUMMY|TEST)(?:_|$)/

/** Commands and words of a step that logs in to somewhere to fetch from there. */
const FETCHES = /_authToken|npm config|\.npmrc|\.netrc|\.pypirc|\.ssh\b|ssh-add|id_(?:rsa|ed25519)|\bgit\b|\b(?:composer|bundle|gem|poetry|uv|pip3?)\b|authorization|\bcurl\b|\bwget\b|--index-url|--extra-index-url|nuget|NuGet|dotnet restore|settings\.xml|\b(?:aws|gsutil|gcloud|az|gh|glab|jfrog|jf) /i
/** The secret is to stay in the image: a mount would hide that it changed. */
const SETS_UP = /\bchpasswd\b|(?<!\/)\bpasswd\s|\bhtpasswd\b|\buser(?:add|mod)\b[^&;|]*\s(?:-p|--password)\b|\bopenssl passwd\b|\bkeytool\b|\bmysql(?:admin|d)?\s+-|\bpsql\s|\bcreateuser\b|\b(?:ALTER|CREATE) USER\b|\bGRANT\b/

/** Managers that read a token of this name by themselves. */
const READERS: readonly (readonly [RegExp, RegExp])[] = [
  [/^(?:NPM_|NODE_AUTH_)/, /^(?:npm|yarn|pnpm|bun)$/],
  [/^COMPOSER_AUTH$/, /^composer$/],
  [/^BUNDLE_/, /^bundler?$/],
  [/^POETRY_/, /^poetry$/],
  [/^UV_/, /^uv$/],
]

export const secretArguments = fact((build: Build): readonly SecretArgument[] => {
  const found = build.stages.flatMap(stage => (stage.reachable && !stage.windows ? secretsIn(build, stage) : []))
  // The same secret in the next stage is mended along with it.
  return found.filter(({ variable }, index) => found.findIndex(other => other.variable.name === variable.name) === index)
})

function secretsIn(build: Build, stage: Stage): readonly SecretArgument[] {
  return stage.instructions.flatMap(instruction => {
    if (instruction.kind !== 'setting' || instruction.keyword !== 'ARG' || instruction.onbuild) return []
    return instruction.assigns.filter(variable => isSecret(build, variable)).flatMap(variable => secretOf(build, stage, instruction, variable) ?? [])
  })
}

function isSecret(build: Build, { name, span }: Variable): boolean {
  const upper = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase()
  if (!SECRET.test(upper) || PUBLIC.test(upper) || span === null) return false
  const [, given = ''] = /=\s*["']?(.*?)["']?$/s.exec(build.text.slice(span.start, span.end)) ?? []
  // A default is no secret, or one for everybody.
  return /^(?:|\{\}|changeme|none|null|\$.*)$/i.test(given)
}

function secretOf(build: Build, stage: Stage, setting: Setting, variable: Variable): SecretArgument | null {
  const after = stage.instructions.slice(stage.instructions.indexOf(setting) + 1)
  const env = after.find((entry): entry is Setting => entry.kind === 'setting' && entry.keyword === 'ENV' && isMentioned(entry.text, variable.name)) ?? null
  const names = [variable.name, ...env?.assigns.filter(({ span }) => span && isMentioned(build.text.slice(span.start, span.end), variable.name)).map(({ name }) => name) ?? []]
  const step = after.find((entry): entry is RunStep => entry.kind === 'run' && !entry.onbuild && names.some(name => usesSecret(entry, name)))
  return step ? { setting, variable, step, use: useIn(build, step, names), env, isShipped: isShipped(build, stage) } : null
}

/** Here-document bodies and commands of unread scripts have no command to point at. */
function useIn({ text }: Build, step: RunStep, names: readonly string[]): { readonly span: Span } {
  const commands = commandsOf(step)
  const named = commands === 'opaque' ? undefined : commands.find(({ program, command: { span } }) => program !== '[' && program !== 'test' && names.some(name => isMentioned(text.slice(span.start, span.end), name)))
  return named?.command ?? installsOf(step)[0] ?? step
}

function usesSecret(step: RunStep, name: string): boolean {
  const text = [step.text, ...step.heredocs.map(({ body }) => body)].join('\n')
  if (step.mounts.some(({ type, options }) => type === 'secret' && options.get('env') === name) || SETS_UP.test(text)) return false
  if (isMentioned(text, name)) return FETCHES.test(text) || installsOf(step).length > 0
  return READERS.some(([variable, manager]) => variable.test(name) && installsOf(step).some(install => manager.test(install.manager) && install.from.includes('manifests')))
}

/** Programs of these managers look for it whatever they are told to do: `npm run` reads the same settings as `npm ci`. */
export const readsByItself = ({ program }: NormalCommand, name: string): boolean => READERS.some(([variable, manager]) => variable.test(name) && manager.test(program === 'npx' ? 'npm' : program ?? ''))

/** `$NAME` and `${NAME…}`. */
export const isMentioned = (text: string, name: string): boolean => new RegExp(`\\$(?:\\{\\s*)?${name}(?![A-Za-z0-9_])`).test(text)
