import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { TEST_CERTIFICATE, TEST_KEY } from '@/server/outbound/testing-certificate'

/** Real receivers of messages, for tests. Each is closed with every connection it still holds. */
export type Heard = { url: string; headers: IncomingHttpHeaders; raw: string }
export type Answer = (response: ServerResponse, heard: Heard) => void
export type Receiver = { url: string; port: number; heard: Heard[]; stop(): Promise<void> }

export const says =
  (status: number, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(status, headers).end('thank you')

export async function startReceiver(answer: Answer, { isTls = false } = {}): Promise<Receiver> {
  const heard: Heard[] = []
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    response.on('error', () => {})
    request.on('error', () => {})
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const one = { url: request.url ?? '', headers: request.headers, raw: Buffer.concat(chunks).toString('utf8') }
      heard.push(one)
      answer(response, one)
    })
  }
  const server = isTls ? createTlsServer({ key: TEST_KEY, cert: TEST_CERTIFICATE }, onRequest) : createServer(onRequest)
  const { port, stop } = await listen(server)
  return { url: `${isTls ? 'https' : 'http'}://localhost:${port}/hook/t0ken`, port, heard, stop }
}

/** Speaks no HTTP, or nothing at all: `talk` gets the socket. */
export async function startTalker(talk: (socket: Socket) => void): Promise<{ port: number; stop(): Promise<void> }> {
  return listen(createTcpServer(talk))
}

/** A port on which nobody listens: it was free a moment ago. */
export async function closedPort(): Promise<number> {
  const { port, stop } = await startTalker((socket) => socket.destroy())
  await stop()
  return port
}

async function listen(server: Server): Promise<{ port: number; stop(): Promise<void> }> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
