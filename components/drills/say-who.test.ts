import { expect, test } from 'vitest'
import { sayWho } from './say-who'

const person = (name: string) => ({ id: '019f0000-0000-7000-8000-000000000002', name })

test('who asked is told apart from who agreed', () => {
  const asked = { kind: 'drill-switchover', startedBy: person('Omar') } as const
  expect(sayWho({ ...asked, approvedBy: [person('Ana')] })).toBe('asked for by Omar, approved by Ana')
  expect(sayWho({ ...asked, approvedBy: [person('Ana'), person('Aiko')] })).toBe(
    'asked for by Omar, approved by Ana and Aiko',
  )
})

test('a drill on a clone needs nobody’s approval', () => {
  expect(sayWho({ kind: 'drill-clone', startedBy: person('Omar'), approvedBy: [] })).toBe('run by Omar')
})
