import { fc, test } from '@fast-check/vitest'
import { describe, expect, test as plain } from 'vitest'
import { readinessKinds, type readinessOutcomes } from '@/model/schemas/readiness'
import { decideReadiness, type Evidence, isReady } from './decide-readiness'
import { LIVE_FAILED_AFTER_MS, LIVE_STALE_AFTER_MS, UNKNOWN_AFTER_MS } from './limits'
import { readinessCheckNames, readinessChecks } from './readiness-checks'

const NOW_MS = Date.parse('2026-11-20T03:00:00Z')

const green = (): Evidence[] =>
  readinessCheckNames.map((check) => ({
    check,
    outcome: 'passed',
    says: 'It holds.',
    vantage: 'eu-west-1',
    checkedAtMs: NOW_MS,
    provenAtMs: NOW_MS,
  }))
const changed = (check: Evidence['check'], change: Partial<Evidence>) =>
  green().map((each) => (each.check === check ? { ...each, ...change } : each))

const someEvidence = fc
  .tuple(
    ...readinessCheckNames.map((check) =>
      fc.option(
        fc.record({
          check: fc.constant(check),
          outcome: fc.constantFrom('passed', 'failed', 'unknown', 'not-configured', 'never-drilled'),
          says: fc.constant('It was looked at.'),
          vantage: fc.constant('eu-west-1'),
          checkedAtMs: fc.integer({ min: NOW_MS - 3_600_000, max: NOW_MS }),
          provenAtMs: fc.option(fc.integer({ min: NOW_MS - 400 * 86_400_000, max: NOW_MS })),
        }),
        { freq: 5 },
      ),
    ),
  )
  .map((each): Evidence[] => each.filter((one) => one !== null) as Evidence[])

const outcomeRank = (outcome: (typeof readinessOutcomes)[number]) => ['passed', 'stale', 'unknown'].indexOf(outcome)

describe('whatever was found', () => {
  test.prop([someEvidence])('ready means that every blocking check has passed within its period', (evidence) => {
    const { verdict, checks } = decideReadiness(evidence, NOW_MS)
    const blocking = checks.filter(({ isBlocking }) => isBlocking)
    if (isReady(verdict)) expect(blocking.every(({ outcome }) => outcome === 'passed')).toBe(true)
    if (blocking.some(({ outcome }) => outcome === 'unknown')) expect(isReady(verdict)).toBe(false)
    for (const { check } of blocking)
      expect(
        isReady(
          decideReadiness(
            evidence.filter((each) => each.check !== check),
            NOW_MS,
          ).verdict,
        ),
      ).toBe(false)
  })

  test.prop([someEvidence, fc.integer({ min: 0, max: 200 * 86_400_000 })])(
    'time only makes it worse',
    (evidence, laterMs) => {
      const now = decideReadiness(evidence, NOW_MS)
      const later = decideReadiness(evidence, NOW_MS + laterMs)
      expect(readinessKinds.indexOf(later.verdict.kind)).toBeGreaterThanOrEqual(
        readinessKinds.indexOf(now.verdict.kind),
      )
      expect(later.verdict.score ?? 0).toBeLessThanOrEqual(now.verdict.score ?? 0)
      for (const [index, check] of now.checks.entries()) {
        const then = later.checks[index]!.outcome
        if (['failed', 'not-configured', 'never-drilled'].includes(check.outcome)) expect(then).toBe(check.outcome)
        else if (then !== 'failed') expect(outcomeRank(then)).toBeGreaterThanOrEqual(outcomeRank(check.outcome))
      }
    },
  )

  test.prop([someEvidence, fc.constantFrom(...readinessCheckNames)])(
    'a check that fails makes nothing better',
    (evidence, check) => {
      const worse = evidence.map((each) => (each.check === check ? { ...each, outcome: 'failed' as const } : each))
      const [was, is] = [decideReadiness(evidence, NOW_MS).verdict, decideReadiness(worse, NOW_MS).verdict]
      expect(readinessKinds.indexOf(is.kind)).toBeGreaterThanOrEqual(readinessKinds.indexOf(was.kind))
      expect(is.score ?? 0).toBeLessThanOrEqual(was.score ?? 0)
    },
  )
})

plain.each<[string, Evidence[], string, number | null]>([
  ['nothing was ever checked', [], 'Unknown: never evaluated', null],
  ['all is well', green(), 'Ready', 100],
  ['no backup is configured', changed('backup', { outcome: 'not-configured' }), 'Ready, with 1 risk', 95],
  ['nobody could approve', changed('approvers', { outcome: 'failed' }), 'Not ready: 1 blocker', 95],
  ['nobody has drilled it', changed('drill-clone', { outcome: 'never-drilled' }), 'Ready, with 1 risk', 95],
  ['a failover waits to be acknowledged', changed('cool-down', { outcome: 'failed' }), 'Not ready: 1 blocker', 95],
  ['a hold lies on it', changed('no-hold', { outcome: 'failed' }), 'Not ready: 1 blocker', 95],
  ['a blocking check cannot be made', changed('standby', { outcome: 'unknown' }), 'Not ready: 1 blocker', 85],
  [
    'a pass is old',
    changed('standby', { provenAtMs: NOW_MS - LIVE_STALE_AFTER_MS - 1 }),
    'Not proven lately: 1 check stale',
    92,
  ],
  ['it is very old', changed('standby', { provenAtMs: NOW_MS - LIVE_FAILED_AFTER_MS - 1 }), 'Not ready: 1 blocker', 85],
  [
    'nobody has looked for long',
    green().map((each) => ({ ...each, checkedAtMs: NOW_MS - UNKNOWN_AFTER_MS - 60_000 })),
    'Unknown: not evaluated for 31 min',
    100,
  ],
])('%s', (_, evidence, says, score) => {
  expect(decideReadiness(evidence, NOW_MS).verdict).toMatchObject({ says, score })
})

plain('the weights are percent, and every check is stale before it fails', () => {
  const all = Object.values(readinessChecks)
  expect(all.reduce((sum, { weight }) => sum + weight, 0)).toBe(100)
  for (const { staleAfterMs, failedAfterMs } of all) expect(staleAfterMs).toBeLessThan(failedAfterMs)
})
