import { expect, test } from 'vitest'
import { freezeOrder } from './freeze-order'

test('rows keep their places, gone ones leave, new ones come last', () => {
  expect(freezeOrder(['c', 'new', 'a', 'newer'], ['a', 'b', 'c'], (row) => row)).toEqual(['a', 'c', 'new', 'newer'])
})
