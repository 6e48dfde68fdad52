// `cachemiss init`: a config to begin with, and on request what runs cachemiss before a commit or in CI. Nothing that is there is changed:
// what would have to be added to a file is printed.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { UsageError, visible } from '../index.ts'
import { readOptions } from './command-options.ts'
import { configName, packageKey, textOf } from './config-text.ts'
import { complain } from './io.ts'
import type { Io } from './io.ts'
import { version } from './package.ts'
import { isInside, realPlace, repositoryTop, shownPath } from './paths.ts'

const OPTIONS = { hook: { type: 'boolean' }, workflow: { type: 'boolean' }, gitlab: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const

const INIT_HELP = `Usage: cachemiss init

Writes a config with comments, ${configName}, into this folder. Files that are there stay as
they are: what would have to be added is printed.

  --hook                   also .pre-commit-config.yaml, for pre-commit
  --workflow               also .github/workflows/cachemiss.yml, for GitHub
  --gitlab                 also .gitlab-ci.yml, for GitLab
`

/** 0 when it wrote or printed what was asked for. Rejects with a UsageError. */
export async function init(args: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = readOptions('init', OPTIONS, args)
  if (values.help) {
    io.stdout.write(INIT_HELP)
    return 0
  }
  if (positionals.length > 0) throw new UsageError(`init takes no path, and was given ${JSON.stringify(positionals[0])}`, 'It writes into the current folder.')
  const asked = (['hook', 'workflow', 'gitlab'] as const).filter(name => values[name])
  const there = configThere(io.cwd)
  if (there === null) create(join(io.cwd, configName), starter(existsSync(join(io.cwd, 'node_modules/cachemiss/rules/schema.json'))), io.cwd, io)
  else if (asked.length === 0) throw new UsageError(`${there}, and stays as it is`)
  const top = repositoryTop(io.cwd) ?? io.cwd
  for (const name of asked) {
    const { path, text, part } = snippets[name]
    const file = join(top, path)
    if (!existsSync(file)) {
      create(file, text(), top, io)
      continue
    }
    complain(io, `${visible(shownPath(io.cwd, file))} is there already, and stays as it is; add this to it:`)
    io.stdout.write(part())
  }
  return 0
}

function configThere(folder: string): string | null {
  if (existsSync(join(folder, configName))) return `${configName} is there already`
  try {
    const data: unknown = JSON.parse(textOf(join(folder, 'package.json'), 'package.json'))
    return typeof data === 'object' && data !== null && Object.hasOwn(data, packageKey) ? `package.json has the key "${packageKey}" already` : null
  } catch {
    return null
  }
}

/** A new file inside of `top`, wherever links lead. */
function create(file: string, text: string, top: string, io: Io): void {
  const path = shownPath(io.cwd, file)
  try {
    if (!isInside(realPlace(dirname(file)), realPlace(top))) throw new UsageError(`${path} would lie outside the repository`)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text, { flag: 'wx' })
  } catch (error) {
    if (error instanceof UsageError) throw error
    const { code, message } = error as NodeJS.ErrnoException
    throw new UsageError(code === 'EEXIST' ? `${path} is there already, and stays as it is` : `${path} cannot be written: ${message}`)
  }
  complain(io, `wrote ${visible(path)}`)
}

const starter = (hasSchema: boolean): string => `// What cachemiss reports here. Everything may be left out: what stands here is what applies anyway.
{${hasSchema ? '\n  // Completion and checks in an editor.\n  "$schema": "./node_modules/cachemiss/rules/schema.json",\n' : ''}
  // What to start from: "cachemiss:all" has every rule. Also a file ("./docker/base.json") or an installed package.
  "extends": ["cachemiss:recommended"],

  // By rule: "error", "warning", "info" or "off". The command "cachemiss explain" lists them.
  "rules": {
    // "unpinned-base-image": "off",
    // "context-includes-large-files": { "severity": "info", "options": { "megabytes": 20 } },
  },

  // Settings for some Dockerfiles only; later ones win.
  "overrides": [
    // { "files": ["**/*.dev.Dockerfile"], "target": "dev", "rules": { "unpinned-base-image": "off" } },
  ],

  // Dockerfiles to leave out.
  "ignore": [
    // "vendor/",
  ],

  // What makes a run fail: "error", "warning", "info" or "never".
  "failOn": "warning",
}
`

interface Snippet {
  readonly path: string
  /** A whole file. */
  text(): string
  /** What goes into one that is there. */
  part(): string
}

const hook = (): string => `  - repo: local
    hooks:
      - id: cachemiss
        name: cachemiss
        entry: cachemiss
        language: node
        additional_dependencies: ['cachemiss@${version}']
        types: [text]
        files: '(?i)(^|/)([^/]+\\.)?(docker|container)file(\\.[^/]+)?$'
        exclude: '(?i)^-|\\.(dockerignore|containerignore|md|j2|tmpl|tpl|erb|bak|orig)$'
        require_serial: true
`

// Installed for all: npx would take `.npmrc` and `node_modules` of the checked out project, and run what lies there.
const job = (): string => `  cachemiss:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - uses: actions/setup-node@v4
        with:
          node-version: 22
      - run: npm install --global cachemiss@${version}
      - run: cachemiss --format github
`

const gitlabJob = (): string => `cachemiss:
  image: node:22
  script:
    - npm install --global cachemiss@${version}
    - cachemiss --format text --format gitlab=gl-code-quality-report.json
  artifacts:
    when: always
    reports:
      codequality: gl-code-quality-report.json
`

const snippets: Readonly<Record<'hook' | 'workflow' | 'gitlab', Snippet>> = {
  hook: { path: '.pre-commit-config.yaml', text: () => `repos:\n${hook()}`, part: hook },
  workflow: {
    path: '.github/workflows/cachemiss.yml', part: job,
    text: () => `name: cachemiss\non:\n  pull_request:\n  push:\n    branches: [main]\npermissions:\n  contents: read\njobs:\n${job()}`,
  },
  gitlab: { path: '.gitlab-ci.yml', text: gitlabJob, part: gitlabJob },
}
