import { expect, test } from 'vitest'
import { prepareLoss } from './prepare-loss'

const feared = { transactions: '120', bytes: '2048', basis: null }

test('before it is read out, nothing is said to be lost or not lost', () => {
  const lines = prepareLoss({
    status: 'away',
    lostWriteCount: null,
    loss: { estimateSeconds: 3.2, actualSeconds: null },
    estimate: feared,
  })
  expect(lines.map(({ feared: left, found }) => [left, found])).toEqual([
    ['at most 3.2 s', 'not read yet'],
    ['at most 120 transactions', 'not read yet'],
    ['at most 2.05 kB', 'not measured'],
  ])
})

test('an unknown loss is a word, and nothing lost is a number', () => {
  const estimate = { transactions: null, bytes: null, basis: null }
  const unknown = prepareLoss({
    status: 'extracted',
    lostWriteCount: 12,
    loss: { estimateSeconds: null, actualSeconds: null },
    estimate,
  })
  expect(unknown[0]).toMatchObject({ feared: 'no bound was known', found: 'less than a heartbeat, or not known' })
  const nothing = prepareLoss({
    status: 'extracted',
    lostWriteCount: 0,
    loss: { estimateSeconds: 1, actualSeconds: 0 },
    estimate,
  })
  expect(nothing[0]).toMatchObject({ feared: 'at most 1 s', found: '0 s' })
})
