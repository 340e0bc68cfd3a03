import { expect, test } from 'vitest'
import type { DrillRun } from '@/model/schemas/drills'
import { prepareHistory } from './prepare-history'

const run = (change: Partial<DrillRun>): DrillRun => ({
  id: '019f0000-0000-7000-8000-000000000001',
  code: 'OP-1',
  cellId: 'sin',
  kind: 'drill-clone',
  outcome: 'done',
  says: 'It went.',
  startedBy: { id: '019f0000-0000-7000-8000-000000000002', name: 'Ona' },
  approvedBy: [],
  startedAt: '2026-11-01T00:00:00.000Z',
  finishedAt: '2026-11-01T00:01:00.000Z',
  legs: [],
  rtoMs: 4_000,
  rpoMs: 500,
  objectives: { rtoMs: 60_000, rpoMs: 5_000 },
  isMet: true,
  ...change,
})

test('a line a kind, in the order of time, and a run that measured nothing is a gap', () => {
  const chart = prepareHistory(
    [
      run({ startedAt: '2026-11-03T00:00:00.000Z', rtoMs: null, outcome: 'failed' }),
      run({ startedAt: '2026-11-02T00:00:00.000Z', kind: 'drill-switchover', rtoMs: 900 }),
      run({}),
      run({ startedAt: '2026-11-09T00:00:00.000Z', outcome: 'running' }),
    ],
    'rtoMs',
  )
  expect(chart?.series).toEqual([
    {
      id: 'drill-clone',
      label: 'On a clone',
      points: [
        { at: '2026-11-01T00:00:00.000Z', value: 4_000 },
        { at: '2026-11-03T00:00:00.000Z', value: null },
      ],
    },
    { id: 'drill-switchover', label: 'Live, there and back', points: [{ at: '2026-11-02T00:00:00.000Z', value: 900 }] },
  ])
  expect(chart?.objectives).toEqual({ rtoMs: 60_000, rpoMs: 5_000 })
})

test('one run is no history', () => {
  expect(prepareHistory([run({})], 'rpoMs')).toBeNull()
})
