import { expect, test } from 'vitest'
import { decideActualLoss, keptHeartbeatOf } from './decide-actual-loss'

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 20, 3, 0, 0) + seconds * 1_000)
const sight = {
  lostWriteCount: 66,
  isComplete: false,
  keptHeartbeatAt: at(0),
  lastHeartbeatAt: at(2.5),
}

test('what was surely lost reaches from one heartbeat to another, less what reading their clocks leaves open', () => {
  expect(decideActualLoss(sight)).toBe(2)
  expect(decideActualLoss({ ...sight, lastHeartbeatAt: at(2.59) })).toBe(2)
})

test('within one heartbeat it is at least nothing, and only no lost row is nothing', () => {
  expect(decideActualLoss({ ...sight, lastHeartbeatAt: at(0) })).toBe(0)
  expect(decideActualLoss({ ...sight, lostWriteCount: 0, lastHeartbeatAt: null })).toBe(0)
})

test.each([{ keptHeartbeatAt: null }, { lastHeartbeatAt: null }, { isComplete: true }])(
  'it is not known without both heartbeats (%o)',
  (change) => {
    expect(decideActualLoss({ ...sight, ...change })).toBeNull()
  },
)

test('the heartbeat that came over is dated as late as the bound allows, so that less is claimed and never more', () => {
  // 10 s between it and the last acknowledgement, and 500 ms for the clock, rounded up to tenths.
  const journal = { lastAckAt: at(12).toISOString(), closedAt: at(11).toISOString(), lossSeconds: 10.5 }
  expect(keptHeartbeatOf(journal)).toEqual(at(1.1))
  expect(keptHeartbeatOf({ ...journal, lossSeconds: null })).toBeNull()
  expect(keptHeartbeatOf({ ...journal, lastAckAt: null, closedAt: null })).toBeNull()
})

test('a heartbeat that is not older than the last acknowledgement cannot be dated', () => {
  expect(keptHeartbeatOf({ lastAckAt: at(12).toISOString(), closedAt: null, lossSeconds: 0.5 })).toBeNull()
})
