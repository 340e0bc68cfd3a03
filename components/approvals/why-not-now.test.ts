import { expect, test } from 'vitest'
import type { Check } from '@/model/schemas/plans'
import { whyNotNow } from './why-not-now'

const check = (outcome: Check['outcome'], says: string): Check => ({
  rule: 'lag',
  title: 'Lag',
  outcome,
  says,
  isOverridable: false,
})
const silent = 'sin-2 is not heard.'

test('a check that failed or is unknown stands in the way, and one reason is said once', () => {
  const checks = [check('passed', 'Fine.'), check('unknown', silent), check('failed', silent)]
  expect(whyNotNow({ status: 'waiting', checks })).toBe(`This cannot be approved right now: ${silent}`)
})

test('nothing stands in the way when all pass, or when it is decided', () => {
  expect(whyNotNow({ status: 'waiting', checks: [check('passed', 'Fine.')] })).toBeNull()
  expect(whyNotNow({ status: 'consumed', checks: [check('failed', silent)] })).toBeNull()
})

test('a check that the plan overrides by name does not stand in the way', () => {
  const overridden = { ...check('failed', silent), overriddenBecause: 'Nothing else is left.' }
  expect(whyNotNow({ status: 'waiting', checks: [overridden] })).toBeNull()
})
