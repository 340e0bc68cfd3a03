import { expect, test } from 'vitest'
import { systemClock } from '@/server/clock'
import type { Activation, CollectorContext, CollectorHealth } from './context'
import { type Collector, runCollector } from './run-collector'

/** The runner touches the clock, the signal and the health of its context, and nothing else. */
function contextUntil(signal: AbortSignal): CollectorContext {
  const part: Pick<CollectorContext, 'clock' | 'signal' | 'health'> = {
    clock: systemClock,
    signal,
    health: new Map<string, CollectorHealth>(),
  }
  return part as CollectorContext
}

function collectorOf(activate: () => Promise<Activation>, deadlineMs = 1_000): Collector {
  return { name: 'test', intervalMs: 5, deadlineMs, activate }
}

test('activations never overlap, and the runner ends with the signal', async () => {
  const ending = new AbortController()
  let underWay = 0
  let activations = 0
  const collector = collectorOf(async () => {
    expect(++underWay).toBe(1)
    await new Promise((resolve) => setImmediate(resolve))
    underWay--
    if (++activations === 5) ending.abort()
    return { says: 'Looked.' }
  })
  await runCollector(collector, contextUntil(ending.signal))
  expect(activations).toBe(5)
})

test('a failing collector is seen in the health, is tried again, and is seen to recover', async () => {
  const ending = new AbortController()
  const context = contextUntil(ending.signal)
  const seen: (number | undefined)[] = []
  let activations = 0
  const collector = collectorOf(async () => {
    seen.push(context.health.get('test')?.failedInARow)
    activations++
    if (activations <= 2) throw new Error('The catalog does not answer.')
    if (activations === 4) ending.abort()
    return { says: 'Looked.' }
  })
  await runCollector(collector, context)
  expect(seen).toEqual([undefined, 1, 2, 0])
})

test('one that passes its deadline counts as failed, and the next waits until it has really ended', async () => {
  const ending = new AbortController()
  const context = contextUntil(ending.signal)
  let release: () => void = () => {}
  let activations = 0
  const collector = collectorOf(async () => {
    if (++activations === 1)
      await new Promise<void>((resolve) => {
        release = resolve
      })
    else ending.abort()
    return { says: 'Looked.' }
  }, 10)
  const running = runCollector(collector, context)
  await expect.poll(() => context.health.get('test')?.says).toBe('Passed its deadline of 10 ms.')
  expect(activations).toBe(1)
  release()
  await running
  expect(activations).toBe(2)
})
