import { z } from 'zod'
import type { Db, Tx } from '@/server/db'
import type { Evidence } from './decide-readiness'
import { type ReadinessCheck, readinessCheckNames } from './readiness-checks'

/** Beside the checks: what they came to, and for how many rounds it was not good. */
export const VERDICT_ROW = 'verdict'

/** The table's outcomes are three: what is told apart from a plain failure is kept beside it. */
const Facts = z.object({
  isConfigured: z.boolean().default(true),
  wasDrilled: z.boolean().default(true),
  rounds: z.int().default(0),
})
const noFacts = Facts.parse({})

export function factsOf(outcome: Evidence['outcome']): { isConfigured: boolean; wasDrilled: boolean } {
  return { isConfigured: outcome !== 'not-configured', wasDrilled: outcome !== 'never-drilled' }
}

export type EvidenceRow = Awaited<ReturnType<Db['readinessEvidence']['findMany']>>[number]

/** Of one cell, or of all of them. Other rows of the table, such as the answers of fencing agents, are left out. */
export function readEvidence(db: Db | Tx, cellId?: string): Promise<EvidenceRow[]> {
  return db.readinessEvidence.findMany({
    where: { check: { in: [...readinessCheckNames, VERDICT_ROW] }, ...(cellId !== undefined && { cellId }) },
  })
}

export function roundsOf(row: EvidenceRow | undefined): number {
  return Facts.catch(noFacts).parse(row?.facts ?? {}).rounds
}

/** The rows that are checks, as the verdict takes them. */
export function evidenceOf(rows: readonly EvidenceRow[]): Evidence[] {
  return rows
    .filter(({ check }) => check !== VERDICT_ROW)
    .map(({ check, outcome, says, facts, vantage, checkedAt, provenAt }) => ({
      check: check as ReadinessCheck, // the query asks for these names alone
      outcome: outcomeOf(outcome, facts),
      says,
      vantage,
      checkedAtMs: checkedAt.getTime(),
      provenAtMs: provenAt?.getTime() ?? null,
    }))
}

function outcomeOf(outcome: string, facts: unknown): Evidence['outcome'] {
  const { isConfigured, wasDrilled } = Facts.catch(noFacts).parse(facts)
  if (!isConfigured) return 'not-configured'
  return wasDrilled ? (outcome as Evidence['outcome']) : 'never-drilled' // the database's CHECK is a part of this list
}
