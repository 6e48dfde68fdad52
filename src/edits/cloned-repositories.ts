// A RUN that does nothing but clone a branch, as an ADD of the repository: then the commit is in the key.
import { frontendFeatures } from '../data/frontend-features.ts'
import { quotedCommand } from '../facts/command-text.ts'
import { commandsOf, type NormalCommand } from '../facts/commands.ts'
import { frontend, knows } from '../facts/frontend.ts'
import { lineOf } from '../facts/lines.ts'
import type { MovingFetch } from '../facts/moving-fetches.ts'
import { accountOf } from '../facts/package-caches.ts'
import { buildScripts } from '../facts/repository-texts.ts'
import type { Build, RunStep } from '../model/build.ts'
import type { TextEdit } from '../text.ts'
import { isLiteral } from './commands.ts'
import { keywordLike, rewritten } from './instructions.ts'

export type Added = { readonly edit: TextEdit; readonly text: string } | { readonly reason: string }

/** Services where an address without `.git` names the repository as well: ADD knows one by that ending. */
const WITHOUT_ENDING = /^https:\/\/(?:github\.com|gitlab\.com|bitbucket\.org|codeberg\.org)\/[^/?#]+\/[^/?#]+?$/
/** What a clone may be told that ADD does by itself, or has no need of. */
const IDLE_OPTIONS = /^(?:-q|--quiet|-v|--verbose|--progress|--single-branch|--no-single-branch|--depth=\d+|--recursive|--recurse-submodules|--shallow-submodules|--remote-submodules|--no-tags|-j\d+|--jobs=\d+)$/

export function addedRepository(build: Build, step: RunStep, fetches: readonly MovingFetch[]): Added {
  const [fetch] = fetches
  const commands = commandsOf(step)
  if (fetch?.kind !== 'clone' || commands === 'opaque') return { reason: 'which version to name only its author knows' }
  const quoted = `"${quotedCommand(build, fetch.command.command, 40)}"`
  if (commands.length > 1) return { reason: `${quoted} is one command of several, which ADD cannot run` }
  const front = frontend(build)
  if (front === 'other' || front && !knows(front, frontendFeatures['ADD --keep-git-dir']!)) return { reason: 'the frontend of this file may not know "ADD --keep-git-dir"' }
  if (step.form !== 'shell' || step.heredocs.length > 0 || step.flags.length > 0) return { reason: `${quoted} runs with flags, or in a form, that ADD has nothing for` }
  const account = accountOf(step)
  if (account.isRoot === false) return { reason: `the clone belongs to user "${account.user}", and what ADD brings to root` }
  const later = gitAfter(step)
  if (later) return { reason: `"${quotedCommand(build, later.command, 40)}" (line ${lineOf(build, later.command.span)}) may need the clone as it is` }
  if (PULLS.test(buildScripts(build) ?? '')) return { reason: `a script of the repository runs "git pull", and ADD leaves a clone without a branch` }
  const parts = partsOf(build, step, fetch.command)
  if (typeof parts === 'string') return { reason: parts }
  const text = `${keywordLike(build, step, 'ADD')} --keep-git-dir=true ${parts.address} ${parts.target}`
  return { edit: rewritten(step, text), text }
}

const PULLS = /\bgit\b(?:[ '",]+-\S+(?:[ '",]+\/\S+)?)*[ '",]+pull\b/

/** Works on a repository, in a later step of the stage. */
const gitAfter = (step: RunStep): NormalCommand | undefined => step.stage.steps.slice(step.index + 1).flatMap(later => (later.kind === 'run' ? [later] : [])).flatMap(later => {
  const commands = commandsOf(later)
  return commands === 'opaque' ? [] : commands
}).find(({ program, arguments: [verb] }) => program === 'git' && verb !== 'clone' && verb !== 'config')

/** Address and folder as ADD takes them, or why it cannot. */
function partsOf(build: Build, step: RunStep, { words, command }: NormalCommand): { readonly address: string; readonly target: string } | string {
  const unfit = `"${quotedCommand(build, command, 40)}" has an option or a variable that ADD has nothing for`
  const operands: string[] = []
  let branch: string | null = null
  if (command.assignments.length + command.redirects.length + command.wrappers.length > 0 || words[1]?.value !== 'clone') return unfit
  for (let at = 2; at < words.length; at++) {
    const { value } = words[at]!
    if (value === null || !isLiteral(build, step, words[at]!) || words[at]!.glob) return unfit
    if (/^(?:-b|--branch)$/.test(value)) {
      const word = words[++at]
      if (!word || !isLiteral(build, step, word)) return unfit
      branch = word.value
    } else if (value.startsWith('--branch=')) branch = value.slice(9)
    else if (/^(?:--depth|-j|--jobs)$/.test(value)) at++
    else if (!value.startsWith('-')) operands.push(value)
    else if (!IDLE_OPTIONS.test(value)) return unfit
  }
  const [url = '', folder = /([^/]+?)(?:\.git)?\/*$/.exec(url)?.[1] ?? ''] = operands
  const address = /^https:\/\/[^@?#]+\.git$/.test(url) ? url : WITHOUT_ENDING.test(url) ? `${url}.git` : null
  return address === null || !/^[\w./@+-]+$/.test(folder) || branch !== null && !/^[\w./-]+$/.test(branch) ? unfit : { address: branch === null ? address : `${address}#${branch}`, target: folder }
}
