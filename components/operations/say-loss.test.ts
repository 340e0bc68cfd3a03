import { expect, test } from 'vitest'
import type { LossBound } from '@/model/schemas/plans'
import { sayLoss, whyAboveObjective } from './say-loss'

const bound = (change: Partial<LossBound>): LossBound => ({
  kind: 'bounded',
  seconds: 12.1,
  bytes: '2048',
  transactions: '69',
  basis: 'because',
  until: null,
  ...change,
})

test.each([
  [bound({}), '≤ 12.1 s, 69 tx, 2.05 kB'],
  [bound({ bytes: null }), '≤ 12.1 s, 69 tx, bytes unknown'],
  [bound({ bytes: null, transactions: null }), '≤ 12.1 s, tx and bytes unknown'],
  [bound({ kind: 'none', seconds: 0, bytes: '0', transactions: '0' }), 'None'],
  [bound({ kind: 'unknown', seconds: null, bytes: null, transactions: null }), 'Unknown'],
])('no measure of a loss is left out', (loss, says) => {
  expect(sayLoss(loss)).toBe(says)
})

test('a bound above the objective says so, and one that is not known is not compared', () => {
  expect(whyAboveObjective(bound({ objectiveSeconds: 5 }))).toBe('above the RPO of 5 s')
  expect(whyAboveObjective(bound({ objectiveSeconds: 12.1 }))).toBeNull()
  expect(whyAboveObjective(bound({}))).toBeNull()
  expect(whyAboveObjective(bound({ kind: 'unknown', seconds: null, objectiveSeconds: 5 }))).toBeNull()
})
