import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { callStep } from './call-step'
import { StepFailed } from './define'
import { untilAborted } from './testing/until-aborted'

/** The parents of a call, which outlive it by far. */
const worker = () => ({ lease: new AbortController(), stop: new AbortController() })
const limits = ({ lease, stop }: ReturnType<typeof worker>, timeoutMs = 60_000) => ({
  timeoutMs,
  leaseSignal: lease.signal,
  stopSignal: stop.signal,
})

test.each([
  ['returned', async () => 'done'],
  ['failed', async () => Promise.reject(new StepFailed('Nothing happened.'))],
  ['unknown', async (signal: AbortSignal) => Promise.reject(await untilAborted(signal))],
])('a call that ends as %s leaves nothing on the signals of its worker', async (kind, call) => {
  const parents = worker()
  let inner: AbortSignal | undefined
  const outcome = await callStep(
    (signal) => {
      inner = signal
      return call(signal)
    },
    limits(parents, kind === 'unknown' ? 5 : 60_000),
  )
  expect(outcome.kind).toBe(kind)
  for (const { signal } of Object.values(parents)) expect(getEventListeners(signal, 'abort')).toEqual([])
  const wasAborted = inner!.aborted
  parents.stop.abort()
  expect(inner!.aborted, 'nobody tells an ended call any more').toBe(wasAborted)
})
