// What an image holds, as plain data, and how two of them differ. Times are left out: no cache key and no fix depends on them.
import { createHash } from 'node:crypto'
import { spawn } from 'node:child_process'
import { docker } from './docker.mjs'

const BLOCK = 512
const text = bytes => bytes.toString('utf8').replace(/\0[^]*$/, '')
/** Octal, or binary where the highest bit says so. */
const number = bytes => (bytes[0] & 0x80 ? Number(BigInt(`0x${bytes.toString('hex')}`) & ((1n << 88n) - 1n)) : parseInt(text(bytes).trim() || '0', 8))

function header(block) {
  const prefix = text(block.subarray(345, 500))
  const name = text(block.subarray(0, 100))
  return {
    path: prefix === '' ? name : `${prefix}/${name}`, mode: number(block.subarray(100, 108)) & 0o7777,
    uid: number(block.subarray(108, 116)), gid: number(block.subarray(116, 124)), size: number(block.subarray(124, 136)),
    type: String.fromCharCode(block[156] || 48), link: text(block.subarray(157, 257)),
  }
}

/** `<length> <key>=<value>\n`, again and again; lengths are those of bytes. */
function extended(bytes) {
  const fields = {}
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(32, at)
    const end = at + Number(bytes.subarray(at, space).toString())
    if (!(end > at)) break
    const [, key, value] = /^([^=]*)=([^]*)\n$/.exec(bytes.subarray(space + 1, end).toString('latin1'))
    fields[key] = value
    at = end
  }
  return fields
}
const utf8 = latin => Buffer.from(latin, 'latin1').toString('utf8')

/** Hands out exact numbers of bytes of a stream. */
function reader(stream) {
  const chunks = stream[Symbol.asyncIterator]()
  let rest = Buffer.alloc(0)
  const more = async () => {
    const { value, done } = await chunks.next()
    return done ? null : value
  }
  return async (size, take) => {
    for (let left = size; left > 0;) {
      if (rest.length === 0) rest = await more()
      if (rest === null) return false
      const part = rest.subarray(0, left)
      take(part)
      rest = rest.subarray(part.length)
      left -= part.length
    }
    return true
  }
}

/** Files of a tar stream: path → kind, mode, owner, content or target. A hard link counts as the file it names. */
export async function readTar(stream) {
  const read = reader(stream)
  const entries = new Map()
  const bytes = async size => {
    const parts = []
    return await read(size, part => parts.push(part)) ? Buffer.concat(parts) : null
  }
  const skipPadding = size => read((BLOCK - size % BLOCK) % BLOCK, () => {})
  for (let special = {}, block; (block = await bytes(BLOCK)) !== null;) {
    if (block[0] === 0) continue
    const head = header(block)
    if ('xgLK'.includes(head.type)) {
      const content = await bytes(head.size)
      await skipPadding(head.size)
      if (head.type === 'x') Object.assign(special, extended(content))
      if (head.type === 'L') special.path = text(content)
      if (head.type === 'K') special.linkpath = text(content)
      continue
    }
    const size = Number(special.size ?? head.size)
    const hash = createHash('sha1')
    await read(size, part => hash.update(part))
    await skipPadding(size)
    addEntry(entries, head, special, size, hash)
    special = {}
  }
  return entries
}

function addEntry(entries, head, special, size, hash) {
  const path = utf8(special.path ?? Buffer.from(head.path).toString('latin1')).replace(/^\.?\//, '').replace(/\/$/, '')
  const link = utf8(special.linkpath ?? Buffer.from(head.link).toString('latin1'))
  const attributes = Object.entries(special).filter(([key]) => key.startsWith('SCHILY.xattr.')).map(([key, value]) => `${key.slice(13)}=${Buffer.from(value, 'latin1').toString('hex')}`).sort()
  const owner = `${special.uid ?? head.uid}:${special.gid ?? head.gid}`
  if (path === '') return
  if (head.type === '1') entries.set(path, entries.get(link.replace(/^\.?\//, '')) ?? { type: 'hard link', link })
  else entries.set(path, { type: types[head.type] ?? head.type, mode: head.mode.toString(8), owner, attributes: attributes.join(' '), ...content(head.type, size, hash, link) })
}
const types = { 0: 'file', 2: 'link', 3: 'device', 4: 'device', 5: 'folder', 6: 'pipe' }
const content = (type, size, hash, link) => (type === '0' ? { size, hash: hash.digest('hex') } : type === '2' ? { link } : {})

/** What `docker inspect` says of an image that a container could see. The order of variables is of no matter. */
function configuration(tag) {
  const [{ Config, Architecture, Os, Size }] = JSON.parse(docker(['image', 'inspect', tag]).stdout)
  const { Env, Cmd, Entrypoint, User, WorkingDir, ExposedPorts, Labels, Volumes, Healthcheck, StopSignal, Shell, OnBuild } = Config ?? {}
  const config = { Env: [...Env ?? []].sort(), Cmd, Entrypoint, User, WorkingDir, ExposedPorts, Labels, Volumes, Healthcheck, StopSignal, Shell, OnBuild, Architecture, Os }
  return { config: Object.fromEntries(Object.entries(config).map(([key, value]) => [key, JSON.stringify(value ?? null)])), size: Size }
}

/** The file system as a container would see it, and the configuration. */
export async function readImage(tag) {
  const id = docker(['create', tag, 'none']).stdout.trim()
  const exporting = spawn('docker', ['export', id], { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    return { files: await readTar(exporting.stdout), ...configuration(tag) }
  } finally {
    exporting.kill()
    docker(['rm', '--force', id])
  }
}

const parts = ['type', 'mode', 'owner', 'attributes', 'link', 'size', 'hash']

/** Paths of two images that differ, and how: `{ path, what }`. */
export function differences(before, after) {
  const found = []
  for (const path of new Set([...before.files.keys(), ...after.files.keys()])) {
    const [one, other] = [before.files.get(path), after.files.get(path)]
    if (!one || !other) found.push({ path, what: one ? 'is gone' : 'is new' })
    else {
      const part = parts.find(name => one[name] !== other[name])
      if (part) found.push({ path, what: part === 'hash' ? 'has other content' : `${part}: ${one[part]} → ${other[part]}` })
    }
  }
  for (const key of Object.keys(before.config)) if (before.config[key] !== after.config[key]) found.push({ path: `(${key})`, what: `${before.config[key]} → ${after.config[key]}` })
  return found.sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** Whether a path, or a folder above it, fits one of the globs: `**` any folders, `*` and `?` within one name, `{a,b}` either. What is below a folder stands for the folder as well. */
export function fits(path, globs) {
  const above = path.split('/').map((_, index, names) => names.slice(0, index + 1).join('/'))
  return globs.some(glob => above.some(name => pattern(glob).test(name)))
}
const patterns = new Map()
function pattern(glob) {
  if (!patterns.has(glob)) patterns.set(glob, new RegExp(`^${glob.replace(/^\//, '').replace(/\/(?:\*\*)?$/, '').replace(/\*\*\/|\*\*|\{[^}]*\}|[^]/g, part => tokens[part] ?? (part[0] === '{' && part.length > 1 ? `(?:${part.slice(1, -1).split(',').map(escaped).join('|')})` : escaped(part)))}$`))
  return patterns.get(glob)
}
const escaped = literal => literal.replace(/[.+^$()|[\]\\{}*?]/g, '\\$&')
const tokens = { '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*', '?': '[^/]' }
