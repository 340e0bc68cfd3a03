import { expect, test } from 'vitest'
import { safeNext } from './safe-next'

test.each(['/approvals/018f', '/replication?window=900000&sort=lag.desc', '/'])('keeps %s', (path) =>
  expect(safeNext(path)).toBe(path),
)

test.each([
  undefined,
  '',
  'https://evil.example',
  '//evil.example',
  '/\\evil.example',
  '/\t/evil.example',
  '/a\\b',
  'javascript:alert(1)',
  '/login?next=/login',
  '/api/auth/sign-out',
  `/${'a'.repeat(2_000)}`,
  ['/a', '/b'],
])('sends %j to the overview', (path) => expect(safeNext(path)).toBe('/overview'))
