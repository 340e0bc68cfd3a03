import reference from './reference/regions.json'

/** A place: where it is and whose law it is under. City-centre coordinates; see model/reference/regions.json for sources. */
export type Region = {
  code: string
  city: string
  country: string
  /** Degrees north. */
  lat: number
  /** Degrees east. */
  lon: number
  jurisdiction: string
  inEEA: boolean
}

export const regions: readonly Region[] = reference.regions

const byCode = new Map(regions.map((region) => [region.code, region]))

export function findRegion(code: string): Region | null {
  return byCode.get(code) ?? null
}

/**
 * Published median round-trip time between two regions, in ms: a default for simulators and budgets, never an observation.
 * Null when the pair is not in the reference. Source: model/reference/regions.json.
 */
export function referenceRttMs(from: string, to: string): number | null {
  const row = (reference.rttMs as Record<string, Record<string, number>>)[from]
  return row?.[to] ?? null
}
