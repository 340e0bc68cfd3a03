import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import type { Route } from '@/model/schemas/estate'

/** The commands and views of the case platform. Each is one round trip and carries both epochs. */

export const caseFlow = {
  SUBMITTED: 'UNDER_REVIEW',
  UNDER_REVIEW: 'LEGAL_REVIEW',
  LEGAL_REVIEW: 'DECIDED',
  DECIDED: 'CLOSED',
} as const
export type OpenStatus = keyof typeof caseFlow
export type CaseStatus = OpenStatus | 'CLOSED'

export type CaseRef = { tenantId: string; caseId: string }

export async function createCase(db: pg.ClientBase, route: Route, ref: CaseRef): Promise<void> {
  await db.query('SELECT cases.create_case($1, $2, $3, $4)', [...epochsOf(route), ref.tenantId, ref.caseId])
}

export async function assignTask(db: pg.ClientBase, route: Route, ref: CaseRef, assignee: string): Promise<void> {
  const task = [ref.tenantId, ref.caseId, randomUUID(), assignee]
  await db.query('SELECT cases.assign_task($1, $2, $3, $4, $5, $6)', [...epochsOf(route), ...task])
}

export async function changeStatus(
  db: pg.ClientBase,
  route: Route,
  ref: CaseRef,
  from: OpenStatus,
): Promise<CaseStatus> {
  const to = caseFlow[from]
  const change = [ref.tenantId, ref.caseId, from, to]
  await db.query('SELECT cases.change_status($1, $2, $3, $4, $5, $6)', [...epochsOf(route), ...change])
  return to
}

export async function trimTenant(
  db: pg.ClientBase,
  route: Route,
  tenantId: string,
  keep: { cases: number; events: string },
): Promise<void> {
  await db.query('SELECT cases.trim($1, $2, $3, $4, $5)', [...epochsOf(route), tenantId, keep.cases, keep.events])
}

/** Null: not there (yet, when asked at a standby). */
export async function viewCase(db: pg.ClientBase, ref: CaseRef): Promise<{ status: string; version: string } | null> {
  const { rows } = await db.query<{ status: string; version: string }>(
    'SELECT status, version FROM cases.regulatory_case WHERE tenant_id = $1 AND case_id = $2',
    [ref.tenantId, ref.caseId],
  )
  return rows[0] ?? null
}

const epochsOf = (route: Route): [string, string] => [route.scopeEpoch, route.regionEpoch]
