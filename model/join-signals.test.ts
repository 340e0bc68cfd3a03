import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { joinSignals } from './join-signals'

const two = () => [new AbortController(), new AbortController()] as const
const listening = (...parents: AbortController[]) =>
  parents.map(({ signal }) => getEventListeners(signal, 'abort').length)

test.each([0, 1] as const)('aborts with the reason of parent %s, and lets go of both', (index) => {
  const parents = two()
  const { signal } = joinSignals(parents[0].signal, parents[1].signal)
  expect(signal.aborted).toBe(false)
  parents[index].abort('enough')
  expect(signal.reason).toBe('enough')
  expect(listening(...parents)).toEqual([0, 0])
})

test('is aborted from the start when a parent is', () => {
  const parents = two()
  parents[1].abort('over')
  const { signal } = joinSignals(parents[0].signal, parents[1].signal)
  expect(signal.reason).toBe('over')
  expect(listening(...parents)).toEqual([0, 0])
})

test('leaves nothing on its parents once released, and follows them no more', () => {
  const parents = two()
  const { signal, release } = joinSignals(parents[0].signal, parents[1].signal)
  expect(listening(...parents)).toEqual([1, 1])
  release()
  expect(listening(...parents)).toEqual([0, 0])
  parents[0].abort()
  expect(signal.aborted).toBe(false)
})
