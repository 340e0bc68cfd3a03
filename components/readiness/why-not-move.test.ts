import { expect, test } from 'vitest'
import type { CellReadiness, ReadinessOutcome } from '@/model/schemas/readiness'
import { whyNotMove } from './why-not-move'

const readiness = (check: string, outcome: ReadinessOutcome): Pick<CellReadiness, 'checks'> => ({
  checks: [
    {
      check,
      outcome,
      title: check,
      says: `${check} says so.`,
      isBlocking: true,
      weight: 5,
      checkedAt: null,
      provenAt: null,
      vantage: null,
      staleAfterMs: 1,
      failedAfterMs: 2,
      fix: { label: 'Nothing', path: null },
    },
  ],
})

test.each(['lawful-target', 'cool-down', 'no-hold'])('what %s refuses for certain closes a planned move', (check) => {
  expect(whyNotMove(readiness(check, 'failed'), null)).toBe(`${check} says so.`)
  expect(whyNotMove(readiness(check, 'unknown'), null)).toBeNull()
})

test('what may pass on the next look is for the dry run to judge', () => {
  expect(whyNotMove(readiness('clock-skew', 'failed'), null)).toBeNull()
})

test('a dead writer closes it, with the words of the form', () => {
  const cell = {
    id: 'jkt',
    activeMember: 'jkt-1',
    members: [
      { id: 'jkt-1', finding: { name: 'ServerDown' as const } },
      { id: 'jkt-2', finding: null },
    ],
  }
  expect(whyNotMove(readiness('standby', 'unknown'), cell)).toMatch(/^It needs the word of jkt-1: it does not run/)
})
