// Files that hold secrets of the host or of its user, and that a copy puts into the image, judged by names alone.
import { contextSelectors } from '../cache/context-reads.ts'
import type { Build, CopyStep, FileEntry, Stage } from '../model/build.ts'
import { baseName, insideRoot } from '../model/paths.ts'
import { contextReaders } from './broad-copies.ts'
import { fact } from './fact.ts'
import { isGitIgnored } from './git-ignores.ts'
import { absolutePath, destinationOf, isWithin } from './image-paths.ts'
import { isShipped, shippedStages } from './stages.ts'

export interface SentSecrets {
  readonly copy: CopyStep
  /** Paths in the context. */
  readonly paths: readonly string[]
  /** Null when they are there now. Else a template tells what any host that runs the program keeps there: the name of a secret. */
  readonly expected: string | null
  /** Where the copy is into a stage that does not ship: what takes them from there into one that does. */
  readonly carrier: CopyStep | null
}

const SECRET = /^(?:\.env(?:\.(?!.*(?:example|sample|template|dist|default|tpl|schema|vault))[\w.-]+)?|\.envrc|\.netrc|\.pgpass|\.git-credentials|\.htpasswd|id_(?:rsa|dsa|ecdsa|ed25519)|[\w.-]+\.(?:pem|key|p12|pfx|jks|keystore|ppk)|(?:service[-_]?account|credentials?|client_secrets?|secrets?)[\w.-]*\.(?:json|ya?ml)|auth\.json|terraform\.tfstate|[\w.-]+\.tfvars|kubeconfig|master\.key)$/i
/** Public halves, and what belongs to tests. */
const HARMLESS = /(?:^|[-_./])(?:pub|public|ca|cacert|chain|fullchain|cert|tests?|testdata|fixtures?|examples?|samples?|mocks?|node_modules|vendor|\.git)(?:[-_./]|$)/i
const TEMPLATES = ['.env.example', '.env.sample', '.env.template', '.env.dist', '.env.local.example', '.env.default', 'env.example', 'env.sample', 'example.env', 'sample.env', '.example.env', '.sample.env']

/** A setting that only its owner may know; a key that is public by its name is none. */
const SECRET_VARIABLE = /^[ \t]*(?:export[ \t]+)?((?!\w*(?:PUBLIC|VITE_|REACT_APP))\w*(?:SECRET|PASSWORD|PASSWD|PRIVATE_KEY|API_?KEY|ACCESS_KEY|AUTH_TOKEN|API_TOKEN|ACCESS_TOKEN)\w*)[ \t]*=/im

/** Nobody writes more by hand; for each the whole file is looked through. */
const MOST_READERS = 200

/** Of the first copy whose files ship; what a step names by itself is wanted. */
export const sentSecrets = fact((build: Build): SentSecrets | null => {
  for (const step of contextReaders(build).slice(0, MOST_READERS)) {
    if (step.kind === 'run' || step.onbuild || step.exclude.length > 0) continue
    const folder = folderTaken(step)
    const carrier = isShipped(build, step.stage) ? null : carrierOf(build, step)
    if (folder === null || carrier === undefined) continue
    // A build of web pages may take its settings from there.
    const there = (folder === '' ? lying(build) : lyingIn(build, folder)).filter(path => carrier === null || !SETTINGS.test(path) || !runsScripts(step.stage))
    if (there.length > 0) return { copy: step, paths: there, expected: null, carrier }
    const expected = carrier === null ? expectedEnv(build, folder) : null
    if (expected) return { copy: step, paths: [expected.path], expected: expected.variable, carrier }
  }
  return null
})

const SETTINGS = /(?:^|\/)\.env[^/]*$/
const runsScripts = ({ steps }: Stage): boolean => steps.some(step => step.kind === 'run' && /\b(?:npm|yarn|pnpm|bun|vite|next|nuxt|ng|turbo|nx)\b[^&|;\n]*\bbuild\b/.test(step.text))

/** The copy into a stage that ships which takes the folder that this one fills, or one above. */
function carrierOf(build: Build, step: CopyStep): CopyStep | undefined {
  const folder = destinationOf(step)
  return folder === null ? undefined : shippedStages(build).flatMap(({ steps }) => steps).find((other): other is CopyStep => other.kind !== 'run' && other.kind !== 'workdir' && other.from.kind === 'stage'
    && other.from.stage === step.stage && other.exclude.length === 0 && !other.onbuild && other.sources.some(source => isWithin(folder, absolutePath('/', source)!)))
}

/** The one folder that a copy takes as a whole. */
function folderTaken(step: CopyStep): string | null {
  const [selector, ...others] = contextSelectors(step)
  return !selector || others.length > 0 || step.parents || /[*?[\\]/.test(selector.path) ? null : insideRoot(selector.path)
}

const named = new WeakMap<readonly FileEntry[], readonly string[]>()

/** Files anywhere in the context that git ignores: they are here and nowhere else. */
const lying = fact((build: Build): readonly string[] => {
  const files = build.context.files()
  if (files === 'unknown') return []
  const paths = named.get(files) ?? files.flatMap(({ path }) => (SECRET.test(baseName(path)) && !HARMLESS.test(path) ? [path] : []))
  named.set(files, paths)
  return paths.filter(path => isGitIgnored(build, path) && !isNamed(build, baseName(path)))
})

/** The usual ones right inside a folder, for which nothing need be listed. */
const lyingIn = (build: Build, folder: string): readonly string[] => ['.env', '.env.local', '.env.production']
  .map(name => `${folder}/${name}`).filter(path => build.context.has(path) === true && isGitIgnored(build, path) && !isNamed(build, baseName(path)))

/** Where `.env` is not here, but belongs here: git ignores it, and a template beside it names a secret. */
function expectedEnv(build: Build, folder: string): { readonly path: string; readonly variable: string } | null {
  const { source, ignores } = build.context
  const path = insideRoot(`${folder}/.env`)
  if (source === null || ignores(path) || isNamed(build, '.env')) return null
  const text = TEMPLATES.map(name => source.read(insideRoot(`${folder}/${name}`))).find(found => found !== null)
  const variable = text === undefined ? undefined : SECRET_VARIABLE.exec(text ?? '')?.[1]
  return variable !== undefined && isGitIgnored(build, path) ? { path, variable } : null
}

const namesIn = fact((_: Build) => new Map<string, boolean>())

function isNamed(build: Build, name: string): boolean {
  const known = namesIn(build)
  let found = known.get(name)
  if (found === undefined) known.set(name, found = build.stages.some(({ instructions }) => instructions.some(({ text }) => text.includes(name))))
  return found
}
