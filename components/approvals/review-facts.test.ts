import { expect, test } from 'vitest'
import { plansOfEachKind as plans } from '@/model/schemas/testing-plans'
import { sayFences, sayMoved } from './review-facts'

const plan = plans['forced-failover']
const at = '2026-11-20T21:13:00.000Z'

test('what was moved is named with its tenants, its servers and its epochs', () => {
  expect(sayMoved({ plan, status: 'done', pointOfNoReturnAt: at })).toBe(
    `40 tenants of ${plan.cell}, from sin-1 in ap-southeast-1 to sin-2 in ap-southeast-2, epoch ${plan.epoch.from} to ${plan.epoch.to}`,
  )
})

test.each([
  ['undone', null, 'nothing: it went back'],
  ['queued', null, 'nothing: its operation is queued'],
  ['needs-human', null, 'nothing so far: its operation needs a person'],
] as const)('%s before the point of no return moved nothing', (status, pointOfNoReturnAt, says) => {
  expect(sayMoved({ plan, status, pointOfNoReturnAt })).toBe(says)
})

test('each fence is named with its server; none is a word', () => {
  const receipts = [
    { strength: 'POWERED_OFF', memberId: 'sin-1', epoch: '8' },
    { strength: 'DECLARED', memberId: 'sin-1', epoch: '8' },
  ] as const
  expect(sayFences(receipts)).toBe('POWERED_OFF of sin-1 at epoch 8; DECLARED of sin-1 at epoch 8')
  expect(sayFences([])).toBe('no receipt')
})
