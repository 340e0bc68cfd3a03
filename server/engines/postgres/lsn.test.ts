import { expect, test } from 'vitest'
import { hasReached, lsnDistance, parseLsn } from './lsn'

test.each([
  ['0/0', 0n],
  ['0/16B3748', 0x16b3748n],
  ['16/B374D848', 0x16b374d848n],
  ['FFFFFFFF/FFFFFFFF', 0xffffffffffffffffn],
])('reads %s in all its 64 bits', (text, position) => expect(parseLsn(text)).toBe(position))

test.each(['', '0', '0/', '/0', '0/123456789', 'x/1', '1/2/3', ' 0/1'])('does not take %j for a position', (text) =>
  expect(parseLsn(text)).toBeNull(),
)

test('compares positions as numbers, not as texts', () => {
  expect(hasReached('10/0', '9/FFFFFFFF')).toBe(true)
  expect(hasReached('0/9', '0/10')).toBe(false)
  expect(lsnDistance('1/0', '0/FFFFFFFF')).toBe(1n)
})

test('nothing is reached when a position is not known', () => {
  expect(hasReached('', '0/1')).toBe(false)
  expect(lsnDistance('0/1', 'unknown')).toBeNull()
})
