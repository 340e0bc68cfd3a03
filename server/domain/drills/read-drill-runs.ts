import { type DrillKind, type DrillRun, drillKinds } from '@/model/schemas/drills'
import { OperationReport } from '@/model/schemas/operations'
import { OperationPlan, type PlanOf } from '@/model/schemas/plans'
import { catalogNow, type Db, type Tx } from '@/server/db'
import { rpoMsOf } from '../operations'
import { decideRun, type LegRow } from './decide-run'
import { LAST_DONE_LOOKED_AT_MAX, RUNS_MAX } from './limits'

export type { DrillKind }
export const drillKindNames = Object.keys(drillKinds) as DrillKind[] // the table's own keys

type Wanted = {
  cellId?: string | undefined
  id?: string | undefined /** The newest that ended, one a cell and kind. */
  lastDoneOnly?: boolean
}

/** Drills, the newest first. A drill on the live cell is one run of two operations; its way back is found by its plan. */
export async function readDrillRuns(db: Db | Tx, { cellId, id, lastDoneOnly }: Wanted = {}): Promise<DrillRun[]> {
  const firsts = await db.$queryRaw<{ id: string }[]>`
    SELECT id FROM (
      SELECT operation.id, operation.created_at, row_number() OVER (
               PARTITION BY plan.body->>'cell', operation.kind ORDER BY operation.created_at DESC) AS nth
        FROM operation JOIN operation_plan AS plan ON plan.id = operation.plan_id
       WHERE operation.kind = ANY(${drillKindNames}) AND coalesce(plan.body->>'leg', 'there') = 'there'
         AND (${cellId ?? null}::text IS NULL OR plan.body->>'cell' = ${cellId ?? null})
         AND (${id ?? null}::uuid IS NULL OR operation.id = ${id ?? null}::uuid)
         AND (NOT ${lastDoneOnly ?? false}::boolean OR operation.status = 'done')) AS run
     WHERE NOT ${lastDoneOnly ?? false}::boolean OR nth <= ${LAST_DONE_LOOKED_AT_MAX}
     ORDER BY created_at DESC LIMIT ${RUNS_MAX}`
  const ids = firsts.map((first) => first.id)
  const rows = await db.operation.findMany({
    where: { id: { in: ids } },
    include: {
      plan: true,
      request: {
        select: { requesterId: true, approvals: { where: { decision: 'approve' }, orderBy: { decidedAt: 'asc' } } },
      },
    },
  })
  const backs = await db.$queryRaw<{ id: string; firstLegId: string }[]>`
    SELECT operation.id, plan.body->>'firstLegId' AS "firstLegId"
      FROM operation JOIN operation_plan AS plan ON plan.id = operation.plan_id
     WHERE operation.kind = 'drill-switchover' AND plan.body->>'firstLegId' = ANY(${ids})`
  const backRows = await db.operation.findMany({
    where: { id: { in: backs.map((back) => back.id) } },
    include: { plan: true },
  })
  const now = await catalogNow(db)
  const people = await db.person.findMany({
    where: { id: { in: rows.flatMap((row) => [requesterOf(row), ...approversOf(row)]) } },
    select: { id: true, name: true },
  })
  const runs = ids.flatMap((firstId) => {
    const row = rows.find((each) => each.id === firstId)
    if (!row) return []
    const backId = backs.find(({ firstLegId }) => firstLegId === firstId)?.id
    const back = backRows.find((each) => each.id === backId)
    const personOf = (id: string) => people.find((person) => person.id === id) ?? { id, name: 'Unknown person' }
    return [
      decideRun({
        first: legOf(row),
        back: back ? legOf(back) : null,
        startedBy: personOf(requesterOf(row)),
        approvedBy: approversOf(row).map(personOf),
        nowMs: now.getTime(),
      }),
    ]
  })
  return lastDoneOnly ? newestDone(runs) : runs
}

type Asked = { startedBy: string; request: { requesterId: string; approvals: { personId: string }[] } | null }

/** What was asked for is started by the vote that completes its quorum; it is the requester's all the same. */
function requesterOf({ startedBy, request }: Asked): string {
  return request?.requesterId ?? startedBy
}

function approversOf({ request }: Asked): string[] {
  return request?.approvals.map(({ personId }) => personId) ?? []
}

type Row = Awaited<ReturnType<Db['operation']['findMany']>>[number] & { plan: { body: unknown } }

function legOf(row: Row): LegRow {
  const plan = OperationPlan.parse(row.plan.body) as PlanOf<'drill-clone' | 'drill-switchover'> // the query asks for these alone
  const report = OperationReport.nullable().catch(null).parse(row.report)
  return {
    id: row.id,
    code: row.code,
    status: row.status,
    statusReason: row.statusReason,
    createdAt: row.createdAt,
    finishedAt: row.finishedAt,
    plan,
    report,
    rpoMs: report && rpoMsOf(report),
  }
}

function newestDone(runs: readonly DrillRun[]): DrillRun[] {
  const seen = new Set<string>()
  return runs.filter(({ cellId, kind, outcome }) => {
    const key = `${cellId} ${kind}`
    if (outcome !== 'done' || seen.has(key)) return false
    seen.add(key)
    return true
  })
}
