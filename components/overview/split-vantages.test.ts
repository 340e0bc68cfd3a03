import { expect, test } from 'vitest'
import type { ProbeOutcome } from '@/model/observations'
import { isSplit, splitVantages } from './split-vantages'

const seen = { observedAt: null, vantage: null, intervalMs: 2_000 }
const views = (outcomes: Record<string, ProbeOutcome | null>) =>
  Object.entries(outcomes).map(([vantage, outcome]) => ({ vantage, outcome, since: null, seen }))

test('vantages that disagree stay in two lists', () => {
  const split = splitVantages(views({ fra: 'ok', iad: 'timeout', syd: null }))
  expect(split).toEqual({ reached: ['fra'], notReached: ['iad'], notHeard: ['syd'] })
  expect(isSplit(split)).toBe(true)
})

test('a refusal is an answer, and silence disagrees with nobody', () => {
  expect(isSplit(splitVantages(views({ fra: 'refused', iad: 'ok', syd: null })))).toBe(false)
})
