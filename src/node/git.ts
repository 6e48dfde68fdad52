// The only place that starts git. The repository may be hostile: its config can name programs, so whatever could run one
// is switched off, nothing is fetched, no lock is taken, and a bare repository that poses as a folder is not entered.

/** `error` is git's own first line; null when it succeeded. */
export interface GitRun { readonly status: number | null; readonly error: string | null }

export interface GitListing {
  /** Relative to the folder, with `/`: tracked files and untracked ones that are not ignored. */
  readonly files: readonly string[]
  /** Submodules and repositories in untracked folders, likewise. */
  readonly repositories: readonly string[]
  readonly error: string | null
}

const safely = ['--no-optional-locks', '--no-pager', '-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', '-c', 'safe.bareRepository=explicit']
/** A hook's caller sets these for its own repository; we may stand in another one. */
const ofCaller = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_COMMON_DIR', 'GIT_INDEX_FILE', 'GIT_PREFIX', 'GIT_NAMESPACE', 'GIT_OBJECT_DIRECTORY', 'GIT_ALTERNATE_OBJECT_DIRECTORIES']

/** Runs git in a folder, without a shell; `onOutput` gets the decoded standard output piece by piece. */
export async function runGit(folder: string, args: readonly string[], onOutput: (piece: string) => void = () => {}): Promise<GitRun> {
  const env: NodeJS.ProcessEnv = { ...process.env, LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0', GIT_NO_LAZY_FETCH: '1', GIT_ALLOW_PROTOCOL: '' }
  for (const name of ofCaller) delete env[name]
  // Takes longer to load than a file to lint, and most files are linted without git.
  const { spawn } = await import('node:child_process')
  return new Promise(done => {
    const child = spawn('git', [...safely, ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true })
    let complaint = ''
    child.stdout.setEncoding('utf8').on('data', onOutput)
    child.stderr.setEncoding('utf8').on('data', (piece: string) => {
      if (complaint.length < 4096) complaint += piece
    })
    child.on('error', (error: NodeJS.ErrnoException) => done({ status: null, error: error.code === 'ENOENT' ? 'git is not installed' : error.message }))
    child.on('close', status => {
      const lines = complaint.split('\n').filter(line => line !== '')
      const reason = lines.find(line => line.startsWith('fatal: '))?.slice('fatal: '.length) ?? lines[0]
      done({ status, error: status === 0 ? null : reason ?? `git ended with ${status}` })
    })
  })
}

/**
 * Options for what compares files with a commit: git runs them through the filters that attributes name. Those of this repository's own config
 * are switched off, so that what they change counts as changed. A message where that cannot be.
 */
export async function withoutOwnFilters(folder: string): Promise<readonly string[] | string> {
  let listed = ''
  for (const scope of ['--local', '--worktree']) {
    await runGit(folder, ['config', scope, '--includes', '--name-only', '-z', '--get-regexp', String.raw`^filter\..*\.(clean|process)$`], piece => {
      listed += piece
    })
  }
  const keys = [...new Set(listed.split('\0').filter(key => key !== ''))]
  const odd = keys.find(key => key.includes('='))
  if (odd !== undefined) return `git would run the program of ${JSON.stringify(odd)} here, which its config names`
  return keys.flatMap(key => ['-c', `${key}=`, '-c', `${key.replace(/\.[^.]*$/, '')}.required=false`])
}

/** What lies below a folder of a work tree, as far as it is wanted; paths as git gives them, which need not exist any more. */
export async function listFiles(folder: string, isWanted: (path: string) => boolean): Promise<GitListing> {
  const files: string[] = []
  const repositories: string[] = []
  const take = (entry: string): void => {
    const [, mode, path] = /^(\d{6}) [\da-f]{40,64} \d\t(.+)$/s.exec(entry) ?? [null, '', entry]
    if (mode === '160000' || path!.endsWith('/')) repositories.push(path!.replace(/\/$/, ''))
    else if (isWanted(path!)) files.push(path!)
  }
  let rest = ''
  const { error } = await runGit(folder, ['ls-files', '--cached', '--others', '--stage', '--exclude-standard', '-z'], piece => {
    const entries = (rest + piece).split('\0')
    rest = entries.pop()!
    for (const entry of entries) take(entry)
  })
  return { files, repositories, error }
}

/** Whether the repository around a folder ignores that folder itself. */
export async function isIgnored(folder: string): Promise<boolean> {
  const { status } = await runGit(folder, ['check-ignore', '--quiet', '--no-index', '--', '.'])
  return status === 0
}
