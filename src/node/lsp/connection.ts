// A connection to one client, and the libraries that only the server needs, loaded when it starts.
import type { Readable, Writable } from 'node:stream'
import type { Logger, MessageReader, MessageWriter } from 'vscode-languageserver'
import { UsageError } from '../../index.ts'
import { serve } from './server.ts'

export type Transport =
  | { readonly kind: 'streams'; readonly input: Readable; readonly output: Writable }
  | { readonly kind: 'ipc' }
  | { readonly kind: 'socket'; readonly port: number }
  | { readonly kind: 'pipe'; readonly name: string }

export interface Around {
  readonly docs: (rule: string) => string | null
  /** The client, as far as it was named on the command line. */
  readonly clientProcess: number | null
}

/** Serves until the client leaves; the exit code: 0 when it said so before. Rejects with a UsageError where it cannot be reached. */
export async function converse(transport: Transport, { docs, clientProcess }: Around): Promise<number> {
  const [protocol, common, { TextDocument }, { createHash }] = await Promise.all([
    import('vscode-languageserver/node'), import('vscode-languageserver'), import('vscode-languageserver-textdocument'), import('node:crypto'),
  ])
  const { reader, writer, close } = await opened(transport, protocol)
  return new Promise(resolve => {
    const watched = new Map<number, NodeJS.Timeout>()
    const dog = {
      shutdownReceived: false,
      // The server does it: with the id from the command line as well.
      initialize: () => {},
      exit(code: number) {
        for (const timer of watched.values()) clearInterval(timer)
        close()
        resolve(code)
      },
    }
    const gone = (): void => dog.exit(dog.shutdownReceived ? 0 : 1)
    const watchProcess = (id: number): void => {
      if (!watched.has(id)) watched.set(id, setInterval(() => isAlive(id) || gone(), everyMilliseconds).unref())
    }
    if (clientProcess !== null) watchProcess(clientProcess)
    reader.onClose(gone)
    const connection = common.createConnection(logger => protocol.createProtocolConnection(reader, writer, untilClosed(logger)), dog)
    serve(connection, {
      docs, watchProcess,
      libraries: {
        TextDocument, digest: text => createHash('sha1').update(text).digest('base64url'),
        cancelled: () => new common.ResponseError(common.LSPErrorCodes.RequestCancelled, 'cancelled'),
      },
    })
  })
}

/** The library tells the client what went wrong in an answer to a client that is gone. */
function untilClosed(logger: Logger): Logger {
  const safely = (log: (message: string) => void) => (message: string): void => {
    try {
      log(message)
    } catch {
      // Nobody is there to read it.
    }
  }
  return { error: safely(message => logger.error(message)), warn: safely(message => logger.warn(message)), info: safely(message => logger.info(message)), log: safely(message => logger.log(message)) }
}

const everyMilliseconds = 3000

function isAlive(id: number): boolean {
  try {
    process.kill(id, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

interface Opened { readonly reader: MessageReader; readonly writer: MessageWriter; close(): void }

async function opened(transport: Transport, protocol: typeof import('vscode-languageserver/node')): Promise<Opened> {
  const { IPCMessageReader, IPCMessageWriter, StreamMessageReader, StreamMessageWriter } = protocol
  if (transport.kind === 'ipc') {
    if (process.send === undefined) throw new UsageError('lsp: --node-ipc is for programs that started this one with a channel', 'Write cachemiss lsp --stdio.')
    return { reader: new IPCMessageReader(process), writer: new IPCMessageWriter(process), close: () => { if (process.connected) process.disconnect() } }
  }
  const { input, output } = transport.kind === 'streams' ? transport : await connected(transport)
  // Who closes the pipe while something is written to it has left.
  output.on('error', () => {})
  const reader = new StreamMessageReader(input)
  // Its timer over a message of which the rest never comes would keep the process alive when the client is gone.
  reader.partialMessageTimeout = 0
  return { reader, writer: new StreamMessageWriter(output), close: () => { input.destroy() } }
}

async function connected(transport: Transport & { readonly kind: 'socket' | 'pipe' }): Promise<{ readonly input: Readable; readonly output: Writable }> {
  const { connect } = await import('node:net')
  const socket = transport.kind === 'socket' ? connect(transport.port, '127.0.0.1') : connect(transport.name)
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve({ input: socket, output: socket }))
    socket.once('error', ({ message }) => reject(new UsageError(`lsp: nobody listens there: ${message}`)))
  })
}
