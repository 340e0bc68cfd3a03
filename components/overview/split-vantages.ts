import type { ProbeOutcome } from '@/model/observations'
import type { RegionView } from '@/model/schemas/estate'

/** Who reaches a region and who does not. When both lists hold somebody, the vantages disagree and both are shown. */
export type VantageSplit = { reached: string[]; notReached: string[]; notHeard: string[] }

const says = {
  ok: 'reached',
  refused: 'reached',
  timeout: 'notReached',
  unreachable: 'notReached',
  error: 'notReached',
  unasked: 'notHeard',
} as const satisfies Record<ProbeOutcome, keyof VantageSplit>

export function splitVantages(vantages: RegionView['vantages']): VantageSplit {
  const split: VantageSplit = { reached: [], notReached: [], notHeard: [] }
  for (const { vantage, outcome } of vantages) split[outcome === null ? 'notHeard' : says[outcome]].push(vantage)
  return split
}

export function isSplit({ reached, notReached }: VantageSplit): boolean {
  return reached.length > 0 && notReached.length > 0
}
