// Files that hold secrets of the host or of its user, and that a copy puts into the image, judged by names alone.
import { contextSelectors } from '../cache/context-reads.ts'
import type { Build, CopyStep, FileEntry } from '../model/build.ts'
import { baseName, insideRoot } from '../model/paths.ts'
import { contextReaders } from './broad-copies.ts'
import { fact } from './fact.ts'
import { isGitIgnored } from './git-ignores.ts'
import { isShipped } from './stages.ts'

export interface SentSecrets {
  readonly copy: CopyStep
  /** Paths in the context. */
  readonly paths: readonly string[]
  /** Null when they are there now. Else a template tells what any host that runs the program keeps there: the name of a secret. */
  readonly expected: string | null
}

const SECRET = /^(?:\.env(?:\.(?!.*(?:example|sample|template|dist|default|tpl|schema|vault))[\w.-]+)?|\.envrc|\.netrc|\.pgpass|\.git-credentials|\.htpasswd|id_(?:rsa|dsa|ecdsa|ed25519)|[\w.-]+\.(?:pem|key|p12|pfx|jks|keystore|ppk)|(?:service[-_]?account|credentials?|client_secrets?|secrets?)[\w.-]*\.(?:json|ya?ml)|auth\.json|terraform\.tfstate|[\w.-]+\.tfvars|kubeconfig|master\.key)$/i
/** Public halves, and what belongs to tests. */
const HARMLESS = /(?:^|[-_./])(?:pub|public|ca|cacert|chain|fullchain|cert|tests?|testdata|fixtures?|examples?|samples?|mocks?|node_modules|vendor|\.git)(?:[-_./]|$)/i
const TEMPLATES = ['.env.example', '.env.sample', '.env.template', '.env.dist', '.env.local.example', '.env.default', 'env.example', 'example.env', 'sample.env']

/** A setting that only its owner may know; a key that is public by its name is none. */
const SECRET_VARIABLE = /^[ \t]*(?:export[ \t]+)?((?!\w*(?:PUBLIC|VITE_|REACT_APP))\w*(?:SECRET|PASSWORD|PASSWD|PRIVATE_KEY|API_?KEY|ACCESS_KEY|AUTH_TOKEN|API_TOKEN|ACCESS_TOKEN)\w*)[ \t]*=/im

/** Of the first copy into a stage that ships; what a step names by itself is wanted. */
export const sentSecrets = fact((build: Build): SentSecrets | null => {
  for (const step of contextReaders(build)) {
    if (step.kind === 'run' || step.onbuild || step.exclude.length > 0 || !isShipped(build, step.stage)) continue
    const folder = folderTaken(step)
    if (folder === null) continue
    const there = folder === '' ? lying(build) : lyingIn(build, folder)
    if (there.length > 0) return { copy: step, paths: there, expected: null }
    const expected = expectedEnv(build, folder)
    if (expected) return { copy: step, paths: [expected.path], expected: expected.variable }
  }
  return null
})

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

const isNamed = (build: Build, name: string): boolean => build.stages.some(({ instructions }) => instructions.some(({ text }) => text.includes(name)))
