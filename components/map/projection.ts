/**
 * Natural Earth I, as d3-geo draws it, in the frame of the land outline: pure arithmetic, so that the browser need not load a
 * geography library to place a few dots. A test compares it with d3-geo.
 */
export const MAP_WIDTH = 960
export const MAP_HEIGHT = 420

/** Degrees to pixels of the frame. */
export function project(lon: number, lat: number): { x: number; y: number } {
  const lambda = (lon * Math.PI) / 180
  const phi = (lat * Math.PI) / 180
  const phi2 = phi * phi
  const phi4 = phi2 * phi2
  const rawX = lambda * (0.8707 - 0.131979 * phi2 + phi4 * (-0.013791 + phi4 * (0.003971 * phi2 - 0.001529 * phi4)))
  const rawY = phi * (1.007226 + phi2 * (0.015085 + phi4 * (-0.044475 + 0.028874 * phi2 - 0.005916 * phi4)))
  return { x: MAP_WIDTH / 2 + SCALE * rawX, y: CENTRE_Y - SCALE * rawY }
}

/** Chosen so that the inhabited world, 60° south to 78° north, fills the frame. */
export const SCALE = 174
export const CENTRE_Y = 236
