import { expect, test } from 'vitest'
import { type Act, sayDecided, sayExpiry, sayReminder, sayRest, sayWaiting } from './news-texts'

const act: Act = { kind: 'forced-failover', cell: 'fra', fromRegion: 'eu-central-1', toRegion: 'eu-west-1' }
const planned: Act = { ...act, kind: 'planned-switchover' }
const now = new Date('2026-11-20T03:15:30Z')
const waiting = { act, expiresAt: new Date('2026-11-20T03:24:00Z'), now, tenantCount: 40 }

test('what waits says the verb, the direction, the expiry in UTC and how many are concerned', () => {
  expect(sayWaiting(waiting)).toBe(
    'Approve FORCED failover fra: eu-central-1 to eu-west-1? Expires 03:24Z (8 min). 40 tenants.',
  )
  expect(sayWaiting({ ...waiting, act: planned, tenantCount: 1 })).toBe(
    'Approve planned switchover fra: eu-central-1 to eu-west-1? Expires 03:24Z (8 min). 1 tenant.',
  )
  expect(sayWaiting({ ...waiting, tenantCount: null }), 'unknown is not a number').toMatch(/8 min\)\.$/)
})

test('a reminder says how far it is', () => {
  expect(sayReminder({ ...waiting, approvedCount: 1, quorum: 2 })).toBe(
    'Still waiting: approve FORCED failover fra: eu-central-1 to eu-west-1? Expires 03:24Z (8 min). 1 of 2 approved.',
  )
})

test.each([
  ['consumed', 'Approved: FORCED failover fra: eu-central-1 to eu-west-1 (F-41). It starts now.'],
  ['rejected', 'Rejected: FORCED failover fra: eu-central-1 to eu-west-1 (F-41).'],
  ['withdrawn', 'Withdrawn: FORCED failover fra: eu-central-1 to eu-west-1 (F-41).'],
  ['expired', 'Expired: FORCED failover fra: eu-central-1 to eu-west-1 (F-41). Not enough people decided in time.'],
  [
    'voided',
    'Void: FORCED failover fra: eu-central-1 to eu-west-1 (F-41). The world no longer matches its plan. F-42 asks again.',
  ],
] as const)('%s is told as a follow-up', (status, text) => {
  expect(sayDecided({ act, code: 'F-41', status, successor: status === 'voided' ? 'F-42' : null })).toBe(text)
})

test.each([
  ['done', 'Done: rebuild as standby fra (OP-7).'],
  ['undone', 'Undone: rebuild as standby fra (OP-7) went back to where it began.'],
  ['needs-human', 'Needs a person: rebuild as standby fra (OP-7) cannot go on by itself.'],
] as const)('%s is told without a direction where there is none', (status, text) => {
  const without = { kind: 'reinstatement', cell: 'fra', fromRegion: null, toRegion: null }
  expect(sayRest({ act: without, code: 'OP-7', status })).toBe(text)
})

test.each([
  [59_999, '59 s'],
  [60_000, '1 min'],
  [0, '0 s'],
  [-5_000, '0 s'],
])('%i ms before its end there are %s left', (leftMs, left) => {
  expect(sayExpiry(new Date(now.getTime() + leftMs), now)).toContain(`(${left})`)
})
