import { describe, expect, test } from 'vitest'
import { prepareSparkline, readSparkline, sayChart } from './prepare-sparkline'

const startMs = Date.parse('2026-11-20T03:00:00Z')
const series = (values: (number | null)[]) =>
  values.map((value, index) => ({ at: new Date(startMs + index * 10_000).toISOString(), value }))
const frame = (count: number, threshold: number | null = null) => ({
  width: 104,
  height: 24,
  fromMs: startMs,
  toMs: startMs + (count - 1) * 10_000,
  threshold,
})

describe('a gap', () => {
  test('breaks the line and is never drawn as zero', () => {
    const drawn = prepareSparkline(series([10, 10, null, 10, 10]), frame(5))
    expect(drawn.runs).toHaveLength(2)
    expect(drawn.runs.join()).not.toContain(' 22')
  })

  test('around a single sample leaves a dot', () => {
    expect(prepareSparkline(series([null, 5, null]), frame(3)).dots).toHaveLength(1)
  })
})

test('a window that goes on after the last sample is silent from there', () => {
  const values = [...Array(10).fill(4), ...Array(10).fill(null)]
  const drawn = prepareSparkline(series(values), frame(20))
  expect(drawn.silentFromX).toBe(drawn.last!.x)
  expect(prepareSparkline(series(Array(20).fill(4)), frame(20)).silentFromX).toBeNull()
})

test('the axis starts at zero and a far threshold does not flatten the line', () => {
  const drawn = prepareSparkline(series([1, 2, 1]), frame(3, 5_000))
  expect(drawn.thresholdY).toBeNull()
  expect(prepareSparkline(series([1, 4_900, 1]), frame(3, 5_000)).thresholdY).not.toBeNull()
})

test('no sample is said so', () => {
  expect(readSparkline(series([null, null]))).toMatchObject({ last: null, gapCount: 1 })
  expect(sayChart('Lag of sin-2', series([null]), String, null)).toBe('Lag of sin-2: no sample in this window.')
})

test('the sentence names trend, range, threshold and gaps', () => {
  const sentence = sayChart('Lag of sin-2', series([1, 1, 1, null, 8, 9, 9]), (value) => `${value} ms`, {
    value: 5,
    name: 'Limit',
  })
  expect(sentence).toBe(
    'Lag of sin-2: last 9 ms, between 1 ms and 9 ms, rising. Limit of 5 ms was crossed. 1 gap without samples.',
  )
})
