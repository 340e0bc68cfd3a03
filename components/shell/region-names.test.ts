import { expect, test } from 'vitest'
import { regions } from '@/model/regions'
import { regionNames } from './region-names'

test('every region has its name, in the words of the reference', () => {
  expect(Object.keys(regionNames).sort()).toEqual(regions.map(({ code }) => code).sort())
  for (const { code, city, country } of regions) {
    const [name, land] = regionNames[code]!.split(', ')
    expect(city.startsWith(name!), code).toBe(true)
    expect(land, code).toBe(country)
  }
})
