import { scopeOfReturn } from '@/model/scope-of-return'
import type { Db } from '@/server/db'
import type { WriterSight } from './decide-writers'

export type CellSights = {
  cellId: string
  scope: string
  activeMember: string
  activeEpoch: bigint
  memberCount: number
  sights: WriterSight[]
}

/** An observation is made every two seconds; an older one than twice that is a memory. */
const SIGHT_AGE_MS_MAX = 4_000

type Row = {
  cellId: string
  scope: string
  activeMember: string
  activeEpoch: bigint
  member: string
  region: string
  isFresh: boolean
  isLeftBehind: boolean
  isIsolated: boolean
  role: WriterSight['role']
  serverName: string | null
  gateStatus: string | null
  gateEpoch: bigint | null
  gateServer: string | null
  gateRegion: string | null
  gateLeaseUntil: Date | null
  observedAt: Date | null
}

/**
 * Every cell with what its members said of themselves in the last seconds; whoever was silent is only counted. A server that the
 * console switched on for itself alone is none of them: its gate may still stand open, and nobody can get to it. One statement.
 */
export async function readWriters(db: Db): Promise<CellSights[]> {
  const rows = await db.$queryRaw<Row[]>`
    SELECT cell.id AS "cellId", cell.scope, epoch.active_member AS "activeMember", epoch.epoch AS "activeEpoch", member.id AS member, member.region_code AS region,
           coalesce(seen.state = 'reachable' AND seen.observed_at > clock_timestamp() - ${SIGHT_AGE_MS_MAX} * interval '1 millisecond', false) AS "isFresh",
           EXISTS (SELECT FROM stale_server AS stale WHERE stale.member_id = member.id
             AND stale.status NOT IN ('rebuilt', 'lost')) AS "isLeftBehind",
           EXISTS (SELECT FROM stale_server AS stale
             JOIN operation AS back ON back.scope = ${scopeOfReturn('')} || stale.member_id AND back.created_at >= stale.left_at
             JOIN operation_step AS step ON step.operation_id = back.id AND step.name = 'bring-back-closed'
             JOIN fence_receipt AS receipt ON receipt.operation_id = stale.operation_id
              AND receipt.member_id = member.id AND receipt.strength = 'POWERED_OFF'
            WHERE stale.member_id = member.id AND stale.status NOT IN ('rebuilt', 'lost')
              AND (step.status = 'running' OR step.output->>'isIsolated' = 'true')) AS "isIsolated",
           seen.role, seen.server_name AS "serverName", seen.gate_status AS "gateStatus", seen.gate_epoch AS "gateEpoch",
           seen.gate_server AS "gateServer", seen.gate_region AS "gateRegion", seen.gate_lease_until AS "gateLeaseUntil",
           seen.observed_at AS "observedAt"
      FROM cell JOIN cell_member AS member ON member.cell_id = cell.id
      JOIN region_write_epoch AS epoch ON epoch.logical_scope = cell.scope
      LEFT JOIN member_observation AS seen ON seen.member_id = member.id
     ORDER BY cell.id, member.id`
  const cells = new Map<string, CellSights>()
  for (const row of rows) {
    const { cellId, scope, activeMember, activeEpoch } = row
    const cell = cells.get(cellId) ?? { cellId, scope, activeMember, activeEpoch, memberCount: 0, sights: [] }
    cells.set(cellId, cell)
    cell.memberCount += 1
    if (row.isIsolated) cell.memberCount -= 1
    else if (row.isFresh) cell.sights.push(sightOf(row))
  }
  return [...cells.values()]
}

function sightOf(row: Row): WriterSight {
  const hasGate = row.gateStatus !== null && row.gateEpoch !== null
  return {
    member: row.member,
    region: row.region,
    role: row.role,
    serverName: row.serverName,
    gate: hasGate
      ? {
          status: row.gateStatus!,
          epoch: row.gateEpoch!,
          server: row.gateServer,
          region: row.gateRegion ?? '',
          leaseUntil: row.gateLeaseUntil,
        }
      : null,
    observedAt: row.observedAt!,
    isLeftBehind: row.isLeftBehind,
  }
}
