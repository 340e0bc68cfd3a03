import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { geoNaturalEarth1, geoPath } from 'd3-geo'
import { feature } from 'topojson-client'
import { CENTRE_Y, MAP_HEIGHT, MAP_WIDTH, SCALE } from './projection'

/**
 * Draws `land.svg`. Kept as a file because an outline rendered by the server would travel twice, in the page and in its
 * payload; as a file it is fetched once and kept. Used by the test, which also rewrites the file: `UPDATE_LAND=1`.
 */
export function landSvg(): string {
  const atlas = createRequire(import.meta.url).resolve('world-atlas/land-110m.json')
  const topology: Parameters<typeof feature>[0] = JSON.parse(readFileSync(atlas, 'utf8'))
  const projection = geoNaturalEarth1()
    .scale(SCALE)
    .translate([MAP_WIDTH / 2, CENTRE_Y])
    .clipExtent([
      [0, 0],
      [MAP_WIDTH, MAP_HEIGHT],
    ])
  const outline = geoPath(projection).digits(1)(feature(topology, topology.objects.land!)) ?? ''
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${MAP_WIDTH} ${MAP_HEIGHT}"><path d="${outline}"/></svg>\n`
}
