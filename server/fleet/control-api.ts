import { randomBytes, timingSafeEqual } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { z } from 'zod'
import { writeKeptFile } from '@/server/kept-file'
import { CONTROL_FILE, type ControlAddress } from './client'
import { LagOrder, LinkAction, LockoutAction, OperationOrder, PowerAction, PowerOrder, RebuildOrder } from './contract'
import type { Fleet } from './fleet'
import { FleetError, type FleetErrorCode } from './fleet-error'
import { LOOPBACK } from './ports'

const BODY_BYTES_MAX = 16 * 1024
const TOKEN_BYTES = 32
/** A rebuild is the longest request; its own deadlines end it well before this. */
const REQUEST_TIMEOUT_MS = 180_000

export type ControlApi = { url: string; close(): Promise<void> }

const statusOf: Record<FleetErrorCode, number> = {
  'bad-request': 400,
  unauthorised: 401,
  'not-found': 404,
  conflict: 409,
  deadline: 504,
  'already-running': 409,
  'not-running': 503,
  'corrupt-data-dir': 500,
  'unsupported-host': 500,
  'server-failed': 500,
}

/**
 * Serves a fleet to other processes on this machine: loopback, a random port, and a token that lies beside the data with
 * mode 600 (`fleet.json`), so whoever may read the data directory may use the power switch.
 *
 *   GET  /status                                      FleetStatus
 *   POST /members/:name/kill|stop|freeze|start        {only?: 'postmaster'} -> PowerReceipt
 *   POST /members/:name/power-off|bring-back-closed|release   {operationId} -> LockoutReceipt
 *   POST /members/:name/clone                         {operationId} -> CloneReceipt
 *   POST /clones/discard                              {operationId}
 *   POST /members/:name/rebuild                       {source, operationId} -> RebuildReceipt
 *   POST /links/:from/:to/cut|black-hole|heal|lag     lag: {ms} -> LinkStatus
 *
 * Errors: {error: {code, message}} with 400, 401, 404, 409, 500 or 504.
 */
export async function openControlApi(fleet: Fleet): Promise<ControlApi> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url')
  const server = createServer((request, response) => {
    answer(fleet, token, request).then(
      (content) => send(response, 200, content),
      (error) => sendError(response, error),
    )
  })
  server.requestTimeout = REQUEST_TIMEOUT_MS
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port: 0, host: LOOPBACK }, resolve)
  })
  const address = server.address()
  const url = `http://${LOOPBACK}:${address && typeof address === 'object' ? address.port : 0}`
  const path = join(fleet.dataDir, CONTROL_FILE)
  await writeKeptFile(path, { version: 1, url, token, pid: process.pid } satisfies ControlAddress)
  const close = async () => {
    await rm(path, { force: true })
    server.closeAllConnections()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }
  return { url, close }
}

async function answer(fleet: Fleet, token: string, request: IncomingMessage): Promise<unknown> {
  if (!isBearer(request.headers.authorization, token)) {
    throw new FleetError(
      'unauthorised',
      'The bearer token is missing or wrong: it is in fleet.json of the data directory.',
    )
  }
  const route = `${request.method} ${request.url}`
  if (route === 'GET /status') return fleet.status()
  const [kind, ...names] = (request.url ?? '').slice(1).split('/').map(decodeName)
  if (request.method === 'POST' && kind === 'members' && names.length === 2) {
    return onMember(fleet, names[0]!, names[1]!, await readBody(request))
  }
  if (request.method === 'POST' && kind === 'links' && names.length === 3) {
    return onLink(fleet, { from: names[0]!, to: names[1]!, action: names[2]! }, await readBody(request))
  }
  if (route === 'POST /clones/discard') {
    const order = parse(OperationOrder, await readBody(request))
    await fleet.discardClone(order.operationId)
    return order
  }
  throw new FleetError('not-found', `There is no ${route}.`)
}

async function onMember(fleet: Fleet, name: string, action: string, body: unknown): Promise<unknown> {
  if (action === 'clone') return fleet.startClone(name, parse(OperationOrder, body).operationId)
  const lockout = LockoutAction.safeParse(action)
  if (lockout.success) return fleet.lockOut(name, lockout.data, parse(OperationOrder, body).operationId)
  if (action === 'rebuild') return fleet.rebuild(name, parse(RebuildOrder, body))
  return fleet.power(name, parse(PowerAction, action), parse(PowerOrder, body).only)
}

function onLink(fleet: Fleet, link: { from: string; to: string; action: string }, body: unknown): unknown {
  const action = parse(LinkAction, link.action)
  const lagMs = action === 'lag' ? parse(LagOrder, body).ms : undefined
  return fleet.changeLink(link.from, link.to, action, lagMs)
}

function parse<T>(schema: z.ZodType<T>, input: unknown): T {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  throw new FleetError('bad-request', z.prettifyError(parsed.error).replaceAll('\n', ' '))
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length
    if (sizeBytes > BODY_BYTES_MAX)
      throw new FleetError('bad-request', `A body may hold ${BODY_BYTES_MAX} bytes at most.`)
    chunks.push(chunk)
  }
  if (sizeBytes === 0) return {}
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch {
    throw new FleetError('bad-request', 'The body is not JSON.')
  }
}

function decodeName(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw new FleetError('bad-request', `"${part}" is not a name.`)
  }
}

function isBearer(header: string | undefined, token: string): boolean {
  const given = Buffer.from(header ?? '')
  const wanted = Buffer.from(`Bearer ${token}`)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

function sendError(response: ServerResponse, error: unknown): void {
  const code = error instanceof FleetError ? error.code : 'server-failed'
  const message = error instanceof Error ? error.message : String(error)
  send(response, statusOf[code], { error: { code, message } })
}

function send(response: ServerResponse, status: number, content: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify(content))
}
