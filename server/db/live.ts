import pg from 'pg'
import { z } from 'zod'
import { log } from '../log'
import { ANNOUNCEMENT_CHANNEL, type Announcement } from './announce'

/**
 * One LISTEN connection a process, however many follow it. NOTIFY is lossy across reconnects, so whoever was connected
 * before a gap gets `resync` and refetches. A follower that reads slowly holds at most one entry a topic: what it missed
 * is merged, never queued.
 */
export type LiveTopic = Announcement['topic'] | 'resync'
export type LiveMessage = { topic: LiveTopic; ids: string[] }
/** `id` is `<feed>-<n>`: a follower that comes back with an id of this feed and no gap since continues, else it resyncs. */
export type TrackedLive = { id: string; event: LiveMessage }

export type LiveFeed = {
  follow(
    options: { lastEventId: string | null; topics?: readonly LiveTopic[] },
    signal: AbortSignal,
  ): AsyncGenerator<TrackedLive>
  /** Open followers, and whether the LISTEN connection is up. */
  stats(): { followers: number; listening: boolean }
  stop(): Promise<void>
}

export const FOLLOWERS_MAX = 2_000
export const IDS_PER_TOPIC_MAX = 50
const RECONNECT_MS = 500
const RECONNECT_MS_MAX = 10_000
const CONNECT_TIMEOUT_MS = 5_000
/** A half-open connection never errors by itself: a round trip this often finds out. */
const HEARTBEAT_MS = 10_000
const HEARTBEAT_TIMEOUT_MS = 5_000

const Payload = z.object({
  topic: z.enum(['estate', 'routes', 'operations', 'approvals', 'telemetry', 'audit']),
  ids: z.array(z.string()),
})

export function createLiveFeed(databaseUrl: string): LiveFeed {
  const feed = `${Date.now().toString(36)}${process.pid.toString(36)}`
  const followers = new Set<Follower>()
  let count = 0
  let listening = false
  const connection = keepListening(databaseUrl, {
    onMessage: (message) => publish(message),
    onUp: () => {
      listening = true
      publish({ topic: 'resync', ids: [] })
    },
    onDown: () => {
      listening = false
    },
  })

  function publish(message: LiveMessage) {
    count += 1
    for (const follower of followers) follower.push(message)
  }

  return {
    stats: () => ({ followers: followers.size, listening }),
    stop: async () => {
      for (const follower of followers) follower.close()
      await connection.stop()
    },
    async *follow({ lastEventId, topics }, signal) {
      if (followers.size >= FOLLOWERS_MAX) throw new Error(`More than ${FOLLOWERS_MAX} followers.`)
      const follower = createFollower(topics)
      const close = () => follower.close()
      followers.add(follower)
      signal.addEventListener('abort', close, { once: true })
      // Nothing is replayed: whoever comes back after a break, unless nothing at all was said since, fetches everything.
      if (lastEventId !== null && lastEventId !== `${feed}-${count}`) follower.push({ topic: 'resync', ids: [] })
      try {
        for (;;) {
          const event = await follower.next()
          if (!event || signal.aborted) return
          yield { id: follower.isDrained() ? `${feed}-${count}` : `${feed}-behind`, event }
        }
      } finally {
        followers.delete(follower)
        signal.removeEventListener('abort', close)
      }
    },
  }
}

type Follower = {
  push(message: LiveMessage): void
  next(): Promise<LiveMessage | null>
  /** True when everything said so far has been handed out: only then may its reader continue from here. */
  isDrained(): boolean
  close(): void
}

function createFollower(topics: readonly LiveTopic[] | undefined): Follower {
  const pending = new Map<LiveTopic, Set<string> | 'many'>()
  let wake: (() => void) | null = null
  let closed = false
  return {
    push({ topic, ids }) {
      if (topics && topic !== 'resync' && !topics.includes(topic)) return
      pending.set(topic, merge(pending.get(topic), ids))
      wake?.()
    },
    async next() {
      while (pending.size === 0 && !closed) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
        wake = null
      }
      const [first] = pending
      if (!first || closed) return null
      pending.delete(first[0])
      return { topic: first[0], ids: first[1] === 'many' ? [] : [...first[1]] }
    },
    isDrained: () => pending.size === 0,
    close() {
      closed = true
      wake?.()
    },
  }
}

/** An announcement without ids says "many", and so does one that would grow past the limit. */
function merge(held: Set<string> | 'many' | undefined, ids: readonly string[]): Set<string> | 'many' {
  if (held === 'many' || ids.length === 0) return 'many'
  const merged = new Set([...(held ?? []), ...ids])
  return merged.size > IDS_PER_TOPIC_MAX ? 'many' : merged
}

type Listener = { onMessage(message: LiveMessage): void; onUp(): void; onDown(): void }

function keepListening(databaseUrl: string, { onMessage, onUp, onDown }: Listener): { stop(): Promise<void> } {
  let client: pg.Client | null = null
  let timer: NodeJS.Timeout | null = null
  let stopped = false
  let failures = 0

  async function connect() {
    const mine = new pg.Client({
      connectionString: databaseUrl,
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: HEARTBEAT_TIMEOUT_MS,
      application_name: 'homeport-live',
    })
    client = mine
    mine.on('error', () => fail(mine))
    mine.on('end', () => fail(mine))
    mine.on('notification', ({ payload }) => {
      const message = parse(payload)
      if (message) onMessage(message)
    })
    try {
      await mine.connect()
      await mine.query(`LISTEN ${ANNOUNCEMENT_CHANNEL}`)
      if (stopped || client !== mine) return
      failures = 0
      onUp()
      heartbeat(mine)
    } catch {
      fail(mine)
    }
  }

  function heartbeat(mine: pg.Client) {
    timer = setTimeout(() => {
      mine.query('SELECT 1').then(
        () => client === mine && !stopped && heartbeat(mine),
        () => fail(mine),
      )
    }, HEARTBEAT_MS)
    timer.unref()
  }

  function fail(mine: pg.Client) {
    if (client !== mine || stopped) return
    client = null
    if (timer) clearTimeout(timer)
    onDown()
    mine.end().catch(() => undefined)
    const waitMs = Math.min(RECONNECT_MS * 2 ** failures, RECONNECT_MS_MAX)
    if (failures === 0) log.warn({ waitMs }, 'live: the LISTEN connection is gone; reconnecting')
    failures += 1
    timer = setTimeout(connect, waitMs)
    timer.unref()
  }

  void connect()
  return {
    async stop() {
      stopped = true
      if (timer) clearTimeout(timer)
      await client?.end().catch(() => undefined)
    },
  }
}

/** The channel is ours, but anybody with a login may notify on it: what does not parse is dropped. */
function parse(payload: string | undefined): LiveMessage | null {
  try {
    const result = Payload.safeParse(JSON.parse(payload ?? ''))
    return result.success ? result.data : null
  } catch {
    return null
  }
}
