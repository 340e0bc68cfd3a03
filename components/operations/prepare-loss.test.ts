import { expect, test } from 'vitest'
import type { OperationDetail } from '@/model/schemas/operations'
import { prepareLoss } from './prepare-loss'

type Facts = Parameters<typeof prepareLoss>[0]
const bound = (seconds: number | null, kind: 'none' | 'bounded' | 'unknown' = 'bounded') => ({
  kind,
  seconds,
  bytes: null,
  transactions: null,
  basis: 'because',
  until: null,
})
const stale = (change: Partial<NonNullable<OperationDetail['staleServer']>>) => ({
  id: 'x',
  member: 'fra-1',
  status: 'away',
  lossSecondsEstimate: null,
  lossSecondsActual: null,
  lostWriteCount: null,
  ...change,
})
const valuesOf = (change: {
  approved?: ReturnType<typeof bound>
  known?: ReturnType<typeof bound>
  stale?: ReturnType<typeof stale>
}) =>
  prepareLoss({
    plan: { loss: change.approved ?? bound(3.2) },
    report: change.known ? { rpo: change.known } : null,
    staleServer: change.stale ?? null,
  } as Facts).map(({ value }) => value)

test.each([
  ['nothing is counted yet', {}, ['3.2 s', null, null]],
  ['the target is drained', { known: bound(1.1) }, ['3.2 s', '1.1 s', null]],
  [
    'nothing was lost',
    { known: bound(0, 'none'), stale: stale({ lostWriteCount: 0, lossSecondsActual: 0 }) },
    ['3.2 s', 'none', '0 rows'],
  ],
  ['nobody could bound it', { approved: bound(null, 'unknown'), known: bound(null, 'unknown') }, [null, null, null]],
  [
    'the old primary was read out',
    { known: bound(1.1), stale: stale({ lostWriteCount: 1, lossSecondsActual: 0.4 }) },
    ['3.2 s', '1.1 s', '1 row, at least 400 ms'],
  ],
  [
    'it was read out and the seconds are not known',
    { stale: stale({ lostWriteCount: 1_204 }) },
    ['3.2 s', null, '1,204 rows'],
  ],
])('%s', (_what, change, expected) => {
  expect(valuesOf(change)).toEqual(expected)
})
