import { expect, test } from 'vitest'
import { type FencedSight, measureLoss } from './measure-loss'

const at = (seconds: number) => Date.UTC(2026, 10, 20, 3, 0, 0) + seconds * 1_000
const refused = (seconds: number): FencedSight['before'] => ({ lastAckAtMs: at(seconds), basis: 'refusal' })
const sight: FencedSight = {
  source: 'fra-1',
  target: 'fra-2',
  strength: 'POWERED_OFF',
  closedAtMs: at(300),
  before: refused(3),
  lastAnswerAtMs: at(2),
  clockSkewMs: 0,
  heartbeatAtMs: at(0),
}

test('a primary that was dead before its power was cut lost what it wrote before it died', () => {
  expect(measureLoss(sight)).toEqual({
    lossSeconds: 3.5,
    lossBasis: 'fra-2 holds the heartbeat of 03:00:00.0Z; fra-1 acknowledged nothing after 03:00:03.0Z.',
    keptHeartbeatAtMs: at(0),
  })
})

test('one that has answered since may have acknowledged until the power was cut, by a clock that may be off', () => {
  expect(measureLoss({ ...sight, lastAnswerAtMs: at(200) }).lossSeconds).toBe(302.5)
  const leased: FencedSight = { ...sight, before: { lastAckAtMs: at(3), basis: 'lease' }, lastAnswerAtMs: at(200) }
  expect(measureLoss(leased).lossSeconds, 'its gate takes no write after the lease, whatever it answers').toBe(3.5)
})

test('one whose gate was closed was alive until then, though its host had refused before', () => {
  expect(measureLoss({ ...sight, strength: 'PROVEN', closedAtMs: at(60) }).lossSeconds).toBe(60.5)
})

test('a slow clock makes no loss smaller: the closing and the heartbeat are read off the same one', () => {
  const slow: FencedSight = { ...sight, strength: 'PROVEN', before: null, closedAtMs: at(3), clockSkewMs: -1_900 }
  expect(measureLoss(slow).lossSeconds).toBe(3.5)
})

test.each<Partial<FencedSight>>([
  { strength: 'DECLARED', closedAtMs: null, before: null },
  { strength: 'DECLARED', closedAtMs: null, lastAnswerAtMs: at(200) },
  { heartbeatAtMs: null },
])('what nobody knows has no bound (%o)', (change) => {
  expect(measureLoss({ ...sight, ...change }).lossSeconds).toBeNull()
})
