// Files that a walk finds under a Dockerfile's name and that are none.

/** Marks of the templates that other tools fill in before anything builds: Jinja, Go, ERB, Maven, autoconf. */
const TEMPLATE = /\{\{|\{%|<%|\$\{\w+(?:\.\w+)+\}|@[A-Za-z_.]+@/
/** `dockerfile.go` may be the Dockerfile for Go, and is more often a source file that reads Dockerfiles. */
const SOURCE = /\.(?:c|cc|cpp|cs|css|go|h|java|js|kt|mjs|php|py|rb|rs|svg|swift|ts|tsx|vue)$/i

/** What a file that no engine would read is instead; null when it is a Dockerfile with a mistake. */
export function foreignKind(path: string, text: string): 'template' | 'source' | null {
  return SOURCE.test(path) ? 'source' : TEMPLATE.test(text) ? 'template' : null
}
