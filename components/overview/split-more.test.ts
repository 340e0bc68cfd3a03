import { expect, test } from 'vitest'
import { splitMore } from './split-more'

const healthy = '0 of 5 regions healthy, checked at 03:14:20Z from 7 vantages.'
const down = { status: 'crit' as const, says: 'jkt-1 does not answer.' }

test('the rest of a long verdict leads to the cells when one of them is not told', () => {
  const says = `a is down. b is down. c is down. 2 more. ${healthy}`
  expect(splitMore({ verdict: { says }, cells: [down] })).toEqual({
    before: 'a is down. b is down. c is down. ',
    more: '2 more',
    after: `. ${healthy}`,
    href: '#cells',
  })
})

test('and to the regions when every cell is told', () => {
  const says = `Jakarta: ${down.says} b is down. c is down. 1 more. ${healthy}`
  const quiet = { status: 'ok' as const, says: 'Writes in a.' }
  expect(splitMore({ verdict: { says }, cells: [down, quiet] })?.href).toBe('#regions')
})

test('a sentence that tells everything has no rest, whatever it counts', () => {
  for (const says of [`a is down. ${healthy}`, 'a has 2 more. 3 servers are down.', 'Nothing has been checked yet.'])
    expect(splitMore({ verdict: { says }, cells: [] })).toBeNull()
})
