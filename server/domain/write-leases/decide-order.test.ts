import { expect, test } from 'vitest'
import { decideOrder, type LeaseKnown } from './decide-order'

const LEASE_MS = 3_000
const NOW_MS = 1_000_000
const known = (change: Partial<LeaseKnown> = {}): LeaseKnown => ({
  grantedUntilMs: NOW_MS + 30_000,
  notedUntilMs: null,
  pendingUntilMs: null,
  appliedUntilMs: NOW_MS + 2_000,
  isSeen: true,
  ...change,
})
const decide = (change?: Partial<LeaseKnown>) => decideOrder(known(change), { nowMs: NOW_MS, leaseMs: LEASE_MS })

test.each([
  ['a third of the lease after the last order, the next', {}, { kind: 'order', untilMs: NOW_MS + LEASE_MS }],
  ['before that, none', { appliedUntilMs: NOW_MS + 2_500 }, { kind: 'wait', forMs: 500 }],
  ['what the catalog has noted', { notedUntilMs: NOW_MS + 2_990 }, { kind: 'order', untilMs: NOW_MS + 2_990 }],
  [
    'its own while the catalog is away',
    { notedUntilMs: NOW_MS + 1_990 },
    { kind: 'order', untilMs: NOW_MS + LEASE_MS },
  ],
  ['the first at once', { appliedUntilMs: null }, { kind: 'order', untilMs: NOW_MS + LEASE_MS }],
  ['never beyond the grant', { grantedUntilMs: NOW_MS + 2_100 }, { kind: 'order', untilMs: NOW_MS + 2_100 }],
  ['none within what the gate has already', { grantedUntilMs: NOW_MS + 2_000 }, { kind: 'out-of-grant' }],
  ['none at all once the grant has passed', { grantedUntilMs: NOW_MS, appliedUntilMs: null }, { kind: 'out-of-grant' }],
  [
    'an unknown one again, to the millisecond',
    { pendingUntilMs: NOW_MS + 1, isSeen: false },
    { kind: 'order', untilMs: NOW_MS + 1 },
  ],
  ['an unknown one not beyond its instant', { pendingUntilMs: NOW_MS, isSeen: false }, { kind: 'look' }],
  ['nothing new to a server that was not seen', { isSeen: false }, { kind: 'look' }],
])('orders %s', (_, change, decision) => expect(decide(change)).toEqual(decision))
