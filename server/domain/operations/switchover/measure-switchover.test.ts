import { expect, test } from 'vitest'
import { decideReport, describeReport, type TrafficWorld } from './measure-switchover'

const AT_MS = Date.parse('2026-11-20T03:00:00Z')
const at = (ms: number) => new Date(AT_MS + ms)
const journal = { frozenAt: at(0), openedAt: at(600), provenAt: at(710) }
const loss = { kind: 'none', seconds: 0, bytes: '0', transactions: '0', basis: 'Replayed.', until: null } as const

const measure = (traffic: TrafficWorld) => decideReport(traffic, journal, loss)

test('nothing has recovered while its writers still wait: a longer pause is the recovery time, and it says so', () => {
  const traffic = { old: { lastAckAt: at(-300), gapMsP99: 250 }, next: { firstAckAt: at(1_000) } }
  expect(measure(traffic)).toMatchObject({
    writePauseMs: 1_300,
    rtoMs: 1_300,
    rtoBasis: expect.stringContaining('710 ms after the fence began'),
  })
})

test('a write that is proven after the writers went on counts until then', () => {
  const traffic = { old: { lastAckAt: at(50), gapMsP99: 250 }, next: { firstAckAt: at(400) } }
  expect(measure(traffic)).toMatchObject({
    writePauseMs: 350,
    rtoMs: 710,
    rtoBasis: expect.stringContaining('until the write that was proven'),
  })
})

test('without acknowledgements of both epochs nobody measured a pause: what the journal knows is named for what it is', () => {
  const report = measure({ old: { lastAckAt: at(-300), gapMsP99: 250 }, next: null })
  expect(report).toMatchObject({ writePauseMs: null, gateOpenMs: 600, rtoMs: 710 })
  expect(describeReport(report)).toBe(
    'The gate was open after 600 ms, not measured by writers; writable again after 710 ms; nothing lost.',
  )
})

test('a measured pause stands alone', () => {
  const report = measure({ old: { lastAckAt: at(50), gapMsP99: null }, next: { firstAckAt: at(400) } })
  expect(report.gateOpenMs).toBeUndefined()
  expect(describeReport(report)).toMatch(/^Writes paused for 350 ms; /)
})
