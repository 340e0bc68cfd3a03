import { openStaleStates } from '@/model/stale-states'
import type { OperationState } from '@/model/states'
import type { Db } from '@/server/db'

/** What the catalog declares: places, servers, who may write, and what runs on them now. */
export type Structure = {
  /** Regions that hold a server. */
  regions: RegionRow[]
  /** Every region of the estate: those without a server are places that only look and ask. */
  vantages: readonly string[]
  budgets: LinkBudget[]
  cells: CellRow[]
  /** Tenants by home region. */
  tenantsHomed: ReadonlyMap<string, number>
}

export type RegionRow = {
  code: string
  city: string
  country: string
  jurisdiction: string
  lat: number
  lon: number
}

export type LinkBudget = { fromRegion: string; toRegion: string; budgetRttMs: number }

export type CellRow = {
  id: string
  name: string
  scope: string
  engine: string
  rpoObjectiveMs: number
  rtoObjectiveMs: number
  lagMsMax: number
  members: { id: string; region: string }[]
  activeRegion: string
  activeMember: string
  epoch: bigint
  epochStatus: string
  epochChangedAt: Date
  tenantCount: number
  homeRegion: string | null
  operationId: string | null
  operationKind: string | null
  operationStatus: OperationState | null
  isOperationPastReturn: boolean
  epochChanges24h: number
  /** Servers that a failover left behind and that are not yet rebuilt, one a member; the id is its page's. */
  leftBehind: readonly { id: string; memberId: string; epoch: string }[]
  /** The newest forced failover that nobody has taken note of. */
  failoverToNote: { id: string; code: string } | null
}

/** Four statements side by side, whatever the size of the estate. A cell without an epoch is not yet part of it. */
export async function loadStructure(db: Db, now: Date): Promise<Structure> {
  const [regions, budgets, cells, homed] = await Promise.all([
    db.region.findMany({ orderBy: { code: 'asc' } }),
    db.regionLink.findMany(),
    loadCells(db, now),
    db.$queryRaw<{ region: string; count: number }[]>`
      SELECT home_region AS region, count(*)::int AS count FROM tenant_region_assignment
       WHERE status <> 'DECOMMISSIONED' GROUP BY home_region`,
  ])
  const populated = new Set(cells.flatMap((cell) => cell.members.map((member) => member.region)))
  return {
    regions: regions.filter((region) => populated.has(region.code)),
    vantages: regions.map((region) => region.code),
    budgets,
    cells,
    tenantsHomed: new Map(homed.map(({ region, count }) => [region, count])),
  }
}

const DAY_MS = 86_400_000

/** Statuses in which an operation no longer holds its scope are those of uq_one_active_operation_per_scope. */
async function loadCells(db: Db, now: Date): Promise<CellRow[]> {
  return db.$queryRaw<CellRow[]>`
    SELECT cell.id, cell.name, cell.scope, cell.engine, cell.rpo_objective_ms AS "rpoObjectiveMs",
           cell.rto_objective_ms AS "rtoObjectiveMs", cell.lag_ms_max AS "lagMsMax",
           (SELECT coalesce(jsonb_agg(jsonb_build_object('id', member.id, 'region', member.region_code) ORDER BY member.id), '[]')
              FROM cell_member AS member WHERE member.cell_id = cell.id) AS members,
           epoch.active_region AS "activeRegion", epoch.active_member AS "activeMember", epoch.epoch,
           epoch.status AS "epochStatus", epoch.updated_at AS "epochChangedAt", coalesce(tenants.count, 0) AS "tenantCount",
           tenants.home AS "homeRegion",
           operation.id AS "operationId", operation.kind AS "operationKind", operation.status AS "operationStatus",
           operation.point_of_no_return_at IS NOT NULL AS "isOperationPastReturn",
           coalesce(moves.count, 0) AS "epochChanges24h",
           (SELECT coalesce(jsonb_agg(jsonb_build_object('id', left_one.id, 'memberId', left_one.member_id, 'epoch', left_one.epoch::text)), '[]')
              FROM (SELECT DISTINCT ON (member_id) id, member_id, epoch FROM stale_server
                     WHERE cell_id = cell.id AND member_id <> epoch.active_member AND status = ANY(${[...openStaleStates]})
                     ORDER BY member_id, left_at DESC) AS left_one) AS "leftBehind",
           (SELECT jsonb_build_object('id', id, 'code', code) FROM operation AS failover
             WHERE failover.scope = cell.scope AND failover.kind = 'forced-failover' AND failover.status = 'done'
               AND failover.acknowledged_at IS NULL AND failover.finished_at IS NOT NULL
             ORDER BY failover.finished_at DESC LIMIT 1) AS "failoverToNote"
      FROM cell
      JOIN region_write_epoch AS epoch ON epoch.logical_scope = cell.scope
      LEFT JOIN operation ON operation.scope = cell.scope AND operation.status NOT IN ('done', 'undone')
      LEFT JOIN (SELECT cell_id, count(*)::int AS count, mode() WITHIN GROUP (ORDER BY home_region) AS home
                   FROM tenant_region_assignment WHERE status <> 'DECOMMISSIONED' GROUP BY cell_id) AS tenants
        ON tenants.cell_id = cell.id
      LEFT JOIN (SELECT scope, count(*)::int AS count FROM global_audit_event
                  WHERE action_type = 'epoch.moved' AND scope IS NOT NULL AND recorded_at > ${new Date(now.getTime() - DAY_MS)}
                  GROUP BY scope) AS moves
        ON moves.scope = cell.scope
     ORDER BY cell.id`
}
