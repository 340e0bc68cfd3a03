import { expect, test } from 'vitest'
import { decideActualLoss } from './decide-actual-loss'

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
