// A package registry on this machine: the packed project, and everything else as it lies in node_modules. With it a real npm
// installs the package without the network.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../', import.meta.url))

export interface Registry { readonly url: string; close(): Promise<void> }
interface Manifest { readonly name: string; readonly version: string }

/** `packed` is the archive of the project. */
export async function startRegistry(packed: string): Promise<Registry> {
  const own = JSON.parse((await run('tar', ['xzOf', packed, 'package/package.json'])).stdout) as Manifest
  const { packages } = JSON.parse(readFileSync(join(root, 'node_modules/.package-lock.json'), 'utf8')) as { readonly packages: Readonly<Record<string, Manifest>> }
  const pathsOf = (name: string): readonly string[] => Object.keys(packages).filter(path => path.endsWith(`node_modules/${name}`))
  const manifestsOf = (name: string): readonly Manifest[] =>
    name === own.name ? [own] : pathsOf(name).map(path => JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8')) as Manifest)
  const archiveOf = async (name: string, version: string): Promise<Uint8Array> => {
    if (name === own.name) return readFileSync(packed)
    const path = pathsOf(name).find(found => packages[found]!.version === version)!
    return (await run('tar', ['czf', '-', '-C', join(root, path), '.'], { encoding: 'buffer', maxBuffer: 1e9 })).stdout
  }
  const server = createServer((request, response) => {
    const [, name, version] = /^\/(.+?)(?:\/-\/(.*)\.tgz)?$/.exec(decodeURIComponent(request.url!))!
    const answer = async (): Promise<Uint8Array | string> => version === undefined ? packument(name!, manifestsOf(name!), url()) : archiveOf(name!, version)
    answer().then(body => response.end(body), error => response.writeHead(404).end(String(error)))
  })
  await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve) })
  const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const close = (): Promise<void> => new Promise(resolve => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
  return { url: url(), close }
}

function packument(name: string, manifests: readonly Manifest[], url: string): string {
  const latest = manifests.at(-1)
  if (!latest) throw new Error(`${name} is not installed`)
  const versions = manifests.map(manifest => [manifest.version, { ...manifest, dist: { tarball: `${url}${name}/-/${manifest.version}.tgz` } }])
  return JSON.stringify({ name, 'dist-tags': { latest: latest.version }, 'versions': Object.fromEntries(versions) })
}
