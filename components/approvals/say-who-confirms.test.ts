import { expect, test } from 'vitest'
import { plansOfEachKind as plans } from '@/model/schemas/testing-plans'
import { sayWhoConfirms } from './say-who-confirms'

const forced = plans['forced-failover']

test('nobody is said to confirm what nobody else is asked about', () => {
  expect(sayWhoConfirms(forced)).toBe('each approver confirms each')
  expect(sayWhoConfirms({ ...forced, isBreakGlass: true })).toBe('nobody else confirms them')
  expect(sayWhoConfirms({ ...forced, isBreakGlass: true, isDeclared: true })).toBe('whoever attests confirms each')
})
