import { afterEach, expect, test, vi } from 'vitest'
import type { TrackedLive } from '@/server/domain/live'
import { encodeChanges } from './route-changes'
import { SSE_PING_MS } from './trpc'

afterEach(() => {
  vi.useRealTimers()
})

test('a stream whose changes cannot be followed ends, and its ping with it', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const full = new Error('More than 2000 followers.')
  const refused: AsyncGenerator<TrackedLive> = (async function* () {
    yield await Promise.reject(full)
  })()
  const stop = new AbortController()
  await expect(new Response(encodeChanges(refused, stop)).text()).rejects.toBe(full)
  expect(() => vi.advanceTimersByTime(2 * SSE_PING_MS)).not.toThrow()
  expect(stop.signal.aborted).toBe(true)
  expect(vi.getTimerCount()).toBe(0)
})
