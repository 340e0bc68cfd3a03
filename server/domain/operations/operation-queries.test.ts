import { expect, test } from 'vitest'
import { isRunnerLost } from './operation-queries'

const now = new Date('2026-11-20T03:00:00Z')
const ago = (ms: number) => new Date(now.getTime() - ms)
const waiting = { createdAt: ago(60_000), heartbeatAt: ago(40_000), leaseHolder: null, leaseUntil: ago(-5_000) }

test.each([
  ['a silent worker is lost', { status: 'running', leaseHolder: 'w', leaseUntil: ago(30_000) }, true],
  ['nobody took what is queued', { status: 'queued', leaseUntil: null, heartbeatAt: null }, true],
  ['between two tries to go back nobody has to be heard', { status: 'undoing' }, false],
  ['nor just after the time of the next one', { status: 'undoing', leaseUntil: ago(5_000) }, false],
  ['a next try that nobody makes is lost', { status: 'undoing', leaseUntil: ago(11_000) }, true],
  ['what waits for a person has no worker to lose', { status: 'needs-human', leaseUntil: null }, false],
])('%s', (_, change, isLost) => {
  expect(isRunnerLost({ ...waiting, ...change }, now)).toBe(isLost)
})
