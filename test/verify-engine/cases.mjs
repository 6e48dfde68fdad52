// The sample applications as build contexts in a temporary folder, and what the fixes of one make of it.
import { cpSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, extname, join } from 'node:path'

const comments = { '.js': '// NONCE\n', '.mjs': '// NONCE\n', '.ts': '// NONCE\n', '.css': '/* NONCE */\n' }

/** `case.json`: the file to `edit`, the text to `append` (with NONCE in it), files that only the `host` has, build arguments before and after, and stages to build `first`. */
export function openCase(folder, name) {
  const { edit, append = comments[extname(edit)] ?? '# NONCE\n', host = {}, buildArgs = {}, editArgs = {}, first = [] } = JSON.parse(readFileSync(join(folder, name, 'case.json'), 'utf8'))
  return { name, folder: join(folder, name), text: readFileSync(join(folder, name, 'Dockerfile'), 'utf8'), edit, append, host, buildArgs, editArgs, first }
}

export const caseNames = folder => readdirSync(folder).filter(name => existsSync(join(folder, name, 'case.json'))).sort()

/** A context of its own. Files of the host are those that git would not keep: dependencies, secrets, dumps. */
export function scratch({ folder, host }, changed = {}) {
  const copy = mkdtempSync(join(tmpdir(), 'cachemiss-engine-'))
  cpSync(folder, copy, { recursive: true, verbatimSymlinks: true, filter: path => !path.endsWith('/case.json') })
  for (const [path, content] of Object.entries({ ...host, ...changed })) {
    mkdirSync(dirname(join(copy, path)), { recursive: true })
    writeFileSync(join(copy, path), bytes(content))
  }
  return { folder: copy, remove: () => rmSync(copy, { recursive: true, force: true }) }
}

/** A text, `{ size }`, or `{ tar }` with the files of an archive. */
function bytes(content) {
  if (typeof content === 'string') return content
  return content.tar ? archive(content.tar) : Buffer.alloc(content.size, 'x')
}

/** The same bytes each time. */
function archive(files) {
  const entries = Object.entries(files).map(([path, content]) => [path, Buffer.from(bytes(content))])
  const folders = [...new Set(entries.map(([path]) => dirname(path)).filter(path => path !== '.'))]
  return Buffer.concat([...folders.map(path => tarEntry(`${path}/`, Buffer.alloc(0), '0000755', '5')), ...entries.map(([path, content]) => tarEntry(path, content, '0000644', '0')), Buffer.alloc(1024)])
}

function tarEntry(path, content, mode, type) {
  const head = Buffer.alloc(512)
  const fields = [[0, path], [100, mode], [108, '0000000'], [116, '0000000'], [124, content.length.toString(8).padStart(11, '0')], [136, '00000000000'], [148, '        '], [156, type], [257, 'ustar\0' + '00']]
  for (const [at, value] of fields) head.write(value, at)
  head.write(`${head.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, '0')}\0 `, 148)
  return Buffer.concat([head, content, Buffer.alloc((512 - content.length % 512) % 512)])
}

/** What a developer does between two builds. The nonce keeps one such edit from being in the cache because of another. */
export function editOnce({ edit, append, buildArgs, editArgs }, folder, nonce) {
  const file = join(folder, edit)
  writeFileSync(file, readFileSync(file, 'utf8') + append.replaceAll('NONCE', nonce))
  return { ...buildArgs, ...Object.fromEntries(Object.entries(editArgs).map(([name, value]) => [name, value.replaceAll('NONCE', nonce)])) }
}

function filesIn(root, prefix = '') {
  return readdirSync(join(root, prefix), { withFileTypes: true }).flatMap(entry => {
    const path = prefix + entry.name
    if (entry.isDirectory()) return filesIn(root, `${path}/`)
    const { size, mode } = lstatSync(join(root, path))
    return [{ path, size, mode: mode & 0o7777, ...(entry.isSymbolicLink() && { link: readlinkSync(join(root, path)) }) }]
  })
}

/** The Dockerfile of a context as the linter takes it. */
export function inputOf(folder) {
  const read = path => (existsSync(join(folder, path)) && lstatSync(join(folder, path)).isFile() ? readFileSync(join(folder, path), 'utf8') : null)
  const ignored = read('.dockerignore')
  return {
    path: 'Dockerfile', text: read('Dockerfile'),
    ...(ignored !== null && { ignoreFile: { path: '.dockerignore', text: ignored } }),
    context: { list: () => filesIn(folder), read },
  }
}

/** The fixes of one rule each, then all safe ones together, then all: those that change something. `sameAs` names an earlier one with the same texts. */
export function variantsOf({ fix }, input, active) {
  const ids = active.filter(({ rule }) => rule.fixable).map(({ rule }) => rule.id).sort()
  const asked = [...ids.map(id => [id, { unsafe: true, rules: [id] }]), ['all safe', {}], ['all', { unsafe: true }]]
  const variants = asked.map(([name, options]) => variant(name, fix(input, active, options))).filter(({ rules }) => rules.length > 0)
  return variants.map((one, index) => ({ ...one, sameAs: variants.slice(0, index).find(other => key(other) === key(one))?.fix ?? null }))
}
const key = ({ text, ignoreFile }) => JSON.stringify([text, ignoreFile?.text])

/** Safe only if every fix in it is. */
function variant(name, { text, ignoreFile, applied, refused }) {
  const fixes = applied.map(({ fix }) => fix)
  return {
    fix: name, rules: [...new Set(applied.map(({ rule }) => rule))], text, ignoreFile,
    safety: fixes.every(({ safety }) => safety === 'safe') ? 'safe' : 'suggested',
    assumes: [...new Set(fixes.flatMap(({ assumes }) => assumes ?? []))], drops: [...new Set(fixes.flatMap(({ drops }) => drops ?? []))],
    refused: refused.map(({ rule, reason }) => `${rule}: ${reason}`),
  }
}
