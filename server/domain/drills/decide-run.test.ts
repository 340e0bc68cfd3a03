import { expect, test } from 'vitest'
import { decideRun, type LegRow } from './decide-run'

const NOW_MS = Date.parse('2026-11-20T03:00:00Z')
const startedBy = { id: '019f0000-0000-7000-8000-000000000002', name: 'Ona' }

const leg = (which: 'clone' | 'there' | 'back', change: Partial<LegRow> = {}): LegRow =>
  ({
    id: `id-${which}`,
    code: `OP-${which}`,
    status: 'done',
    statusReason: null,
    createdAt: new Date(NOW_MS - 120_000),
    finishedAt: new Date(NOW_MS - 60_000),
    plan: {
      kind: which === 'clone' ? 'drill-clone' : 'drill-switchover',
      cell: 'sin',
      leg: which,
      source: { region: 'ap-southeast-1' },
      target: { region: 'ap-southeast-2' },
      rtoObjectiveMs: 60_000,
      rpoObjectiveMs: 5_000,
    },
    report: { rtoMs: 1_000 },
    rpoMs: 0,
    ...change,
  }) as LegRow // only what is judged

const judge = (first: LegRow, back: LegRow | null = null) =>
  decideRun({ first, back, startedBy, approvedBy: [], nowMs: NOW_MS })

test('a drill on the live cell is done only when it is back, and as good as its worse leg', () => {
  expect(judge(leg('there'))).toMatchObject({ outcome: 'running', isMet: null, finishedAt: null })
  expect(judge(leg('there'), leg('back', { report: { rtoMs: 61_000 } as LegRow['report'] }))).toMatchObject({
    outcome: 'done',
    rtoMs: 61_000,
    isMet: false,
  })
})

test('one that was not brought back in time has failed', () => {
  const there = leg('there', { finishedAt: new Date(NOW_MS - 31 * 60_000) })
  expect(judge(there)).toMatchObject({ outcome: 'failed', says: expect.stringContaining('not brought back') })
  expect(judge(leg('there'), leg('back', { status: 'undone' }))).toMatchObject({ outcome: 'failed', isMet: null })
})

test('what was not measured was not met', () => {
  expect(judge(leg('clone', { rpoMs: null }))).toMatchObject({ outcome: 'done', rpoMs: null, isMet: null })
  expect(judge(leg('clone'))).toMatchObject({ outcome: 'done', isMet: true, rtoMs: 1_000, rpoMs: 0 })
  expect(judge(leg('clone', { status: 'needs-human' }))).toMatchObject({ outcome: 'needs-human', isMet: null })
})
