import { describe, expect, test } from 'vitest'
import { formatBytes, formatLocal, formatMs, formatShort, formatSpan, formatUtc, keepUnits } from './format'

describe('durations', () => {
  test.each([
    [0.4217, '0.422 ms'],
    [42, '42 ms'],
    [999.4, '999 ms'],
    [999.6, '1 s'],
    [3_210, '3.21 s'],
    [120_000, '2 min'],
    [134_000, '2 m 14 s'],
    [3_600_000, '1 h'],
    [90_000_000, '1 d 1 h'],
  ])('%d ms reads as %s', (durationMs, text) => expect(formatMs(durationMs)).toBe(text))

  test('an age in the future reads as zero, because clocks may be off a little', () => {
    expect(formatSpan(-300)).toBe('0 s')
  })
})

test.each([
  ['0', '0 B'],
  ['812', '812 B'],
  ['1234', '1.23 kB'],
  ['999600', '1 MB'],
  ['9007199254740993', '9,010 TB'],
])('%s bytes read as %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text))

test('headline numbers keep three digits', () => {
  expect([12, 1_240, 61_000, 1_235_000].map(formatShort)).toEqual(['12', '1.24 k', '61 k', '1.24 M'])
})

test('an instant of another day carries its date', () => {
  const now = Date.parse('2026-11-20T03:14:00Z')
  expect(formatUtc(Date.parse('2026-11-20T03:12:04Z'), now)).toBe('03:12:04Z')
  expect(formatUtc(Date.parse('2026-11-19T23:59:59Z'), now)).toBe('2026-11-19 23:59:59Z')
})

test('local time names its zone', () => {
  expect(formatLocal(Date.parse('2026-11-20T03:12:04Z'), 'Europe/Berlin')).toBe('04:12 CET')
})

test('a number keeps its unit on its line, and nothing else', () => {
  expect(keepUnits('331 ms to 1.08 s')).toBe('331\u00a0ms to 1.08\u00a0s')
})
