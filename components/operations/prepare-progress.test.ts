import { describe, expect, test } from 'vitest'
import type { StepView } from '@/model/schemas/operations'
import { elapsedMs, prepareEstimate, sayTook } from './prepare-progress'

const step = (change: Partial<StepView>): StepView => ({
  position: 0,
  name: 'fence',
  title: 'Fence',
  status: 'pending',
  undoable: true,
  pointOfNoReturn: false,
  pastReturn: false,
  attempts: 0,
  startedAt: null,
  finishedAt: null,
  deadlineAt: null,
  says: null,
  error: null,
  output: null,
  usualMs: { p50: 1_000, p95: 3_000, count: 5 },
  ...change,
})

describe('the estimate of what is left', () => {
  test('adds the usual times of the steps that are left', () => {
    const steps = [step({ status: 'done' }), step({}), step({ usualMs: { p50: 500, p95: 900, count: 4 } })]
    expect(prepareEstimate({ status: 'running', steps }, 0)).toEqual({
      range: { lowMs: 1_500, highMs: 3_900 },
      basis: 'p50 to p95 of 4 past runs',
    })
  })
  test('takes off what the running step has used, and never goes below zero', () => {
    const running = step({ status: 'running', startedAt: '2026-11-20T03:00:00.000Z' })
    expect(
      prepareEstimate({ status: 'running', steps: [running] }, Date.parse('2026-11-20T03:00:02.000Z')),
    ).toMatchObject({
      range: { lowMs: 0, highMs: 1_000 },
    })
  })
  test('is not given while one step has too few past runs', () => {
    expect(prepareEstimate({ status: 'running', steps: [step({}), step({ usualMs: null })] }, 0)).toMatchObject({
      range: null,
    })
  })
  test('does not exist when nothing is left', () => {
    expect(prepareEstimate({ status: 'running', steps: [step({ status: 'done' })] }, 0)).toBeNull()
  })
  test.each(['paused', 'undoing', 'needs-human'] as const)('does not exist while %s', (status) => {
    expect(prepareEstimate({ status, steps: [step({})] }, 0)).toBeNull()
  })
})

test('elapsed time stops at the end', () => {
  const run = { startedAt: '2026-11-20T03:00:00.000Z', finishedAt: '2026-11-20T03:00:05.000Z' }
  expect(elapsedMs(run, Date.parse('2026-11-20T04:00:00.000Z'))).toBe(5_000)
  expect(elapsedMs({ startedAt: null, finishedAt: null }, 0)).toBeNull()
})

test('one that ended took its time, and one that was aborted in the queue took none', () => {
  const finishedAt = '2026-11-20T03:00:02.500Z'
  expect(sayTook({ startedAt: '2026-11-20T03:00:00.000Z', finishedAt }, 0)).toBe('took 2.5 s')
  expect(sayTook({ startedAt: null, finishedAt }, 0)).toBe('never started')
})
