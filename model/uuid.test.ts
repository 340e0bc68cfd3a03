import { expect, test } from 'vitest'
import { Uuid } from './schemas/common'
import { isUuid } from './uuid'

/** Otherwise a page would send what is refused, or leave out what would be answered. */
test.each([
  '0190f000-0000-7000-8000-000000000001',
  '0190F000-0000-7000-8000-00000000ABCD',
  '0190f000-0000-0000-8000-000000000001',
  '0190f000-0000-7000-0000-000000000001',
  '0190f000-0000-7000-8000-00000000001',
  'nope',
  '',
])('%s is an id here if it is one for the server', (text) => {
  expect(isUuid(text)).toBe(Uuid.safeParse(text).success)
})
