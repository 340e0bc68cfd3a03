import { expect, test } from 'vitest'
import type { Check } from '@/model/schemas/plans'
import { whyNoPlan } from './ask-again'

const check = (change: Partial<Check>): Check => ({
  rule: 'no-hold',
  title: 'Nothing holds operations back',
  outcome: 'failed',
  says: 'An incident hold lies on cell syd: flood',
  isOverridable: true,
  ...change,
})
const late = check({ rule: 'target-seen-fresh', outcome: 'unknown', says: 'syd-2 is not heard.', isOverridable: false })

test('why nothing is asked again are whole sentences, without what the request overrides by name', () => {
  expect(whyNoPlan([check({}), late])).toBe('An incident hold lies on cell syd: flood. syd-2 is not heard.')
  expect(whyNoPlan([check({ overriddenBecause: 'Nothing else is left.' }), late])).toBe('syd-2 is not heard.')
  expect(whyNoPlan([check({ outcome: 'passed' })])).toBe('no plan can be made right now.')
})
