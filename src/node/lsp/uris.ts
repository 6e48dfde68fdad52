// Addresses of documents and paths of files. What is no file on this machine has no path.
import { fileURLToPath, pathToFileURL } from 'node:url'

/** Absolute; null for untitled documents, other schemes, other hosts and what is no address at all. */
export function pathOf(uri: string): string | null {
  if (!/^file:/i.test(uri)) return null
  try {
    const path = fileURLToPath(uri)
    return path.includes('\0') ? null : path
  } catch {
    return null
  }
}

export const uriOf = (path: string): string => pathToFileURL(path).href
