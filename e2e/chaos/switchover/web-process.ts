import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { handleRest } from '@/server/api/handlers'
import { createWebProcess } from '@/server/process'
import { readWebSettings } from './spawn-web'

/**
 * The part of a web process that applications depend on, in a process of its own: the REST handlers of app/api on the same
 * catalog, pool and LISTEN connection, without the pages. Its address is the first line it prints.
 */
const LOOPBACK = '127.0.0.1'
const SECRET_BYTES = 32

const settings = readWebSettings()
const web = createWebProcess({
  DATABASE_URL: settings.catalogUrl,
  HOMEPORT_URL: `http://${LOOPBACK}`,
  HOMEPORT_SERVED_FROM: settings.servedFrom,
  HOMEPORT_ENVIRONMENT: 'DEMO',
  HOMEPORT_AUTH_SECRET: randomBytes(SECRET_BYTES).toString('hex'),
  HOMEPORT_ROUTER_TOKEN: settings.routerToken,
  HOMEPORT_NOTIFY_PLAIN_HOSTS: [],
  HOMEPORT_BUILD: 'chaos',
})
await web.db.$queryRaw`SELECT 1`
const server = createServer((incoming, outgoing) => {
  answer(incoming, outgoing).catch(() => outgoing.destroy()) // the caller left
})
server.listen(settings.port, LOOPBACK, () => {
  process.stdout.write(`http://${LOOPBACK}:${(server.address() as AddressInfo).port}\n`)
})

async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const left = new AbortController()
  outgoing.once('close', () => left.abort())
  const response = await handleRest(requestOf(incoming, left.signal), web)
  outgoing.writeHead(response.status, Object.fromEntries(response.headers))
  outgoing.flushHeaders()
  if (!response.body) return void outgoing.end()
  await pipeline(Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]), outgoing)
}

function requestOf(incoming: IncomingMessage, signal: AbortSignal): Request {
  const headers = new Headers()
  for (const [name, value] of Object.entries(incoming.headers))
    if (value !== undefined) headers.set(name, String(value))
  const method = incoming.method ?? 'GET'
  const hasBody = method !== 'GET' && method !== 'HEAD'
  return new Request(`http://${incoming.headers.host ?? LOOPBACK}${incoming.url}`, {
    method,
    headers,
    signal,
    ...(hasBody && { body: Readable.toWeb(incoming) as ReadableStream, duplex: 'half' }),
  } as RequestInit)
}
