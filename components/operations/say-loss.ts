import { formatBytes, formatMs } from '@/model/format'
import type { LossBound } from '@/model/schemas/plans'

/** The most that could be lost, in all its measures. One that nobody can bound is named as unknown: left out, it would read as none. */
export function sayLoss({ kind, seconds, bytes, transactions }: LossBound): string {
  if (kind === 'none') return 'None'
  if (kind === 'unknown') return 'Unknown'
  const bounds = [
    seconds !== null && formatMs(seconds * 1000),
    transactions !== null && `${transactions} tx`,
    bytes !== null && formatBytes(bytes),
  ].filter((bound) => bound !== false)
  const unknown = [transactions === null && 'tx', bytes === null && 'bytes'].filter((name) => name !== false)
  return `≤ ${bounds.join(', ')}${unknown.length === 0 ? '' : `, ${unknown.join(' and ')} unknown`}`
}

/** Null where the bound keeps what the cell promises, or the plan is of a time when it did not say. */
export function whyAboveObjective({ kind, seconds, objectiveSeconds }: LossBound): string | null {
  if (kind !== 'bounded' || seconds === null || objectiveSeconds === undefined) return null
  return seconds > objectiveSeconds ? `above the RPO of ${formatMs(objectiveSeconds * 1000)}` : null
}
