import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { followRouteChanges, SILENCE_MAX_MS } from './follow-route-changes'

afterEach(() => {
  vi.useRealTimers()
})

test('gives up a console that takes the question and never answers, like one that falls silent', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const end = new AbortController()
  const silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
  let following: Promise<void> | undefined
  try {
    const asked = once(silent, 'request')
    const told = new Promise((resolve) => {
      following = followRouteChanges({ url, token: 'test' }, resolve, end.signal)
    })
    await asked
    vi.advanceTimersByTime(SILENCE_MAX_MS)
    expect(await told, 'any route may have changed meanwhile').toEqual([])
  } finally {
    end.abort()
    await following
    silent.closeAllConnections()
    silent.close()
  }
})
