// `cachemiss lsp`: how the client is reached, as it says itself when it starts the server.
import { existsSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { UsageError, rules } from '../../index.ts'
import { readOptions } from '../command-options.ts'
import type { Io } from '../io.ts'
import { rulesPage } from '../package.ts'
import { converse } from './connection.ts'
import type { Transport } from './connection.ts'
import { uriOf } from './uris.ts'

const help = `The language server: diagnostics, fixes and hovers for Dockerfiles in an editor.

Usage: cachemiss lsp --stdio

  --stdio                   talk through standard input and output
  --socket=PORT             connect to this port of this machine
  --pipe=NAME               connect to this pipe or socket file
  --node-ipc                talk through the channel of the program that started this one
  --clientProcessId=ID      end when that process has ended
`

/** Whether a first argument is one that editors give to a server, whatever its name. */
export const isTransport = (argument: string | undefined): boolean => argument !== undefined && /^--(?:stdio|node-ipc|(?:socket|pipe)(?:=.*)?)$/s.test(argument)

/** The exit code. Rejects with a UsageError. */
export async function lsp(args: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = readOptions('lsp', {
    stdio: { type: 'boolean' }, 'node-ipc': { type: 'boolean' }, socket: { type: 'string' }, pipe: { type: 'string' }, clientProcessId: { type: 'string' }, help: { type: 'boolean', short: 'h' },
  }, args)
  if (values.help) {
    io.stdout.write(help)
    return 0
  }
  if (positionals.length > 0) throw new UsageError(`lsp takes no path, and ${JSON.stringify(positionals[0])} is given`, 'Editors say which files are open.')
  const transport = transportOf(values)
  // The library reads it as well, and would watch that process with a timer that keeps this one alive.
  process.argv = process.argv.filter(argument => !argument.startsWith('--clientProcessId'))
  const { setFlagsFromString } = await import('node:v8')
  // Each edit makes a model that lives until the next: collected often, they never add up to what V8 would let them.
  setFlagsFromString('--heap-growing-percent=20')
  const clientProcess = values.clientProcessId === undefined ? null : numberOf('clientProcessId', values.clientProcessId, 2 ** 31)
  return converse(transport, { docs: docsFor(process.argv[1]), clientProcess })
}

interface Given { readonly stdio?: boolean | undefined; readonly 'node-ipc'?: boolean | undefined; readonly socket?: string | undefined; readonly pipe?: string | undefined }

function transportOf({ stdio, 'node-ipc': ipc, socket, pipe }: Given): Transport {
  const found: Transport[] = [
    ...ipc ? [{ kind: 'ipc' as const }] : [],
    ...socket !== undefined ? [{ kind: 'socket' as const, port: numberOf('socket', socket, 65_535) }] : [],
    ...pipe !== undefined ? [{ kind: 'pipe' as const, name: named(pipe) }] : [],
  ]
  const [transport] = found
  if (found.length + Number(stdio ?? false) > 1) throw new UsageError('lsp: more than one of --stdio, --node-ipc, --socket and --pipe is given')
  if (transport) return transport
  if (!stdio) throw new UsageError('lsp: how the editor talks to it is not given', 'Write cachemiss lsp --stdio.')
  // Whatever writes to the console must not write into the conversation.
  for (const name of ['log', 'info', 'debug'] as const) console[name] = console.error
  return { kind: 'streams', input: process.stdin, output: process.stdout }
}

function named(pipe: string): string {
  if (pipe === '' || pipe.includes('\0')) throw new UsageError('lsp: --pipe needs a name', 'Write --pipe=NAME.')
  return pipe
}

function numberOf(name: string, value: string, most: number): number {
  if (!/^\d{1,10}$/.test(value) || Number(value) < 1 || Number(value) > most) throw new UsageError(`lsp: --${name}: ${JSON.stringify(value)} is no ${name === 'socket' ? 'port' : 'process id'}`)
  return Number(value)
}

/** The page on the web, else the one that was installed beside this script. */
function docsFor(script: string | undefined): (rule: string) => string | null {
  let page: string | null | undefined
  const known = new Set(rules.map(({ id }) => id))
  return rule => {
    page ??= rulesPage === '' ? installedPage(script) : rulesPage
    return page === null || !known.has(rule) ? null : `${page}#${rule}`
  }
}

function installedPage(script: string | undefined): string | null {
  if (script === undefined) return null
  try {
    const file = join(dirname(realpathSync(script)), '..', 'rules', 'README.md')
    return existsSync(file) ? uriOf(file) : null
  } catch {
    return null
  }
}
