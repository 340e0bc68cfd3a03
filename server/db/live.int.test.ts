import { afterAll, beforeAll, expect, test } from 'vitest'
import { announce } from './announce'
import { createLiveFeed, IDS_PER_TOPIC_MAX, type LiveFeed, type TrackedLive } from './live'
import { startCatalog, type TestCatalog } from './testing'
import { transact } from './transact'

let catalog: TestCatalog
let feed: LiveFeed
beforeAll(async () => {
  catalog = await startCatalog()
  feed = createLiveFeed(catalog.url)
})
afterAll(async () => {
  await feed?.stop()
  await catalog?.stop()
})

const say = (topic: 'routes' | 'operations' | 'estate', ids: string[] = []) =>
  transact(catalog.db, (tx) => announce(tx, { topic, ids }))

const listeners = async () =>
  Number(
    (
      await catalog.db.$queryRaw<{ count: bigint }[]>`
        SELECT count(*) FROM pg_stat_activity WHERE application_name = 'homeport-live'`
    )[0]?.count,
  )

/** Follows until `count` messages of `topic` have come. */
async function collect(topic: string, count: number, signal: AbortSignal): Promise<TrackedLive[]> {
  const seen: TrackedLive[] = []
  for await (const message of feed.follow({ lastEventId: null }, signal)) {
    if (message.event.topic === topic) seen.push(message)
    if (seen.length === count) return seen
  }
  return seen
}

async function until(holds: () => boolean | Promise<boolean>, signal = AbortSignal.timeout(20_000)): Promise<void> {
  while (!(await holds())) {
    signal.throwIfAborted()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

test('five hundred followers hear one announcement over one connection', async () => {
  await until(() => feed.stats().listening)
  const signal = AbortSignal.timeout(20_000)
  const hearing = Array.from({ length: 500 }, () => collect('operations', 1, signal))
  await until(() => feed.stats().followers === 500)
  await say('operations', ['a', 'b'])
  const heard = await Promise.all(hearing)
  expect(heard.every(([message]) => message?.event.ids.join() === 'a,b')).toBe(true)
  expect(await listeners()).toBe(1)
  expect(feed.stats().followers, 'those who have left hold nothing').toBe(0)
})

test('a follower that does not read holds one entry a topic', async () => {
  const stop = new AbortController()
  const slow = feed.follow({ lastEventId: null }, stop.signal)
  const first = slow.next()
  await until(() => feed.stats().followers === 1)
  await say('routes', ['tenant-0'])
  await first
  for (let n = 0; n < IDS_PER_TOPIC_MAX + 5; n++) await say('routes', [`tenant-${n}`])
  await say('estate', ['sin'])
  const messages = [(await slow.next()).value, (await slow.next()).value]
  expect(messages.map((message) => message?.event)).toEqual([
    { topic: 'routes', ids: [] },
    { topic: 'estate', ids: ['sin'] },
  ])
  stop.abort()
  await slow.return(undefined)
})

test('whoever comes back after something was said is told to fetch everything', async () => {
  const signal = AbortSignal.timeout(20_000)
  const [message] = await Promise.all([
    collect('routes', 1, signal),
    until(() => feed.stats().followers === 1).then(() => say('routes')),
  ])
  const { id } = message[0]!

  const upToDate = feed.follow({ lastEventId: id }, signal)
  const next = upToDate.next()
  await until(() => feed.stats().followers === 1)
  await say('estate', ['sin'])
  expect((await next).value?.event).toEqual({ topic: 'estate', ids: ['sin'] })
  await upToDate.return(undefined)

  const behind = feed.follow({ lastEventId: id }, signal)
  expect((await behind.next()).value?.event.topic).toBe('resync')
  await behind.return(undefined)
})

test('a lost connection is made again and everybody is told to fetch everything', async () => {
  const signal = AbortSignal.timeout(30_000)
  const resync = collect('resync', 1, signal)
  await until(() => feed.stats().followers === 1)
  await catalog.db
    .$executeRaw`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'homeport-live'`
  expect(await resync).toHaveLength(1)
  expect(await listeners()).toBe(1)
})

test('a notification that is not ours is dropped', async () => {
  const signal = AbortSignal.timeout(20_000)
  const hearing = collect('routes', 1, signal)
  await until(() => feed.stats().followers === 1)
  await catalog.db
    .$executeRaw`SELECT pg_notify('homeport_live', 'not json'), pg_notify('homeport_live', '{"topic":"resync","ids":[]}')`
  await say('routes', ['jkt'])
  expect((await hearing)[0]?.event.ids).toEqual(['jkt'])
})
