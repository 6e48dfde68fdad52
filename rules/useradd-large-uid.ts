// A user with a high number makes long files. Where that happens is in src/facts/large-uids.ts.
import { withOption } from '../src/edits/commands.ts'
import { quotedCommand } from '../src/facts/command-text.ts'
import { sizeText } from '../src/facts/copied-files.ts'
import { largeUids } from '../src/facts/large-uids.ts'
import { defineRule } from '../src/rule.ts'

/**
 * ## What it does
 *
 * Reports `useradd` with a user number of `minUid` or more and without `--no-log-init`, in an image that ships and stands on a
 * release whose `useradd` still writes that far: Debian up to 11, Ubuntu up to 22.04, CentOS 7. Since
 * [shadow 4.13](https://github.com/shadow-maint/shadow/commit/ebf9b232b012725d2be5e750876c7336cf1c37eb) it does not, so later
 * releases, and bases that are not known, are left alone. So are `adduser`, and numbers that come from a variable without a value.
 *
 * ## Why it matters
 *
 * The records of logins, `/var/log/lastlog` and `/var/log/faillog`, have a place for each number. `useradd` writes to that of
 * the new user, which makes the files hundreds of megabytes long. On disk they are mostly holes, but a layer holds them in full:
 * they are written, compressed and unpacked ([moby#5419](https://github.com/moby/moby/issues/5419)).
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM debian:bullseye-slim
 * RUN useradd --uid 1000650000 app
 * USER app
 * CMD ["sleep", "infinity"]
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM debian:bullseye-slim
 * RUN useradd --no-log-init --uid 1000650000 app
 * USER app
 * CMD ["sleep", "infinity"]
 * ```
 *
 * ## When not to use it
 *
 * When the records of logins are wanted in the image.
 *
 * ## Cost model
 *
 * No change is simulated: the bytes are the length of both files, which is the number times the size of a record.
 */
export default defineRule({
  id: 'useradd-large-uid',
  summary: 'A user with a high number is created without --no-log-init',
  category: 'layers',
  severity: 'info',
  fixable: 'safe',
  options: {
    minUid: { type: 'number', default: 100_000, doc: 'Users with a lower number are not reported: 100000 makes about 32 MB.' },
  },

  *check(build, { minUid }) {
    for (const { command, uid, bytes } of largeUids(build)) {
      if (uid < minUid) continue
      const [program] = command.words
      const edit = program ? withOption(build, command.step, program, '--no-log-init') : null
      yield {
        at: command.command,
        message: `"${quotedCommand(build, command.command)}" makes the login records in /var/log as long as the number of the user is high, ${sizeText(bytes)} in the layer; add "--no-log-init".`,
        cost: { seconds: 0, bytes },
        ...edit ? { fix: { title: 'Add --no-log-init to useradd', safety: 'safe', edits: [edit], drops: ['/var/log/lastlog', '/var/log/faillog'] } } : { noFix: 'the command does not stand in the script as it runs' },
      }
    }
  },
})
