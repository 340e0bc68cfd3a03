import { connect, createServer, type Server, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { Direction } from './links'
import { Relay } from './relay'

const there = () => new Direction('ap-southeast-3', 'ap-southeast-1', 10)
const back = () => new Direction('ap-southeast-1', 'ap-southeast-3', 10)
const closing: (() => Promise<void> | void)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

test('a round trip takes the delay of both ways, and lag adds to one of them', async () => {
  const { relay, way } = await relayTo(echo())
  const client = await dial(relay)
  await roundTrip(client) // the first also waits for the handshake
  expect(await leastMs(() => roundTrip(client))).toSatisfy(isAbout(20))
  way.back.set({ lagMs: 30 })
  expect(await leastMs(() => roundTrip(client))).toSatisfy(isAbout(50))
  way.back.set({ lagMs: 0 })
  expect(await leastMs(() => roundTrip(client))).toSatisfy(isAbout(20))
})

test('a new connection first pays for its handshake', async () => {
  const { relay } = await relayTo(echo())
  expect(await leastMs(async () => roundTrip(await dial(relay)))).toSatisfy(isAbout(40))
})

test('a black hole one way lets requests through and keeps answers until it heals', async () => {
  const received: string[] = []
  const { relay, way } = await relayTo((socket) =>
    socket.on('data', (chunk) => received.push(chunk.toString()) && socket.write('answer')),
  )
  const client = await dial(relay)
  await roundTrip(client)
  way.back.set({ state: 'black-hole' })
  let answers = 0
  client.on('data', () => (answers += 1))
  client.write('while dark')
  await expect.poll(() => received.at(-1)).toBe('while dark')
  expect(answers).toBe(0)
  way.back.set({ state: 'up' })
  await expect.poll(() => answers).toBe(1)
})

test('a connection into a black hole is accepted and nothing happens until it heals', async () => {
  let arrivals = 0
  const { relay, way } = await relayTo((socket) => {
    arrivals += 1
    socket.pipe(socket)
  })
  way.back.set({ state: 'black-hole' })
  const client = await dial(relay)
  const answer = roundTrip(client)
  expect(arrivals).toBe(0)
  way.back.set({ state: 'up' })
  await answer
  expect(arrivals).toBe(1)
})

test('a cut resets what crosses it and refuses what comes, whichever way is cut', async () => {
  const { relay, way } = await relayTo(echo())
  for (const direction of [way.there, way.back]) {
    const established = await dial(relay)
    await roundTrip(established)
    const isReset = errorCode(established)
    direction.set({ state: 'cut' })
    expect(await isReset).toBe('ECONNRESET')
    expect(await errorCode(connect(relay.port, '127.0.0.1'))).toBe('ECONNRESET')
    direction.set({ state: 'up' })
    await roundTrip(await dial(relay))
  }
})

test('nobody behind the relay is a reset, after a round trip', async () => {
  const { relay, upstream } = await relayTo(echo())
  await new Promise((resolve) => upstream.close(resolve))
  const refused = async () => expect(await errorCode(connect(relay.port, '127.0.0.1'))).toBe('ECONNRESET')
  expect(await leastMs(refused)).toSatisfy(isAbout(20))
})

test('a reader that does not read makes the writer wait: what is under way is bounded', async () => {
  const { relay } = await relayTo((socket) => void socket.pause())
  const client = await dial(relay)
  const chunk = Buffer.alloc(1024 * 1024)
  let writtenCount = 0
  while (client.write(chunk) || (await drainsWithin(client, 500))) {
    writtenCount += 1
    expect(writtenCount, 'megabytes taken with no reader').toBeLessThan(64)
  }
})

// Guarantee: whatever the links do short of a cut, every byte arrives once and in order, and so does the end.
test('bytes and ends arrive in order under changing delays and black holes', async () => {
  const change = fc.record({ state: fc.constantFrom('up' as const, 'black-hole' as const), lagMs: fc.nat(8) })
  const plan = fc.array(
    fc.record({ bytes: fc.string({ minLength: 1, maxLength: 2_000 }), there: change, back: change }),
    { maxLength: 12 },
  )
  await fc.assert(
    fc.asyncProperty(plan, async (steps) => {
      const { relay, way } = await relayTo(echo())
      const client = await dial(relay)
      const received = text(client)
      for (const step of steps) {
        client.write(step.bytes)
        way.there.set(step.there)
        way.back.set(step.back)
        await new Promise(setImmediate)
      }
      client.end()
      for (const direction of [way.there, way.back]) direction.set({ state: 'up', lagMs: 0 })
      expect(await received).toBe(steps.map((step) => step.bytes).join(''))
    }),
    { numRuns: 20 },
  )
})

function echo() {
  return (socket: Socket) => void socket.pipe(socket)
}

async function relayTo(
  serve: (socket: Socket) => void,
): Promise<{ relay: Relay; upstream: Server; way: { there: Direction; back: Direction } }> {
  const upstream = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {})
    serve(socket)
  })
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
  const address = upstream.address()
  const upstreamPort = address && typeof address === 'object' ? address.port : 0
  const way = { there: there(), back: back() }
  const relay = new Relay('ap-southeast-3', 'upstream', { ...way, upstreamPort: () => upstreamPort })
  await relay.open(null)
  closing.push(
    () => void upstream.close(),
    () => relay.close(),
  )
  return { relay, upstream, way }
}

async function dial(relay: Relay): Promise<Socket> {
  const socket = connect({ port: relay.port, host: '127.0.0.1', noDelay: true })
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  socket.on('error', () => {})
  closing.push(() => void socket.destroy())
  return socket
}

async function roundTrip(socket: Socket): Promise<number> {
  const startedAtMs = performance.now()
  socket.write('ping')
  await new Promise((resolve) => socket.once('data', resolve))
  return performance.now() - startedAtMs
}

/** The least of a few: what the work takes when the machine is not busy with something else. */
async function leastMs(work: () => Promise<unknown>): Promise<number> {
  const tookMs: number[] = []
  for (let attempt = 0; attempt < 7; attempt += 1) {
    const startedAtMs = performance.now()
    await work()
    tookMs.push(performance.now() - startedAtMs)
  }
  return Math.min(...tookMs)
}

/** Never early; late by what the timers of a very busy machine add. */
function isAbout(ms: number): (measuredMs: number) => boolean {
  return (measuredMs) => measuredMs >= ms - 1.5 && measuredMs < ms + 40
}

function errorCode(socket: Socket): Promise<string | undefined> {
  return new Promise((resolve) => {
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code))
    socket.on('data', () => {})
  })
}

function drainsWithin(socket: Socket, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), timeoutMs)
    socket.once('drain', () => {
      clearTimeout(timer)
      resolve(true)
    })
  })
}
