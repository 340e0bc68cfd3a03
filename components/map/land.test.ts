import { readFileSync, writeFileSync } from 'node:fs'
import { geoNaturalEarth1 } from 'd3-geo'
import { expect, test } from 'vitest'
import { regions } from '@/model/regions'
import { landSvg } from './make-land'
import { CENTRE_Y, MAP_HEIGHT, MAP_WIDTH, project, SCALE } from './projection'

const file = new URL('./land.svg', import.meta.url)

test('the outline in the tree is the one that the atlas gives', () => {
  if (process.env.UPDATE_LAND) writeFileSync(file, landSvg())
  expect(readFileSync(file, 'utf8')).toBe(landSvg())
})

test('every known region lies inside the frame, where d3-geo puts it', () => {
  const exact = geoNaturalEarth1()
    .scale(SCALE)
    .translate([MAP_WIDTH / 2, CENTRE_Y])
  for (const { code, lon, lat } of regions) {
    const { x, y } = project(lon, lat)
    const [exactX, exactY] = exact([lon, lat])!
    expect(Math.hypot(x - exactX, y - exactY), code).toBeLessThan(0.5)
    expect(x > 0 && x < MAP_WIDTH && y > 0 && y < MAP_HEIGHT, code).toBe(true)
  }
})
