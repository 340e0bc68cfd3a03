import { expect, test } from 'vitest'
import { healthOf, sayTopics } from './channel-words'

const channel = { disabledAt: null, failingCount: 0, lastDeliveredAt: '2026-11-20T03:00:00.000Z' }

test.each([
  ['what arrives is quiet', {}, 'ok', 'Delivering'],
  ['one that was never used is not green', { lastDeliveredAt: null }, 'unknown', 'Never used'],
  ['one failure after a success is a failure', { failingCount: 1 }, 'crit', 'Failing'],
  [
    'a disabled one neither fails nor delivers',
    { failingCount: 3, disabledAt: '2026-11-20T04:00:00.000Z' },
    'unknown',
    'Disabled',
  ],
] as const)('%s', (_, change, status, word) => {
  expect(healthOf({ ...channel, ...change })).toEqual({ status, word })
})

test('a channel without topics is told everything', () => {
  expect(sayTopics([])).toBe('Told everything')
  expect(sayTopics(['drill.due'])).toBe('Told when: a drill is due')
  expect(sayTopics(['drill.due', 'alert.critical', 'readiness.lost'])).toBe('Told of 3 kinds of news')
})
