// Files that a package manager brought into the repository: what is changed there is gone when it runs again.
import type { Build } from '../model/build.ts'
import { fact } from './fact.ts'

/** What Go and Composer leave in a `vendor` folder that they filled. */
const MARKS = ['modules.txt', 'composer/installed.json', 'autoload.php']

/** Why nobody should edit this Dockerfile where it lies, as a clause; null where nothing shows that. */
export const vendoredReason = fact(({ path, context: { repository, source } }: Build): string | null => {
  const folder = repository?.ownFolder ?? path.slice(0, Math.max(0, path.lastIndexOf('/')))
  if (/(?:^|\/)node_modules(?:\/|$)/.test(folder)) return 'the file is part of a package in node_modules, which an install writes anew'
  const files = repository?.files ?? source
  const vendor = /^(?:.*?\/)?vendor(?=\/|$)/.exec(folder)?.[0]
  const mark = vendor === undefined || files === null ? undefined : MARKS.find(name => files.read(`${vendor}/${name}`) !== null)
  return mark === undefined ? null : `the file is vendored: ${vendor!}/${mark} is of the tool that writes it anew`
})
