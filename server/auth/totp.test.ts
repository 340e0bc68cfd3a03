import { expect, test } from 'vitest'
import { base32Decode, base32Encode, matchingStep, totpCode, totpStep } from './totp'

const secret = Buffer.from('12345678901234567890')

// RFC 6238, appendix B, last six digits.
test.each([
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
])('at %d s the code is %s', (seconds, code) => {
  expect(totpCode(secret, totpStep(seconds * 1000))).toBe(code)
})

test('a code counts one step early and one step late, and no further', () => {
  const atMs = 1_234_567_890_000
  const code = totpCode(secret, totpStep(atMs))
  const steps = [-2, -1, 0, 1, 2].map((off) => matchingStep(secret, code, atMs + off * 30_000) !== null)
  expect(steps).toEqual([false, true, true, true, false])
})

test.each(['', '12345', '1234567', '12345a', '１２３４５６', '-12345'])('%j is never a code', (text) => {
  expect(matchingStep(secret, text, 0)).toBeNull()
})

test('base32 is what authenticators read', () => {
  expect(base32Encode(secret)).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ')
  expect(Buffer.from(base32Decode('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'))).toEqual(secret)
})
