import { expect, test } from 'vitest'
import type { ProbeRecord } from '@/server/domain/telemetry'
import { ProbeBoard, type ProbeTarget } from './probe-board'

const target: ProbeTarget = { vantageRegion: 'eu-west-1', memberId: 'sin-1', kind: 'read' }
const at = (seconds: number) => new Date(Date.parse('2026-11-20T03:00:00Z') + seconds * 1_000)
const result = (change: Partial<ProbeRecord> = {}): ProbeRecord => ({
  ...target,
  outcome: 'ok',
  latencyMs: 4,
  detail: null,
  reach: null,
  observedAt: at(1),
  ...change,
})

test('a target comes up once an interval, and not while it is under way', async () => {
  const board = new ProbeBoard()
  expect(board.takeDue([target], 0, 10)).toEqual([])
  expect(board.takeDue([target], 1_500, 10)).toEqual([target])
  let finish: () => void = () => {}
  board.start(
    target,
    new Promise((resolve) => {
      finish = resolve
    }),
  )
  expect(board.takeDue([target], 60_000, 10)).toEqual([])
  finish()
  await board.settled()
  expect(board.takeDue([target], 60_000, 10)).toEqual([target])
  expect(board.takeDue([target], 60_000, 10)).toEqual([]) // a turn that was missed is not made up for
})

test('what failed comes up as soon as anything does, until it succeeds', () => {
  const board = new ProbeBoard()
  const rare = { ...target, kind: 'connect' } as const
  board.takeDue([rare], 0, 10)
  expect(board.takeDue([rare], 1_500, 10)).toEqual([rare])
  expect(board.takeDue([rare], 4_500, 10)).toEqual([])
  board.record(result({ kind: 'connect', outcome: 'timeout', latencyMs: null }))
  expect(board.takeDue([rare], 4_500, 10)).toEqual([rare])
  expect(board.takeDue([rare], 6_500, 10)).toEqual([rare])
  board.record(result({ kind: 'connect' }))
  expect(board.takeDue([rare], 30_000, 10)).toEqual([])
  expect(board.takeDue([rare], 36_500, 10)).toEqual([rare])
})

test('no more probes start than there is room for, longest due first', () => {
  const board = new ProbeBoard()
  const targets = Array.from({ length: 5 }, (_, index) => ({ ...target, memberId: `m-${index}` }))
  board.takeDue(targets, 0, 10)
  const first = board.takeDue(targets, 10_000, 2)
  const second = board.takeDue(targets, 10_000, 10)
  expect([first.length, second.length]).toEqual([2, 3])
  expect(board.takeDue(targets, 10_000, 0)).toEqual([])
})

test('counts only answers in the histogram, and each probe once', () => {
  const board = new ProbeBoard()
  board.record(result())
  board.record(result({ outcome: 'refused', latencyMs: 1 }))
  board.record(result({ outcome: 'timeout', latencyMs: null }))
  const [count] = board.takeBuckets(at(10).getTime())
  expect(count).toMatchObject({ okCount: 1, refusedCount: 1, failedCount: 1, histogram: { maxMs: 4 } })
  expect(Object.values(count?.histogram.counts ?? {})).toEqual([1])
  expect(board.takeBuckets(at(10).getTime())).toEqual([])
})

test('what was not asked is told and not counted', () => {
  const board = new ProbeBoard()
  board.record(result({ outcome: 'unasked', latencyMs: null, detail: 'no secret' }))
  expect(board.takeBuckets(at(10).getTime(), 'all')).toEqual([])
  expect(board.takeNewest()).toMatchObject([{ outcome: 'unasked', detail: 'no secret' }])
})

test('a bucket is written once it has ended, or at the stop', () => {
  const board = new ProbeBoard()
  board.record(result({ observedAt: at(11) }))
  expect(board.takeBuckets(at(19).getTime())).toEqual([])
  expect(board.takeBuckets(at(19).getTime(), 'all')).toHaveLength(1)
})

test('while the catalog is away, memory is bounded and the newest result wins', () => {
  const board = new ProbeBoard()
  for (let second = 0; second < 3_600; second += 2) board.record(result({ observedAt: at(second) }))
  expect(board.takeBuckets(at(7_200).getTime())).toHaveLength(30)
  const taken = board.takeNewest()
  expect(taken).toHaveLength(1)
  board.record(result({ observedAt: at(9_999) }))
  board.giveBack(taken)
  expect(board.takeNewest()).toMatchObject([{ observedAt: at(9_999) }])
})
