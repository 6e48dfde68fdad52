// `ndjson`: one finding for each line, with the shape it has in `json` and the path of the file it points into.
import { jsonLine } from './escape.ts'
import type { LintResult, LintedFile } from './index.ts'
import { plainFinding } from './json.ts'
import { reportedFiles } from './reported-files.ts'

export const reportNdjson = (result: LintResult): string => result.files.map(ndjsonLines).join('')

/** The lines of one linted file, each ended; none when nothing was found. */
export const ndjsonLines = (linted: LintedFile): string =>
  reportedFiles({ files: [linted] }).flatMap(file => file.findings.map(finding => jsonLine({ path: file.path, ...plainFinding(finding, file) }))).join('')
