import { expect, test } from 'vitest'
import type { FindingName } from '@/model/findings'
import { decideTrouble, TROUBLE_MS_MIN, type Trouble } from './decide-trouble'

const look = (finding: FindingName, change: { member?: string; isMoving?: boolean } = {}) => ({
  member: 'sin-1',
  finding,
  isMoving: false,
  ...change,
})

/** The verdicts of looks that follow each other, `[finding, ms after the first]` each. */
function verdictsOf(...looks: [ReturnType<typeof look>, number][]): string[] {
  let before: Trouble | null = null
  return looks.map(([seen, atMs]) => {
    const { trouble, verdict } = decideTrouble(before, seen, atMs)
    before = trouble
    return verdict
  })
}

test('is raised once it has lasted, whatever names it has meanwhile', () => {
  expect(
    verdictsOf(
      [look('ServerUnreachable'), 0],
      [look('ServerDown'), TROUBLE_MS_MIN - 1],
      [look('ServerDown'), TROUBLE_MS_MIN],
    ),
  ).toEqual(['wait', 'wait', 'raise'])
})

test('is over when the writer is healthy, and begins anew after that', () => {
  expect(
    verdictsOf(
      [look('ServerDown'), 0],
      [look('ServerHealthy'), TROUBLE_MS_MIN],
      [look('ServerDown'), TROUBLE_MS_MIN + 1],
    ),
  ).toEqual(['wait', 'over', 'wait'])
})

test.each<FindingName>(['UnreachableFromHere', 'TwoWriters', 'TimelineDiverged', 'StaleEpochServer'])(
  '%s is no trouble of this kind, and not the end of one',
  (finding) => {
    expect(verdictsOf([look(finding), 0], [look(finding), 2 * TROUBLE_MS_MIN])).toEqual(['wait', 'wait'])
  },
)

test('a look that found nothing out neither begins nor ends it', () => {
  expect(
    verdictsOf([look('ServerDown'), 0], [look('NotObserved'), 5_000], [look('ServerDown'), TROUBLE_MS_MIN]),
  ).toEqual(['wait', 'wait', 'raise'])
})

test('what a running operation closes is no trouble; the time counts from its end', () => {
  expect(
    verdictsOf(
      [look('RefusingWrites', { isMoving: true }), 0],
      [look('RefusingWrites'), TROUBLE_MS_MIN],
      [look('RefusingWrites'), 2 * TROUBLE_MS_MIN],
    ),
  ).toEqual(['wait', 'wait', 'raise'])
})

test('another writer has a time of its own', () => {
  expect(verdictsOf([look('ServerDown'), 0], [look('ServerDown', { member: 'sin-2' }), TROUBLE_MS_MIN])).toEqual([
    'wait',
    'wait',
  ])
})
