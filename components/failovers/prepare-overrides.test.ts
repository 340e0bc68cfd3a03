import { expect, test } from 'vitest'
import type { Check } from '@/model/schemas/plans'
import { prepareOverrides, whyOverridesDiffer } from './prepare-overrides'

const check = (rule: string, change: Partial<Check> = {}): Check => ({
  rule,
  title: rule,
  outcome: 'failed',
  says: '',
  isOverridable: true,
  ...change,
})

test('a rule that is ticked without a reason is not overridden', () => {
  expect(prepareOverrides({ 'no-hold': '  ', 'cool-down': ' looked at it ' })).toEqual([
    { rule: 'cool-down', reason: 'looked at it' },
  ])
})

test.each([
  ['what it was made with', { 'no-hold': 'same' }, true],
  ['another reason', { 'no-hold': 'other' }, false],
  ['one more', { 'no-hold': 'same', 'cool-down': 'and this' }, false],
  ['one more without its reason', { 'no-hold': 'same', 'cool-down': '' }, false],
  ['none', {}, false],
  ['one for a rule that passes meanwhile', { 'no-hold': 'same', passes: 'not needed' }, true],
])('a plan with one override and %s on screen', (_what, reasons, isSame) => {
  const checks = [
    check('no-hold', { overriddenBecause: 'same' }),
    check('cool-down'),
    check('passes', { outcome: 'passed' }),
  ]
  expect(whyOverridesDiffer(checks, reasons) === null).toBe(isSame)
})
