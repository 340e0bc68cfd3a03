import { createServer, type Server, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { afterEach, expect, test } from 'vitest'
import type { Endpoint } from '@/server/engines/contract'
import { call } from '@/server/engines/contract-suite'
import { createPostgresAdapter } from '.'

/** Whoever answers on a member's port may not be that member, and may wish us ill. */
const PASSWORD = 'a-password-that-must-not-travel'
const DEADLINE_MS = 500
const OVERRUN_MS_MAX = 1_000
const HEAP_BYTES_MAX = 100_000_000

const AUTH_OK = message('R', int32(0))
const READY = message('Z', Buffer.from('I'))
const servers: Server[] = []
const adapter = createPostgresAdapter()

afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve))
})

test.each<[string, (socket: Socket) => void]>([
  ['answers nothing', () => {}],
  ['hangs up at once', (socket) => socket.destroy()],
  ['speaks another protocol', (socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ['sends notices without end', (socket) => flood(socket, message('N', Buffer.from('Mnotice\0\0')))],
  [
    'lets us in and sends rows without end',
    (socket) => afterSignIn(socket, () => flood(socket, row('x'.repeat(60_000)))),
  ],
  [
    'names a message of two gigabytes',
    (socket) => flood(socket, Buffer.concat([Buffer.from('D'), int32(2_000_000_000)])),
  ],
  ['drips a byte at a time', (socket) => drip(socket)],
  ['lets us in and answers nonsense', (socket) => afterSignIn(socket, () => socket.write(answer('{"isStandby": 7}')))],
  [
    'lets us in and is not the member',
    (socket) => afterSignIn(socket, () => socket.write(answer('homeport/other/eu-west-1'))),
  ],
])('a server that %s is unreachable, within the deadline and in bounded memory', async (_, behave) => {
  const endpoint = await listen(behave)
  const before = process.memoryUsage().heapUsed + process.memoryUsage().external
  const startedAtMs = performance.now()
  const report = await adapter.observe(endpoint, 'cell:x', call(DEADLINE_MS))
  const probe = await adapter.probe(endpoint, 'read', { scope: 'cell:x', epoch: 1n }, call(DEADLINE_MS))
  expect(performance.now() - startedAtMs).toBeLessThan(2 * DEADLINE_MS + OVERRUN_MS_MAX)
  expect(report.reachable).toBe(false)
  expect(!report.reachable && report.detail.length).toBeLessThan(600)
  expect(['timeout', 'unreachable', 'error']).toContain(probe.outcome)
  expect(process.memoryUsage().heapUsed + process.memoryUsage().external - before).toBeLessThan(HEAP_BYTES_MAX)
})

test.each([
  ['in clear', 3, Buffer.alloc(0)],
  ['as MD5', 5, Buffer.from([1, 2, 3, 4])],
])('a server that asks for the password %s does not get it', async (_, method, salt) => {
  const received: Buffer[] = []
  const endpoint = await listen((socket) => {
    socket.on('data', (chunk) => received.push(chunk))
    socket.write(message('R', Buffer.concat([int32(method), salt])))
  })
  const report = await adapter.observe(endpoint, 'cell:x', call(DEADLINE_MS))
  expect(report).toMatchObject({ reachable: false, detail: expect.stringContaining('SCRAM') })
  expect(Buffer.concat(received).toString('latin1'), 'said after the question').toBe('')
})

async function listen(behave: (socket: Socket) => void): Promise<Endpoint> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => behave(socket))
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (!address || typeof address === 'string') throw new Error('No port.')
  const account = { user: 'app', password: PASSWORD }
  const place = { host: '127.0.0.1', port: address.port, database: 'app', admin: account, app: account }
  return { memberId: 'x-1', region: 'eu-west-1', vantageRegion: 'eu-west-1', ...place }
}

/** Trusts whoever comes, then waits for the first question. */
function afterSignIn(socket: Socket, then: () => void): void {
  socket.write(Buffer.concat([AUTH_OK, READY]))
  socket.once('data', then)
}

function flood(socket: Socket, part: Buffer): void {
  const block = Buffer.concat(Array.from({ length: Math.ceil(65_536 / part.length) }, () => part))
  const more = () => {
    while (!socket.destroyed && socket.write(block));
  }
  socket.on('drain', more)
  more()
}

function drip(socket: Socket): void {
  const letter = setInterval(() => socket.write('N'), 10)
  socket.on('close', () => clearInterval(letter))
}

function answer(text: string): Buffer {
  const field = Buffer.concat([
    Buffer.from('server_name\0'),
    int32(0),
    int16(0),
    int32(25),
    int16(-1),
    int32(-1),
    int16(0),
  ])
  return Buffer.concat([
    message('T', Buffer.concat([int16(1), field])),
    row(text),
    message('C', Buffer.from('SELECT 1\0')),
    READY,
  ])
}

function row(text: string): Buffer {
  return message('D', Buffer.concat([int16(1), int32(Buffer.byteLength(text)), Buffer.from(text)]))
}

function message(type: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body])
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeInt16BE(value)
  return bytes
}
