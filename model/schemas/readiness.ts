import { z } from 'zod'
import { CellId, Instant } from './common'
import { DrillKind } from './drills'

/** Readiness: whether a failover now would work, check by check, and since when that is known. */

/**
 * stale: it passed, too long ago. not-configured: there is nothing that could be checked, and never-drilled: nobody has tried yet;
 * each is a result of its own.
 */
export const readinessOutcomes = ['passed', 'stale', 'unknown', 'not-configured', 'never-drilled', 'failed'] as const
export type ReadinessOutcome = (typeof readinessOutcomes)[number]

/** Whether it alone makes a cell not ready. A stale pass is not proven any more, and is told apart from that. */
export function isBlocker(check: { isBlocking: boolean; outcome: ReadinessOutcome }): boolean {
  return check.isBlocking && check.outcome !== 'passed' && check.outcome !== 'stale'
}

export const ReadinessCheckView = z.object({
  check: z.string(),
  title: z.string(),
  outcome: z.enum(readinessOutcomes),
  says: z.string(),
  /** Alone enough to make the cell not ready. */
  isBlocking: z.boolean(),
  /** Its part of the score. */
  weight: z.int(),
  /** When it was last looked at, and when it last passed; null is never. */
  checkedAt: Instant.nullable(),
  provenAt: Instant.nullable(),
  vantage: z.string().nullable(),
  /** A pass is believed this long, and is a failure after the second. */
  staleAfterMs: z.int(),
  failedAfterMs: z.int(),
  /** What helps: a page of this console, or in words what to do elsewhere where no page can (`path` null). */
  fix: z.object({ label: z.string(), path: z.string().nullable() }),
})
export type ReadinessCheckView = z.infer<typeof ReadinessCheckView>

/** In order, worst last. Only the first two say that a failover would work. */
export const readinessKinds = ['ready', 'risks', 'unproven', 'not-ready', 'unknown'] as const
export type ReadinessKind = (typeof readinessKinds)[number]

export const ReadinessVerdict = z.object({
  kind: z.enum(readinessKinds),
  /** "Not ready: 2 blockers". */
  says: z.string(),
  blockerCount: z.int(),
  riskCount: z.int(),
  /** 0 to 100; null where nothing was ever checked. Never above the verdict in weight: it comes second. */
  score: z.int().nullable(),
  /** The newest look of all. */
  evaluatedAt: Instant.nullable(),
})
export type ReadinessVerdict = z.infer<typeof ReadinessVerdict>

export const CellReadiness = z.object({
  cellId: z.string(),
  name: z.string(),
  writer: z.string().nullable(),
  region: z.string().nullable(),
  verdict: ReadinessVerdict,
  checks: z.array(ReadinessCheckView),
  lastDrills: z.array(z.object({ kind: DrillKind, at: Instant.nullable(), isMet: z.boolean().nullable() })),
})
export type CellReadiness = z.infer<typeof CellReadiness>

export const ReadinessQuery = z.strictObject({ cellId: CellId.optional() })
export const ReadinessList = z.object({ cells: z.array(CellReadiness), asOf: Instant })
export type ReadinessList = z.infer<typeof ReadinessList>
