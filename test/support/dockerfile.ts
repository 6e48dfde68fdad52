// The template tag for Dockerfiles in tests: what you see is what the linter gets.

/**
 * The text without its common indentation and with exactly one line end after its last line. Backslashes stay as
 * typed, except that `\${` gives `${` and an escaped backtick gives a backtick. The first line may follow the opening
 * backtick; its indentation then does not count. Interpolated values go in as they are. Where blanks at the ends,
 * CRs or a missing last line end matter, write a plain string.
 */
export function dockerfile(strings: TemplateStringsArray, ...values: readonly string[]): string {
  const raw = strings.raw.map(part => part.replace(/\\(\$\{|`)/g, '$1'))
  const [first = '', ...rest] = raw.join('\0').replace(/\s+$/, '').split('\n')
  const indent = rest.filter(line => line.trim() !== '').map(line => /^[ \t]*/.exec(line)![0].length)
  const lines = rest.map(line => line.slice(Math.min(...indent)))
  if (first.trim() !== '') lines.unshift(first)
  let value = 0
  return `${lines.join('\n').replace(/\0/g, () => values[value++] ?? '')}\n`
}
