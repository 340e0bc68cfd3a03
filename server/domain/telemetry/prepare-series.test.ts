import { fc, test as property } from '@fast-check/vitest'
import { expect, test } from 'vitest'
import { prepareExtremes, prepareSteps, type SeriesStep } from './prepare-series'

const frame = { from: new Date('2026-11-20T03:00:00Z'), stepMs: 9_000, stepCount: 4 }

test('a step without readings is a gap, not a zero and not a line', () => {
  const points = prepareExtremes(
    [
      { step: 0, low: 1, high: 5, hasGap: false },
      { step: 3, low: 2, high: 2, hasGap: false },
    ],
    frame,
  )
  expect(points.map((point) => point.value)).toEqual([1, 5, null, null, 2])
})

test('a reading that was unknown breaks the line inside its step', () => {
  const points = prepareExtremes(
    [
      { step: 0, low: 1, high: 5, hasGap: true },
      { step: 1, low: 2, high: 3, hasGap: false },
    ],
    frame,
  )
  expect(points.map((point) => point.value)).toEqual([1, 5, null, 2, 3, null, null])
})

const steps = fc.uniqueArray(
  fc.record({ step: fc.nat(99), low: fc.option(fc.nat(1_000)), spread: fc.nat(50), hasGap: fc.boolean() }),
  { selector: ({ step }) => step },
)

property.prop([steps])('keeps every extreme, stays in order of time and under 300 points', (drawn) => {
  const given: SeriesStep[] = drawn.map(({ step, low, spread, hasGap }) => ({
    step,
    low,
    high: low === null ? null : low + spread,
    hasGap,
  }))
  const points = prepareExtremes(given, { ...frame, stepCount: 100 })
  const values = new Set(points.map((point) => point.value))
  for (const { low, high } of given) {
    if (low === null || high === null) continue
    expect(values.has(low) && values.has(high)).toBe(true)
  }
  expect(points.length).toBeLessThanOrEqual(300)
  expect(points.map((point) => point.at)).toEqual(points.map((point) => point.at).sort())
})

test('one value a step, with gaps where there is none', () => {
  const fromMs = frame.from.getTime()
  const points = prepareSteps(new Map([[fromMs + 10_000, 7]]), { fromMs, toMs: fromMs + 30_000, stepMs: 10_000 })
  expect(points.map((point) => point.value)).toEqual([null, 7, null])
})
