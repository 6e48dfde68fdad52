// `sarif`: SARIF 2.1.0 as GitHub code scanning, VS Code and reviewdog read it (integrations.md 1.1).
import type { ArtifactLocation, Invocation, Location, Log, Result, Run } from 'sarif'
import type { Finding, Severity } from '../rule.ts'
import { json, uri, visibleLines } from './escape.ts'
import type { LintResult, Style } from './index.ts'
import { weight } from './impact.ts'
import { lineHashes } from './line-hash.ts'
import { rangeOf, reportedFiles, summarise, type ReportedFile } from './reported-files.ts'
import { region, sarifFixes, type SarifFixes } from './sarif-fix.ts'
import { levels, ruleDescriptors } from './sarif-rules.ts'

// GitHub rejects files with more results, and shows no more related places.
const resultLimit = 25_000
const relatedLimit = 100

type Locate = (path: string) => ArtifactLocation

export function reportSarif(result: LintResult, style: Style): string {
  const log: Log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [run(result, style)],
  }
  return json(log)
}

function run(result: LintResult, style: Style): Run {
  const rules = ruleDescriptors(result, style)
  const ruleIndex = new Map(rules.map(({ id }, index) => [id, index]))
  const files = reportedFiles(result)
  const fileIndex = new Map(files.map(({ path }, index) => [path, index]))
  const locate: Locate = path => {
    const index = fileIndex.get(path)
    return { ...address(path), ...(index === undefined ? {} : { index }) }
  }
  const fits = withinLimit(result)
  const fixesOf = sarifFixes(locate)
  return {
    tool: { driver: { name: 'cachemiss', semanticVersion: result.version, rules: [...rules] } },
    invocations: [invocation(result)],
    originalUriBaseIds: { '%SRCROOT%': { description: { text: 'The root of the repository, or the folder cachemiss ran in.' } } },
    columnKind: 'utf16CodeUnits',
    artifacts: files.map(({ path, linted }) => ({ location: address(path), ...(linted ? { sourceLanguage: 'dockerfile' } : {}) })),
    results: files.flatMap(file => fileResults(file, file.findings.filter(fits), { ruleIndex, locate, fixesOf })),
  }
}

/** Relative to the root without naming it: an absolute root would leak a path and differ between machines. */
function address(path: string): ArtifactLocation {
  const reference = uri(path)
  return reference.startsWith('file:') ? { uri: reference } : { uri: reference, uriBaseId: '%SRCROOT%' }
}

/** What all results of a run share. */
interface Shared { readonly ruleIndex: ReadonlyMap<string, number>; readonly locate: Locate; readonly fixesOf: SarifFixes }

function fileResults(file: ReportedFile, findings: readonly Finding[], { ruleIndex, locate, fixesOf }: Shared): readonly Result[] {
  const lines = new Set(findings.map(finding => rangeOf(file, finding.span).line))
  const hashes = file.text === null || lines.size === 0 ? null : lineHashes(file.text, lines)
  return findings.map(finding => {
    const place = region(rangeOf(file, finding.span))
    const primaryLocationLineHash = hashes?.get(place.startLine!)
    const fixes = fixesOf(finding.fix, file.owners.get(finding)!)
    const related = finding.related.slice(0, relatedLimit)
    return {
      ruleId: finding.rule,
      ruleIndex: ruleIndex.get(finding.rule)!,
      level: levels[finding.severity],
      message: { text: messageText(finding, related) },
      locations: [{ physicalLocation: { artifactLocation: locate(file.path), region: place } }],
      ...(related.length === 0 ? {} : { relatedLocations: related.map((entry, index) => relatedLocation(entry, index + 1, file, locate)) }),
      ...(primaryLocationLineHash === undefined ? {} : { partialFingerprints: { primaryLocationLineHash } }),
      ...(fixes.length === 0 ? {} : { fixes: [...fixes] }),
      ...(weight(finding) < 1 ? {} : { rank: rank(finding) }),
      ...(finding.cost === null ? {} : { properties: { cost: { seconds: finding.cost.seconds, bytes: finding.cost.bytes } } }),
    }
  })
}

/** 1 to 100, half way at a minute of each build. */
const rank = (finding: Finding): number => Math.round(100 * weight(finding) / (weight(finding) + 60))

const relatedLocation = ({ span, message }: Finding['related'][number], id: number, file: ReportedFile, locate: Locate): Location => ({
  id,
  physicalLocation: { artifactLocation: locate(file.path), region: region(rangeOf(file, span)) },
  ...(message === '' ? {} : { message: { text: plain(message) } }),
})

/** Related places become links only when the message refers to them. Braces stay: no reader replaces them without `arguments`. */
function messageText(finding: Finding, related: Finding['related']): string {
  const links = related.map(({ message }, index) => `[${plain(message) || 'related place'}](${index + 1})`)
  return (plain(finding.message) || plain(finding.rule)) + (links.length === 0 ? '' : `\nSee: ${links.join(', ')}`)
}

/** Safe to show, and no link: brackets are escaped, and so are backslashes before them, which would undo that. */
const plain = (message: string): string =>
  visibleLines(message).join('\n').replace(/(\\*)([[\]])/g, (_, backslashes: string, bracket: string) => `${backslashes}${backslashes}\\${bracket}`)

/** Whether a finding is among those a file may hold: the most severe, and of equal ones the first. Asked once for each, in order. */
function withinLimit(result: LintResult): (finding: Finding) => boolean {
  const { errors, warnings } = summarise(result)
  const afterErrors = Math.max(0, resultLimit - errors)
  const room: Record<Severity, number> = { error: resultLimit, warning: afterErrors, info: Math.max(0, afterErrors - warnings) }
  return ({ severity }) => room[severity]-- > 0
}

function invocation(result: LintResult): Invocation {
  const { errors, warnings, infos } = summarise(result)
  const left = errors + warnings + infos - resultLimit
  const text = `${left} findings were left out: a file holds at most ${resultLimit}.`
  return { executionSuccessful: true, ...(left > 0 ? { toolExecutionNotifications: [{ level: 'warning', message: { text } }] } : {}) }
}
