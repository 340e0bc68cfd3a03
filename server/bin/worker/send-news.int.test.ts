import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Ctx } from '@/server/context'
import { transact } from '@/server/db'
import { startCatalog, type TestCatalog } from '@/server/db/testing'
import { addChannel, notify, sendTest, startSender } from '@/server/domain/notifications'
import { channel, ctxOf, news, waitForDeliveries } from '@/server/domain/notifications/testing'
import { createSender } from '@/server/notify'
import { type Answer, closedPort, says, startReceiver } from '@/server/notify/testing'

let catalog: TestCatalog
let admin: Ctx
const stops: (() => Promise<unknown>)[] = []
beforeAll(async () => {
  catalog = await startCatalog()
  admin = await ctxOf(catalog.db, 'Ann Admin', 'admin')
})
afterAll(() => catalog?.stop())
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
  await catalog.db.notificationDelivery.deleteMany()
  await catalog.db.notification.deleteMany()
  await catalog.db.notificationChannel.deleteMany()
})

const QUICK = { everyMs: 25, timeoutMs: 400, leaseMs: 5_000 }

function sending(timing = QUICK) {
  const end = new AbortController()
  const { done } = startSender({
    db: catalog.db,
    send: createSender({ plainHosts: [], mail: null }),
    readSecret: async (ref) => `the secret of ${ref}`,
    environment: 'DEMO',
    consoleUrl: 'https://console.example',
    signal: end.signal,
    timing,
  })
  const stop = async () => {
    end.abort()
    await done
  }
  stops.push(stop)
  return { stop }
}

async function receiver(answer: Answer) {
  const started = await startReceiver(answer)
  stops.push(started.stop)
  return started
}

async function hook(answer: Answer, change = {}) {
  const { url, heard } = await receiver(answer)
  const { id } = await addChannel(admin, channel({ target: url, ...change }))
  return { id, heard, bodies: () => heard.map(({ raw }) => JSON.parse(raw) as Record<string, unknown>) }
}

const tell = (change = {}) => transact(catalog.db, (tx) => notify(tx, news(change)))
const allAre = (status: string) => (rows: { status: string }[]) =>
  rows.length > 0 && rows.every((row) => row.status === status)

test('news reach every channel of their topic once, with the environment and the link around the one text', async () => {
  const [all, alertsOnly, drillsOnly] = [
    await hook(says(200)),
    await hook(says(200), { topics: ['alert.critical'], secretRef: 'env:HOMEPORT_NOTIFY_A' }),
    await hook(says(200), { topics: ['drill.due'] }),
  ]
  sending()
  await tell()
  for (const { id } of [all, alertsOnly]) await waitForDeliveries(catalog.db, id, allAre('delivered'))
  expect(all.bodies()).toMatchObject([
    { text: '[DEMO] Something is wrong with fra. https://console.example/overview', state: 'open', count: 1 },
  ])
  expect(alertsOnly.heard[0]!.headers['homeport-signature']).toMatch(/^t=\d+,v1=[0-9a-f]{64}$/)
  expect(await catalog.db.notificationDelivery.count({ where: { channelId: drillsOnly.id } })).toBe(0)
})

test('a change that does not commit tells nobody', async () => {
  const { id } = await hook(says(200))
  await expect(
    transact(catalog.db, async (tx) => {
      await notify(tx, news())
      throw new Error('It did not happen.')
    }),
  ).rejects.toThrow('It did not happen.')
  expect(await catalog.db.notificationDelivery.count({ where: { channelId: id } })).toBe(0)
})

test('a receiver that fails is tried again under the same id until it says yes', async () => {
  let times = 0
  const { id, heard } = await hook((response) => void response.writeHead(++times < 3 ? 503 : 200).end())
  sending()
  await tell()
  for (const attempts of [1, 2]) {
    const [row] = await waitForDeliveries(
      catalog.db,
      id,
      ([row]) => row?.attempts === attempts && row.lastError !== null,
    )
    expect(row).toMatchObject({ status: 'queued', responseCode: 503, lastError: 'It answered 503.' })
    await hurry(id)
  }
  expect(await waitForDeliveries(catalog.db, id, allAre('delivered'))).toMatchObject([
    { attempts: 3, responseCode: 200 },
  ])
  expect(new Set(heard.map(({ headers }) => headers['homeport-delivery'])).size).toBe(1)
  expect(heard.map(({ headers }) => headers['homeport-attempt'])).toEqual(['1', '2', '3'])
})

test('after eight attempts it is given up, with the last error kept', async () => {
  const { id } = await addChannel(admin, channel({ target: `http://localhost:${await closedPort()}/` }))
  sending()
  await tell()
  for (let attempts = 1; attempts < 8; attempts++) {
    await waitForDeliveries(catalog.db, id, ([row]) => row?.attempts === attempts && row.lastError !== null)
    await hurry(id)
  }
  const [row] = await waitForDeliveries(catalog.db, id, allAre('failed'))
  expect(row).toMatchObject({
    attempts: 8,
    lastError: 'Given up after 8 attempts. It could not be reached: ECONNREFUSED.',
  })
})

test('a receiver that hangs delays nobody else', async () => {
  const hanging = await hook(() => {})
  const well = await hook(says(200))
  sending({ ...QUICK, timeoutMs: 60_000, leaseMs: 120_000 })
  for (let n = 0; n < 5; n++) await tell({ text: `News ${n}` })
  await waitForDeliveries(catalog.db, well.id, allAre('delivered'))
  expect(well.heard).toHaveLength(5)
  expect(hanging.heard.length, 'one at a time').toBeLessThanOrEqual(1)
})

test('what expires while it cannot be sent is given up', async () => {
  const { id } = await hook(says(500))
  sending()
  const expiresAt = new Date(Date.now() + 1_000).toISOString()
  await transact(catalog.db, (tx) => notify(tx, { ...news(), body: { expiresAt } }))
  const [row] = await waitForDeliveries(catalog.db, id, allAre('failed'))
  expect(row!.lastError).toBe('Given up after 1 attempt, since it was about to expire. It answered 500.')
})

/** A storm that pauses for longer is told as another one. */
const GATHERED_MS = 1_500

test('1,000 alerts of two causes at once are one message a cause for as long as they go on gathering', async () => {
  const { id, bodies } = await hook(says(200))
  sending()
  sending()
  const cause = (n: number) => (n % 2 ? 'region:eu-central-1' : 'region:eu-west-1')
  const tellTen = (start: number) =>
    transact(catalog.db, async (tx) => {
      for (let n = start; n < start + 10; n++) await notify(tx, news({ cause: cause(n), text: `Cell ${n} is dark.` }))
    })
  const LANES = 5 // at once, but no more than the catalog gives connections to
  const lane = async (first: number) => {
    for (let ten = first; ten < 100; ten += LANES) await tellTen(ten * 10)
  }
  const startedAtMs = performance.now()
  await Promise.all(Array.from({ length: LANES }, (_, first) => lane(first)))
  const tookMs = performance.now() - startedAtMs
  const rows = await waitForDeliveries(
    catalog.db,
    id,
    (all) => all.length === 1_000 && allAre('delivered')(all),
    90_000,
  )
  expect(rows).toHaveLength(1_000)
  const messages = bodies()
  expect(messages.reduce((sum, { count }) => sum + Number(count ?? 1), 0)).toBe(1_000)
  expect(messages.length).toBeLessThanOrEqual(2 * (1 + Math.ceil(tookMs / GATHERED_MS)))
  const largest = messages.reduce((a, b) => (Number(b.count ?? 1) > Number(a.count ?? 1) ? b : a))
  expect(largest).toMatchObject({ text: expect.stringMatching(/^\[DEMO\] \d+ of one cause: Cell \d+ is dark\./) })
  expect((largest.items as unknown[]).length).toBeLessThanOrEqual(100)
})

test('two senders never send the same news, and all of it arrives', async () => {
  const { id, heard } = await hook(says(200))
  for (let n = 0; n < 60; n++) await tell({ text: `News ${n}` })
  for (let n = 0; n < 3; n++) sending()
  await waitForDeliveries(catalog.db, id, allAre('delivered'))
  const ids = heard.map(({ headers }) => headers['homeport-delivery'])
  expect(new Set(ids).size).toBe(60)
  expect(ids).toHaveLength(60)
})

test('a test says at once what became of it', async () => {
  const good = await hook(says(200))
  const bad = await hook(says(500))
  sending()
  const { deliveryId } = await sendTest(admin, { id: good.id })
  expect(await waitForDeliveries(catalog.db, good.id, allAre('delivered'))).toMatchObject([{ id: deliveryId }])
  await sendTest(admin, { id: bad.id })
  expect(await waitForDeliveries(catalog.db, bad.id, allAre('failed'))).toMatchObject([
    { attempts: 1, lastError: 'It answered 500.' },
  ])
})

test('a worker killed between sending and writing it down: another repeats it under the same id, and not before its lease is over', async () => {
  let hasArrived = () => {}
  const arrived = new Promise<void>((resolve) => {
    hasArrived = resolve
  })
  const { id, heard } = await hook((response) => {
    if (heard.length > 1) return void response.writeHead(200).end()
    hasArrived() // received in full, and never answered: the sender cannot have recorded anything
  })
  await tell()
  const worker = await spawnNews()
  await arrived
  worker.kill('SIGKILL')
  await once(worker, 'exit')
  sending()
  const other = await hook(says(200))
  await tell({ text: 'Something else.' })
  await waitForDeliveries(catalog.db, other.id, allAre('delivered')) // the second sender works, and leaves the leased one alone
  expect(heard.filter(({ raw }) => raw.includes('wrong with fra'))).toHaveLength(1)
  await hurry(id)
  await waitForDeliveries(catalog.db, id, allAre('delivered'))
  const same = heard.filter(({ raw }) => raw.includes('wrong with fra'))
  expect(same.map(({ headers }) => headers['homeport-attempt'])).toEqual(['1', '2'])
  expect(same[1]!.headers['homeport-delivery']).toBe(same[0]!.headers['homeport-delivery'])
})

/** As if the time until the next attempt had passed by the catalog's clock. */
async function hurry(channelId: string): Promise<void> {
  await catalog.db.$executeRaw`
    UPDATE notification_delivery SET next_attempt_at = clock_timestamp(), last_error = NULL
    WHERE channel_id = ${channelId}::uuid AND status = 'queued'`
}

async function spawnNews(): Promise<ChildProcess> {
  const script = path.resolve(import.meta.dirname, 'testing/news-process.ts')
  const child = spawn(process.execPath, ['--import', 'tsx', script], {
    env: {
      ...process.env,
      DATABASE_URL: catalog.url,
      HOMEPORT_AUTH_SECRET: 'x'.repeat(32),
      HOMEPORT_ENVIRONMENT: 'DEMO',
      LOG_LEVEL: 'error',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  stops.push(async () => void child.kill('SIGKILL'))
  await once(child.stdout!, 'data')
  return child
}
