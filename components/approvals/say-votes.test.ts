import { expect, test } from 'vitest'
import { sayVotesLeft, voteOf } from './say-votes'

const yes = (id: string) => ({
  person: { id, name: id },
  decision: 'approve' as const,
  reason: 'Checked',
  decidedAt: '2026-11-20T21:18:45.000Z',
})

test.each([
  [1, 2, '1 of 2: it waits for one more.'],
  [1, 3, '1 of 3: it waits for two more.'],
  [2, 2, '2 of 2, and it still waits: a vote of somebody who may no longer approve does not count.'],
])('%j of %j', (given, quorum, says) => {
  const approvals = ['ana', 'ben'].slice(0, given).map(yes)
  expect(sayVotesLeft({ approvals, quorum })).toBe(says)
})

test('a vote is found by its person, and nobody has one before they are known', () => {
  const approvals = [yes('ana')]
  expect(voteOf({ approvals }, 'ana')?.decidedAt).toBe('2026-11-20T21:18:45.000Z')
  expect(voteOf({ approvals }, 'ben')).toBeNull()
  expect(voteOf({ approvals }, undefined)).toBeNull()
})
