import { expect, test } from 'vitest'
import { readable } from './readable'

test('what a server says is shown as one short line', () => {
  expect(readable('a\u0000b\r\n\u202ec')).toBe('a b c')
  expect(readable('x'.repeat(5_000_000)).length).toBeLessThan(400)
})
