import { expect, test } from 'vitest'
import { prepareLoss } from './prepare-loss'

const estimate = { kind: 'bounded' as const, seconds: 12.1, transactions: '69', bytes: null, basis: 'because' }
const measured = { seconds: 11.1, basis: 'because' }
const wordsOf = (facts: Parameters<typeof prepareLoss>[0]) =>
  prepareLoss(facts).map(({ feared, measured: known, found }) => [feared, known, found])

test('before it is read out, nothing is said to be lost or not lost', () => {
  expect(
    wordsOf({
      lostWriteCount: null,
      loss: { estimateSeconds: 11.1, actualSeconds: null },
      estimate,
      measured,
      logBytes: null,
    }),
  ).toEqual([
    ['at most 12.1 s', 'at most 11.1 s', 'not read yet'],
    ['at most 69 transactions', 'not counted', 'not read yet'],
    ['bytes unknown', 'not measured', 'not read yet'],
  ])
})

test('what was found stands beside the plan and the measured bound, each as what it is', () => {
  expect(
    wordsOf({
      lostWriteCount: 66,
      loss: { estimateSeconds: 11.1, actualSeconds: 2 },
      estimate,
      measured,
      logBytes: '788480',
    }).map(([, , found]) => found),
  ).toEqual(['at least 2 s', '66 rows', '788 kB'])
})

test('an unknown loss is a word, and nothing lost is said as that', () => {
  const unknown = wordsOf({
    lostWriteCount: 12,
    loss: { estimateSeconds: null, actualSeconds: null },
    estimate: null,
    measured: { seconds: null, basis: null },
    logBytes: null,
  })
  expect(unknown).toEqual([
    ['not known', 'no bound was known', 'too short to be told by heartbeats, or not known'],
    ['not counted', 'not counted', '12 rows'],
    ['bytes unknown', 'not measured', 'not known'],
  ])
  const nothing = wordsOf({
    lostWriteCount: 0,
    loss: { estimateSeconds: 1, actualSeconds: 0 },
    estimate,
    measured,
    logBytes: '0',
  })
  expect(nothing.map(([, , found]) => found)).toEqual(['none', '0 rows', '0 B'])
})
