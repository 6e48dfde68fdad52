// Binding a file into the one RUN that reads it, instead of copying it into the image.
import { commandsOf, type NormalCommand } from '../facts/commands.ts'
import { quotedCommand } from '../facts/command-text.ts'
import { covers, pathsOf } from '../facts/image-paths.ts'
import { listed } from '../facts/instruction-text.ts'
import { installsOf } from '../facts/installs.ts'
import type { PassingCopy } from '../facts/passing-copies.ts'
import type { Build, RunStep } from '../model/build.ts'
import type { Fix } from '../rule.ts'
import type { TextEdit } from '../text.ts'
import { removed, withoutWord } from './instructions.ts'
import { hasMounts, mountsAreUnknown, withMounts } from './mounts.ts'
import { withoutCommand } from './scripts.ts'

/** A clause where it cannot be bound. */
export function boundCopy(build: Build, { copy, run, places }: PassingCopy): Fix | string {
  const lacking = mountsAreUnknown(build)
  if (lacking) return lacking
  if (copy.chown !== null && !/^(?:root|0)(?::(?:root|0))?$/.test(copy.chown)) return `a bound file belongs to root, not to "${copy.flags.find(({ name }) => name === 'chown')?.value ?? copy.chown}"`
  if (places.some(({ source, target }) => /[\s,"'$\\]/.test(source + target))) return 'a name among them cannot stand in a mount as it is'
  if (installsOf(run).some(({ from, packages }) => from.includes('local') && packages.length === 0)) return `"${quotedCommand(build, installsOf(run)[0]!.command.command, 40)}" may write beside what it installs`
  const cut = withoutRemovals(build, run, places.map(({ target }) => target))
  if (typeof cut === 'string') return cut
  const from = copy.from.kind === 'stage' ? `from=${copy.flags.find(({ name }) => name === 'from')?.value ?? copy.from.stage.label},` : ''
  if (/^from=\d+,$/.test(from)) return 'a mount knows the stage it takes a file from by name only'
  const names = places.map(({ target }) => target)
  return {
    title: `Bind ${listed(names)} into the RUN that reads ${names.length === 1 ? 'it' : 'them'}`, safety: 'suggested',
    assumes: `nothing looks for ${listed(names)} in the image${hasMounts(build) ? '' : ', which is built with BuildKit'}`,
    edits: [removed(build, copy), withMounts(build, run, places.map(({ source, target }) => `--mount=type=bind,${from}source=${source},target=${target}`)), ...cut], drops: names,
  }
}

/** What a mount does not let anybody remove is not removed. */
function withoutRemovals(build: Build, run: RunStep, targets: readonly string[]): readonly TextEdit[] | string {
  const commands = commandsOf(run)
  const found = commands === 'opaque' ? [] : commands.filter(({ program, words }) => (program === 'rm' || program === 'find') && words.slice(1).length > 0)
  const edits = found.map(command => withoutRemoval(build, run, command, targets))
  return edits.find(edit => typeof edit === 'string') ?? (edits as readonly (readonly TextEdit[])[]).flat()
}

function withoutRemoval(build: Build, run: RunStep, command: NormalCommand, targets: readonly string[]): readonly TextEdit[] | string {
  const operands = command.words.slice(1).filter(({ value }) => !value?.startsWith('-'))
  const isOne = (path: string): boolean => targets.includes(path)
  const hits = operands.filter(word => word.value === null || pathsOf(command, word).some(pattern => targets.some(target => covers(pattern, target))))
  if (hits.length === 0) return []
  const quoted = `"${quotedCommand(build, command.command, 40)}"`
  if (command.program !== 'rm' || !hits.every(word => !word.glob && pathsOf(command, word).every(isOne) && word.value !== null)) return `${quoted} would fail on the mount`
  if (hits.length < operands.length) return hits.map(word => withoutWord(build, word))
  const edit = command.command.joinedBy === ';' && !command.errexit ? null : withoutCommand(build, run, command.command)
  return edit ? [edit] : `${quoted} would fail on the mount`
}
