// `npm run verify:engine [case…]`: tries the fixes of the sample applications in fixtures/engine on a real engine.
// Each is built before and after, the two images are compared file by file; then one source is edited and both are built again,
// to count what executes. Builds run one at a time. Without an engine this says so and ends well.
//   --list: only say which fixes there are       --unfixed: only build the applications as they are
//   --json FILE: write all rows                  --known FILE: take over rows of an earlier --json whose texts are the same
//   --build-option OPTION: for every build, such as --network=host
//   --package FILE: this build of the package instead of a fresh one in dist/
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { caseNames, editOnce, inputOf, openCase, scratch, variantsOf } from './verify-engine/cases.mjs'
import { build, buildOptions, missingEngine, removeImages } from './verify-engine/docker.mjs'
import { differences, fits, readImage } from './verify-engine/image.mjs'
import { printRow, printSummary, printUnsteady } from './verify-engine/table.mjs'

/** What differs between any two builds of one Dockerfile, or tells of nothing but how many commands wrote it. */
const volatile = [
  '/var/log/apt', '/var/log/dpkg.log', '/var/log/alternatives.log', '/var/log/lastlog', '/var/log/faillog', '/var/cache/ldconfig/aux-cache',
  '/var/lib/dpkg/*-old', '/var/cache/debconf/*-old', '/var/cache/apt/*.bin', '**/.npm/_logs', '**/.npm/_update-notifier-last-checked', '**/__pycache__/*.pyc',
]
/** An image that holds its own Dockerfile or ignore file holds another one after a fix. */
const own = ['**/Dockerfile', '**/.dockerignore']

const root = fileURLToPath(new URL('../', import.meta.url))
const fixtures = join(root, 'fixtures/engine')
const nonce = (start => () => `${start}-${++edits}`)(Date.now().toString(36))
let edits = 0

process.umask(0o022)

/** Stages that get in each other's way when they run side by side, a mistake to be mended, are built one after the other. */
function buildInTurn({ buildArgs, first }, folder, tag, noCache) {
  for (const target of first) build(folder, tag, { buildArgs, target, noCache })
  return build(folder, tag, { buildArgs, noCache: noCache && first.length === 0 })
}

/** The image as it is, and what an edit re-runs. */
async function buildOriginal(sample, tag) {
  const context = scratch(sample)
  try {
    const cold = buildInTurn(sample, context.folder, tag, true)
    if (cold.failed !== null) return { failed: cold.failed }
    const image = await readImage(tag)
    const rebuilt = build(context.folder, tag, { buildArgs: editOnce(sample, context.folder, nonce()) })
    return { failed: rebuilt.failed, image, rebuilt, unsteady: null }
  } finally {
    context.remove()
  }
}

/** What differs when the original is built once more without cache says nothing about a fix. Asked only where something differs. */
async function unsteadyPaths(sample, original, tag) {
  const context = scratch(sample)
  try {
    buildInTurn(sample, context.folder, tag, true)
    return differences(original.image, await readImage(tag)).map(({ path }) => path).filter(path => !fits(path, volatile))
  } finally {
    context.remove()
  }
}

const compared = (original, image, drops) => differences(original.image, image)
  .filter(({ path, what }) => !fits(path, volatile) && !original.unsteady?.includes(path) && !(fits(path, own) && what !== 'is gone'))
  .map(difference => ({ ...difference, dropped: difference.what === 'is gone' && fits(difference.path, drops) }))
const isOdd = ({ dropped }) => !dropped

async function comparison(sample, original, image, drops, tag) {
  const found = compared(original, image, drops)
  if (original.unsteady !== null || !found.some(isOdd)) return found
  original.unsteady = await unsteadyPaths(sample, original, tag)
  return compared(original, image, drops)
}

/** Of a safe fix a difference counts only if a build without cache shows it too: a cached step may be older than what the archive holds today. */
async function tryVariant(sample, original, { text, ignoreFile, safety, drops }, tag) {
  const context = scratch(sample, { Dockerfile: text, ...(ignoreFile && { [ignoreFile.path]: ignoreFile.text }) })
  const attempt = async noCache => {
    const atOnce = build(context.folder, tag, { buildArgs: sample.buildArgs, noCache })
    const isInTurn = atOnce.failed !== null && sample.first.length > 0
    const { failed, isBaseMissing } = isInTurn ? buildInTurn(sample, context.folder, tag, noCache) : atOnce
    if (failed !== null) return { failed, isBaseMissing }
    const image = await readImage(tag)
    return { failed, isInTurn, size: image.size, differences: await comparison(sample, original, image, drops, `${tag}-again`) }
  }
  try {
    const first = await attempt(false)
    const last = first.failed === null && safety === 'safe' && first.differences.some(isOdd) ? await attempt(true) : first
    if (last.failed !== null) return last
    const after = build(context.folder, tag, { buildArgs: editOnce(sample, context.folder, nonce()) })
    return { ...last, failed: after.failed, after }
  } finally {
    context.remove()
    removeImages([tag, `${tag}-again`])
  }
}

function variantsIn(sample, engine) {
  const context = scratch(sample)
  try {
    return engine ? variantsOf(engine, inputOf(context.folder), engine.active) : []
  } finally {
    context.remove()
  }
}

/** All rows of one application. `earlier` holds rows by what they depend on. */
async function verify(sample, engine, earlier) {
  const tag = `cachemiss-verify:${sample.name}`
  const key = variant => JSON.stringify([sample.name, sample.text, variant?.text, variant?.ignoreFile?.text, variant?.safety, variant?.drops])
  const variants = variantsIn(sample, engine)
  const original = [undefined, ...variants].every(variant => earlier.has(key(variant))) ? earlier.get(key()).original : await buildOriginal(sample, tag)
  const rows = []
  const add = row => {
    rows.push({ case: sample.name, ...row })
    printRow(rows.at(-1))
  }
  const { image, ...shown } = original
  add({ fix: '(unfixed)', key: key(), failed: original.failed, original: shown, before: original.rebuilt, after: null, differences: [] })
  for (const variant of original.failed === null ? variants : []) {
    const done = rows.find(({ fix }) => fix === variant.sameAs) ?? earlier.get(key(variant))
    const { failed, isBaseMissing, isInTurn, size, differences: found, after, before = original.rebuilt } = done ?? await tryVariant(sample, original, variant, `${tag}-fixed`)
    add({ ...variant, key: key(variant), failed, isBaseMissing, isInTurn, size, differences: found, before, after })
  }
  removeImages([tag])
  if (original.unsteady) printUnsteady(original.unsteady)
  return rows
}

function options() {
  const [names, found] = [[], { json: null, known: null, package: null, list: false, unfixed: false }]
  for (const args = process.argv.slice(2); args.length > 0;) {
    const arg = args.shift()
    if (arg === '--json' || arg === '--known' || arg === '--package') found[arg.slice(2)] = args.shift()
    else if (arg === '--build-option') buildOptions.push(args.shift())
    else if (arg === '--list' || arg === '--unfixed') found[arg.slice(2)] = true
    else if (arg.startsWith('-')) throw new Error(`unknown option ${arg}`)
    else names.push(arg.replace(/\/$/, '').split('/').at(-1))
  }
  const unknown = names.filter(name => !existsSync(join(fixtures, name, 'case.json')))
  if (unknown.length > 0) throw new Error(`no such case: ${unknown.join(', ')}`)
  return { ...found, names: names.length > 0 ? names : caseNames(fixtures) }
}

async function loadPackage(file) {
  if (file === null) execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit' })
  const { fix, resolveConfig, rules } = await import(file === null ? '../dist/src/index.js' : resolve(file))
  return { fix, active: resolveConfig(rules, { extends: 'cachemiss:all' }).rules }
}

function listFixes({ names }, engine) {
  for (const name of names) for (const { fix, sameAs, safety } of variantsIn(openCase(fixtures, name), engine)) console.log(`${name}: ${fix} (${sameAs === null ? safety : `the same as ${sameAs}`})`)
}

async function tryFixes({ names, json, known }, engine) {
  const earlier = new Map(known && existsSync(known) ? JSON.parse(readFileSync(known, 'utf8')).filter(({ failed, isBaseMissing }) => failed === null || isBaseMissing).map(row => [row.key, row]) : [])
  const rows = []
  for (const name of names) {
    rows.push(...await verify(openCase(fixtures, name), engine, earlier))
    if (json) writeFileSync(json, `${JSON.stringify(rows, null, 1)}\n`)
  }
  process.exitCode = printSummary(rows, new Map(engine?.active.map(({ rule: { id, category } }) => [id, category]))) ? 1 : 0
}

const chosen = (() => {
  try {
    return options()
  } catch (error) {
    console.error(error.message)
    return process.exit(2)
  }
})()
const missing = chosen.list ? null : missingEngine()
if (missing !== null) console.log(`no Docker engine: skipped (${missing})`)
else if (chosen.list) listFixes(chosen, await loadPackage(chosen.package))
else await tryFixes(chosen, chosen.unfixed ? null : await loadPackage(chosen.package))
