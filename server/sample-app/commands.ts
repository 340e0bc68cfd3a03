import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { refusalOf } from '@/model/refusals'
import type { Route } from '@/model/schemas/estate'
import { RouteRefused } from '@/server/router-client'

/** The commands and views of the case platform. Each is one round trip, carries both epochs, and turns a refusal into `RouteRefused`. */

export const caseFlow = {
  SUBMITTED: 'UNDER_REVIEW',
  UNDER_REVIEW: 'LEGAL_REVIEW',
  LEGAL_REVIEW: 'DECIDED',
  DECIDED: 'CLOSED',
} as const
export type OpenStatus = keyof typeof caseFlow
export type CaseStatus = OpenStatus | 'CLOSED'

export type CaseRef = { tenantId: string; caseId: string }

export async function createCase(db: pg.Pool, route: Route, ref: CaseRef): Promise<void> {
  await refusable(db.query('SELECT cases.create_case($1, $2, $3, $4)', [...epochsOf(route), ref.tenantId, ref.caseId]))
}

export async function assignTask(db: pg.Pool, route: Route, ref: CaseRef, assignee: string): Promise<void> {
  const task = [ref.tenantId, ref.caseId, randomUUID(), assignee]
  await refusable(db.query('SELECT cases.assign_task($1, $2, $3, $4, $5, $6)', [...epochsOf(route), ...task]))
}

export async function changeStatus(db: pg.Pool, route: Route, ref: CaseRef, from: OpenStatus): Promise<CaseStatus> {
  const to = caseFlow[from]
  const change = [ref.tenantId, ref.caseId, from, to]
  await refusable(db.query('SELECT cases.change_status($1, $2, $3, $4, $5, $6)', [...epochsOf(route), ...change]))
  return to
}

export async function trimTenant(
  db: pg.Pool,
  route: Route,
  tenantId: string,
  keep: { cases: number; events: string },
): Promise<void> {
  await refusable(
    db.query('SELECT cases.trim($1, $2, $3, $4, $5)', [...epochsOf(route), tenantId, keep.cases, keep.events]),
  )
}

/** Null: not there (yet, when asked at a standby). */
export async function viewCase(db: pg.Pool, ref: CaseRef): Promise<{ status: string; version: string } | null> {
  const { rows } = await db.query<{ status: string; version: string }>(
    'SELECT status, version FROM cases.regulatory_case WHERE tenant_id = $1 AND case_id = $2',
    [ref.tenantId, ref.caseId],
  )
  return rows[0] ?? null
}

const epochsOf = (route: Route): [string, string] => [route.scopeEpoch, route.regionEpoch]

async function refusable<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    const code = refusalOf((error as { code?: string }).code)
    throw code ? new RouteRefused(code, { cause: error }) : error
  }
}
