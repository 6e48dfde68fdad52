// Slash-separated paths, as Go's path package and BuildKit's normalisation treat them.

/** Go's path.Clean: the shortest equal path; '.' for an empty one. */
export function cleanPath(path: string): string {
  const absolute = path.startsWith('/')
  const kept: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') kept.push(part)
    else if (kept.length > 0 && kept.at(-1) !== '..') kept.pop()
    else if (!absolute) kept.push('..')
  }
  const joined = kept.join('/')
  return absolute ? '/' + joined : joined === '' ? '.' : joined
}

export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** A path inside a root, relative to it, without leading or trailing slash; '' for the root. `..` cannot leave it. */
export const insideRoot = (path: string): string => (/(?:^|\/)\.{0,2}(?:\/|$)/.test(path) ? cleanPath('/' + path).slice(1) : path)

/** A working directory after WORKDIR: absolute ones stay as written, relative ones are joined and cleaned. BuildKit: util/system/path.go, NormalizeWorkdir. */
export function nextWorkdir(current: string, path: string): string {
  if (path === '') return current
  return path.startsWith('/') ? path : cleanPath(`/${current}/${path}`)
}

/** The absolute destination of a copy, with a trailing `/` or `/.` kept: both are in the key. BuildKit: client/llb/fileop.go. */
export function copyTarget(workdir: string, target: string): string {
  const written = target === '' || target === '.' ? './' : target
  const clean = cleanPath(written.startsWith('/') ? written : `/${workdir}/${written}`)
  if (written.endsWith('/') && !clean.endsWith('/')) return clean + '/'
  if (written.endsWith('/.')) return (clean === '/' ? '' : clean) + '/.'
  return clean
}
