import type { CellReadiness } from '@/model/schemas/readiness'
import { type CellSight, prepareVerbs } from '../failovers/prepare-verbs'

/** What a dry run of a switchover would refuse for certain, and no waiting cures. */
const FINAL = ['lawful-target', 'cool-down', 'no-hold']

/**
 * Pure: why a planned move of the cell cannot be had now; null where its dry run has to say. First what the writer is found to be,
 * then what was proven against it. `cell` null: not known yet, and then only what was proven counts.
 */
export function whyNotMove(readiness: Pick<CellReadiness, 'checks'>, cell: CellSight | null): string | null {
  const found = cell && prepareVerbs(cell).planned.whyNot
  if (found) return found
  return readiness.checks.find(({ check, outcome }) => FINAL.includes(check) && outcome === 'failed')?.says ?? null
}
