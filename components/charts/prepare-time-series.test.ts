import { expect, test } from 'vitest'
import { niceCeiling, prepareTimeSeries, spreadLabels, timeTicks } from './prepare-time-series'

const startMs = Date.parse('2026-11-20T03:00:00Z')
const points = (values: (number | null)[]) =>
  values.map((value, index) => ({ at: new Date(startMs + index * 10_000).toISOString(), value }))
const window = (count: number) => ({ fromMs: startMs, toMs: startMs + (count - 1) * 10_000, threshold: null })

test('series share their instants and keep their gaps', () => {
  const { rows } = prepareTimeSeries(
    [
      { id: 'p50', label: 'p50', points: points([1, null, 3]) },
      { id: 'p99', label: 'p99', points: points([4, 5, 6]) },
    ],
    window(3),
  )
  expect(rows).toEqual([
    { atMs: startMs, p50: 1, p99: 4 },
    { atMs: startMs + 10_000, p50: null, p99: 5 },
    { atMs: startMs + 20_000, p50: 3, p99: 6 },
  ])
})

test('the chart is silent from the last sample on, and not when samples reach the end', () => {
  const ending = [{ id: 'a', label: 'a', points: points([1, 2, null, null, null, null, null]) }]
  expect(prepareTimeSeries(ending, window(7)).silentFromMs).toBe(startMs + 10_000)
  const whole = [{ id: 'a', label: 'a', points: points([1, 2, 3]) }]
  expect(prepareTimeSeries(whole, window(3)).silentFromMs).toBeNull()
})

test('a chart without samples is silent from its beginning and has no line ends', () => {
  const { silentFromMs, ends } = prepareTimeSeries([{ id: 'a', label: 'a', points: [] }], window(7))
  expect(silentFromMs).toBe(startMs)
  expect(ends).toEqual([])
})

test.each([
  [0, 1],
  [0.9, 1],
  [43, 50],
  [100, 150],
  [5_000, 6_000],
])('an axis for %d ends at %d', (value, top) => expect(niceCeiling(value)).toBe(top))

test('ticks are round instants', () => {
  expect(timeTicks(startMs + 1, startMs + 900_000).map((tick) => new Date(tick).toISOString().slice(11, 16))).toEqual([
    '03:05',
    '03:10',
    '03:15',
  ])
})

test('labels at the line ends do not cover each other', () => {
  expect(spreadLabels([50, 52, 10], 14, 100)).toEqual([50, 64, 10])
  expect(spreadLabels([98, 99], 14, 100)).toEqual([86, 100])
})
