import { expect, test } from 'vitest'
import { AuditFilter } from '@/model/schemas/audit'
import { readFilters } from './read-filters'

test('a part of a link that means nothing is left out and said to be, and the rest is asked for', () => {
  const { asked, ignored } = readFilters({ from: 'garbage', scope: 'cell:jkt', to: null })
  expect(asked).toEqual({ scope: 'cell:jkt' })
  expect(ignored).toEqual(['The link’s “from” is no date and time in UTC: it is ignored.'])
})

test('a period that ends before it begins is said to match nothing', () => {
  const period = { from: '2026-11-20T03:00:00Z', to: '2026-11-20T02:00:00Z' }
  expect(readFilters(period)).toMatchObject({ asked: period, ignored: [expect.stringContaining('no event can match')] })
})

/** Otherwise the page would show the server's refusal, which no filter on it explains. */
test.each([
  'garbage',
  '2026-11-20',
  '2026-11-20T03:00:00Z',
  '2026-11-20T03:00Z',
  '2026-11-20T03:00:00.123Z',
  '2026-11-20T03:00:00+07:00',
  '2026-02-30T03:00:00Z',
  '2026-13-01T03:00:00Z',
  '2026-11-20T24:00:00Z',
  'Nov 20 2026',
])('what is asked for as from=%s is what the server takes', (from) => {
  const { asked } = readFilters({ from })
  expect(asked.from !== undefined).toBe(AuditFilter.safeParse({ from }).success)
})

test('a text that is too long is not sent', () => {
  const { asked } = readFilters({ scope: 's'.repeat(101), action: 'a'.repeat(100) })
  expect(AuditFilter.safeParse(asked).success).toBe(true)
  expect(asked).toEqual({ action: 'a'.repeat(100) })
})
