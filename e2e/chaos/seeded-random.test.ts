import { expect, test } from 'vitest'
import { seededRandom } from './seeded-random'

const draws = (seed: number) => {
  const random = seededRandom(seed)
  return Array.from({ length: 100 }, () => random.below(1_000))
}

test('the same seed gives the same schedule, another seed another', () => {
  expect(draws(7)).toEqual(draws(7))
  expect(draws(7)).not.toEqual(draws(8))
})

test('a run draws the same whatever the runs before it drew', () => {
  const busy = seededRandom(7)
  busy.shuffled([1, 2, 3, 4])
  expect(busy.forRun(3).next()).toBe(seededRandom(7).forRun(3).next())
  expect(busy.forRun(3).next()).not.toBe(busy.forRun(4).next())
})

test('shuffling loses nothing', () => {
  expect(seededRandom(1).shuffled([1, 2, 3, 4, 5]).sort()).toEqual([1, 2, 3, 4, 5])
})
