// `--chmod` and `--chown` as they change an entry.

const BITS: Readonly<Record<string, number>> = { r: 0o444, w: 0o222, x: 0o111 }
const WHO: Readonly<Record<string, number>> = { u: 0o4700, g: 0o2070, o: 0o1007, a: 0o7777 }

/** A mode after `--chmod`: octal, or symbolic as chmod(1) takes it with no umask. null where the text is neither. */
export function changedMode(mode: number, chmod: string, isFolder: boolean): number | null {
  if (/^[0-7]+$/.test(chmod)) return parseInt(chmod, 8)
  let result = mode
  for (const clause of chmod.split(',')) {
    const match = /^([ugoa]*)((?:[-+=](?:[ugo]|[rwxXst]*))+)$/.exec(clause)
    if (!match) return null
    const who = [...(match[1] || 'a')].reduce((mask, letter) => mask | WHO[letter]!, 0)
    for (const [, operator, letters] of match[2]!.matchAll(/([-+=])([ugo]|[rwxXst]*)/g)) result = applied(result, who, operator!, bitsOf(letters!, result, isFolder) & who)
  }
  return result
}

function applied(mode: number, who: number, operator: string, bits: number): number {
  if (operator === '+') return mode | bits
  if (operator === '-') return mode & ~bits
  // Setuid and its like stay unless they are named.
  return (mode & ~(who & 0o777)) | bits
}

function bitsOf(letters: string, mode: number, isFolder: boolean): number {
  if (/^[ugo]$/.test(letters)) return ((mode >> { u: 6, g: 3, o: 0 }[letters as 'u' | 'g' | 'o']) & 7) * 0o111
  let bits = 0
  for (const letter of letters) {
    if (letter === 'X') bits |= isFolder || (mode & 0o111) !== 0 ? 0o111 : 0
    else bits |= BITS[letter] ?? (letter === 's' ? 0o6000 : 0o1000)
  }
  return bits
}

/** `--chown` or USER as part of a key: root is 0, other names stay names. */
export function ownerKey(chown: string): string {
  const colon = chown.indexOf(':')
  const parts = colon === -1 ? [chown] : [chown.slice(0, colon), chown.slice(colon + 1)]
  return parts.map(part => (part === 'root' || part === '' ? '0' : /^\d+$/.test(part) ? String(Number(part)) : part)).join(':')
}

/** Who owns a file then: '' for root. A number alone is user and group, a name alone has the group its table says; unknown names stay. */
export function ownerOf(chown: string, userNamed: (name: string) => { readonly user: string; readonly group: string } | undefined, groupNamed: (name: string) => string | undefined): string {
  const [user = '', group] = ownerKey(chown).split(':')
  const known = isNumber(user) ? { user, group: user } : userNamed(user)
  const owner = `${known?.user ?? user}:${group === undefined ? known?.group ?? '*' : isNumber(group) ? group : groupNamed(group) ?? group}`
  return owner === '0:0' ? '' : owner
}

const isNumber = (text: string): boolean => /^\d+$/.test(text)
