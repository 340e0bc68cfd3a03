import { QueryClient } from '@tanstack/react-query'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { LiveEvent } from '@/model/schemas/session'
import { startCacheUpdates } from './cache-updates'
import { liveState, setLiveState } from './live-state'
import type { LiveTopic } from './prepare-invalidation'

const event = (topic: LiveTopic): LiveEvent => ({ topic, ids: [] })
const overview = [['overview', 'get'], { type: 'query' }]
const audit = [['audit', 'list'], { type: 'query' }]
let stop: AbortController
let queryClient: QueryClient
let take: (event: LiveEvent) => void

const isOld = (key: readonly unknown[]) => queryClient.getQueryState(key)!.isInvalidated
const fetched = (key: readonly unknown[]) => queryClient.setQueryData(key, { any: 'value' })

beforeEach(() => {
  vi.useFakeTimers()
  setLiveState({ connection: 'live', isPaused: false, heldCount: 0 })
  stop = new AbortController()
  queryClient = new QueryClient()
  fetched(overview)
  fetched(audit)
  take = startCacheUpdates(queryClient, stop.signal).take
})

afterEach(() => {
  stop.abort()
  vi.useRealTimers()
})

test('an event makes the queries of its topic old, and no others', () => {
  take(event('estate'))
  vi.advanceTimersByTime(300)
  expect([isOld(overview), isOld(audit)]).toEqual([true, false])
})

test('samples are fetched at their own pace, a change of state at once, even while samples wait', () => {
  take(event('telemetry'))
  vi.advanceTimersByTime(300)
  fetched(overview)
  take(event('telemetry'))
  vi.advanceTimersByTime(5_000)
  expect(isOld(overview)).toBe(false)
  take(event('estate'))
  vi.advanceTimersByTime(300)
  expect(isOld(overview)).toBe(true)
})

test('waiting samples come when their time has come', () => {
  take(event('telemetry'))
  vi.advanceTimersByTime(300)
  fetched(overview)
  take(event('telemetry'))
  vi.advanceTimersByTime(10_000)
  expect(isOld(overview)).toBe(true)
})

test('while paused nothing is fetched and changes are counted; resuming makes everything old', () => {
  setLiveState({ isPaused: true })
  take(event('estate'))
  take(event('telemetry'))
  take(event('audit'))
  vi.advanceTimersByTime(60_000)
  expect(isOld(overview)).toBe(false)
  expect(liveState().heldCount).toBe(2)
  setLiveState({ isPaused: false })
  expect([isOld(overview), isOld(audit)]).toEqual([true, true])
})

test('a resync makes everything old', () => {
  take(event('resync'))
  vi.advanceTimersByTime(300)
  expect([isOld(overview), isOld(audit)]).toEqual([true, true])
})

test('events that never pause for breath put nothing off', () => {
  for (let sent = 0; sent < 20; sent += 1) {
    take(event('estate'))
    vi.advanceTimersByTime(50)
  }
  expect(isOld(overview)).toBe(true)
})
