import { expect, test } from 'vitest'
import { sayFailures } from './say-failures'

const points = (...values: (number | null)[]) =>
  values.map((value, index) => ({ at: new Date(index * 600_000).toISOString(), value }))

test.each([
  ['a whole day of counts is a number', points(0, 2, 1, 0), '3'],
  ['a whole day without a failure is none', points(0, 0, 0, 0), '0'],
  ['a day that is known in part says so', points(null, 0, 0, null), '0, known for 50 % of the time'],
  [
    'hardly anything known is not rounded to nothing',
    points(1, ...Array(400).fill(null)),
    '1, known for under 1 % of the time',
  ],
  [
    'nearly everything known is not rounded to all',
    points(null, ...Array(400).fill(0)),
    '0, known for 99 % of the time',
  ],
  ['nothing known is no number', points(null, null), 'unknown'],
  ['no period at all is no number', [], 'unknown'],
])('%s', (_, failures, says) => {
  expect(sayFailures(failures)).toBe(says)
})
