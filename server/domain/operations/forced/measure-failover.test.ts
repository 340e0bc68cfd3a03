import { expect, test } from 'vitest'
import type { TrafficWorld } from '../switchover/measure-switchover'
import { decideFailoverReport, describeReport } from './measure-failover'

const AT_MS = Date.parse('2026-11-20T03:00:00Z')
const at = (seconds: number) => new Date(AT_MS + seconds * 1_000)
const planned = {
  kind: 'bounded',
  seconds: 3,
  bytes: null,
  transactions: null,
  basis: 'Heartbeat.',
  until: null,
} as const
const drained = { isComplete: false, lossSeconds: 2.2, lossBasis: 'Heartbeat.', lostBytes: null }
const journal = { failedAt: at(0), approvedAt: at(80), openedAt: at(90), provenAt: at(91) }

const measure = (traffic: TrafficWorld, failedAt: Date | null = journal.failedAt) =>
  decideFailoverReport(traffic, { ...journal, failedAt }, planned, drained)

test('what writers acknowledged on both sides is a measured pause', () => {
  const report = measure({ old: { lastAckAt: at(-1), gapMsP99: 200 }, next: { firstAckAt: at(90.5) } })
  expect(report).toMatchObject({ writePauseMs: 91_500 })
  expect(report.gateOpenMs).toBeUndefined()
  expect(describeReport(report)).toMatch(/^Writes paused for /)
})

test('without them nobody measured a pause, and the open gate is not called one', () => {
  const report = measure({ old: { lastAckAt: at(-1), gapMsP99: 200 }, next: null })
  expect(report).toMatchObject({ writePauseMs: null, gateOpenMs: 90_000 })
  expect(describeReport(report)).toMatch(
    /^The gate was open 90 s after the first sign of the failure, not measured by writers; /,
  )
})

test('a failure of which nobody knows when it began leaves neither', () => {
  const report = measure({ old: null, next: null }, null)
  expect(report).toMatchObject({ writePauseMs: null, gateOpenMs: null, rtoFromFailureMs: null })
  expect(describeReport(report)).toMatch(/^The pause could not be measured; /)
})
